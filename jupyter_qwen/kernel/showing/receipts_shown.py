"""``%qwen receipt``: what the last query or merge of the notebook did with the rows, counted in this kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from jupyter_qwen.kernel.showing.terminal import say
from jupyter_qwen.schema.collector.probing import probe

if TYPE_CHECKING:
    from jupyter_qwen.kernel.asking import Asking

_LARGE, _CONNECTION = "--large", "--connection"


def show_receipt(asking: Asking, rest: str) -> None:
    """what a query did with the rows: %qwen receipt [--large] [--connection NAME] [QUERY]; alone, of the last SQL or merge"""
    words = rest.split()
    large = _LARGE in words
    connection = None
    if _CONNECTION in words:
        index = words.index(_CONNECTION)
        if index + 1 >= len(words):
            raise UsageError(f"%qwen receipt: {_CONNECTION} needs the name of a connection")
        connection = words[index + 1]
        rest = rest.replace(_CONNECTION, "", 1).replace(connection, "", 1)
    sql = rest.replace(_LARGE, "", 1).strip()
    cells, _ = asking.history.at("samples").cells()
    asked: dict[str, Any] = {"language": "python", "connection": connection, "consent": large}
    asked.update({"sql": sql} if sql else {"sources": [str(cell["source"]) for cell in cells[:-1]]})
    asked["privacy"] = asking.settings.privacy or None
    client = asking.client()
    answers: dict[str, Any] = {}
    spent = 0.0
    while True:
        told = client.post("receipt", {**asked, "answers": answers, "spent": spent})
        if "receipt" in told:
            break
        seconds, connection = float(told["seconds"]), told.get("connection")
        found = probe(asking.ipython.user_ns, connection, list(told["probes"]), seconds, by_clock=large)
        if "error" in found:
            raise UsageError(f"%qwen receipt: {found['error']}")
        answers.update(found["answers"])
        spent += float(found["seconds"])
    _show(asking, told)
    if told["receipt"].get("state") == "asks":
        say(f"To count them: %qwen receipt {_LARGE} {rest.strip()}".rstrip())


def _show(asking: Asking, told: dict[str, Any]) -> None:
    if getattr(asking.ipython, "kernel", None) is None:
        say(str(told["text"]))
        return
    from IPython import display

    show: Any = display.display
    show({"text/plain": told["text"], "text/html": told["html"]}, raw=True)
