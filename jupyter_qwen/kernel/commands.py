"""The commands of ``%qwen``: the model's state, the models, the tables, the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from .following import follow, use_model
from .options import COMMANDS, MODES, parsed
from .request import schema_for
from .server_errors import ServerError
from .showing.receipts_shown import show_receipt
from .showing.terminal import say, say_context
from .state import status_line
from .teaching import teach

if TYPE_CHECKING:
    from .asking import Asking

ACCEPT = "--accept-licence"


def _status(asking: Asking, rest: str) -> None:
    """what the model is doing"""
    _print_status(asking.client().get("status"))


def _models(asking: Asking, rest: str) -> None:
    """the models that are known: → in use, ✔ on this machine, ✘ too large for it"""
    for model in asking.client().get("models").get("models", []):
        mark = "→" if model.get("current") else "✔" if model.get("on_disk") else " " if model.get("fits", True) else "✘"
        size = f"{int(model['size_bytes']) / 1e9:.1f} GB" if model.get("size_bytes") else ""
        say(f"{mark} {model.get('id')}  {size}  {model.get('licence') or ''}".rstrip())


def _load(asking: Asking, rest: str) -> None:
    """load the model now"""
    client = asking.client()
    _print_status(follow(asking.ipython, client, client.post("engine/load", {})))


def _unload(asking: Asking, rest: str) -> None:
    """give the model's memory back"""
    _print_status(asking.client().post("engine/unload", {}))


def _model(asking: Asking, rest: str) -> None:
    """which model answers; %qwen model NAME switches to another one"""
    client = asking.client()
    _print_status(use_model(asking.ipython, client, rest) if rest else client.get("status"))


def _pull(asking: Asking, rest: str) -> None:
    """fetch the weights of a model: %qwen pull NAME [--accept-licence]"""
    words = rest.split()
    accepted = ACCEPT in words
    name = " ".join(word for word in words if word != ACCEPT)
    client = asking.client()
    try:
        status = client.post("models/pull", {"model": name or None, "accept_licence": accepted})
    except ServerError as error:
        if error.code != "licence":
            raise
        raise UsageError(f"%qwen pull: {error}. {error.hint} To accept: %qwen pull {name} {ACCEPT}") from error
    _print_status(follow(asking.ipython, client, status))


def _tables(asking: Asking, rest: str) -> None:
    """the tables and DataFrames that a question can use"""
    schema = schema_for(asking.ipython.user_ns, privacy="types", question="", tables=rest.replace(",", " ").split())
    if not schema["tables"]:
        say("No table or DataFrame yet: open a DuckDB connection or create a DataFrame.")
    for table in schema["tables"]:
        name = ".".join(table["reference"])
        owner = table["connection"] or table["library"]
        rows = "" if table["row_count"] is None else f", {table['row_count']:,} rows"
        columns = ", ".join(f"{column['name']} {column['type']}".rstrip() for column in table["columns"][:12])
        more = ", …" if len(table["columns"]) > 12 else ""
        say(f"{name}  ({table['kind']} of {owner}{rows}): {columns}{more}")
    for note in schema["notes"]:
        say(f"note: {note}")


def _context(asking: Asking, rest: str) -> None:
    """what the model would see: %qwen context QUESTION"""
    request = asking.request(parsed(asking.settings.qwen, ""), rest or "(the question)")
    say_context(asking.client().post("context", request))


def _history(asking: Asking, rest: str) -> None:
    """the conversation of this notebook"""
    client = asking.client()
    turns = client.get("thread", id=asking.thread()).get("turns", [])
    if not turns:
        say("Nothing has been asked in this notebook yet.")
    for turn in turns:
        say(f"── {turn.get('question', '')}\n{str(turn.get('markdown', '')).strip()}\n")


def _reset(asking: Asking, rest: str) -> None:
    """forget the conversation of this notebook"""
    client = asking.client()
    client.delete("thread", id=asking.thread())
    say("The conversation is forgotten.")


def _help(asking: Asking, rest: str) -> None:
    """this list"""
    say(f"%%qwen [{'|'.join(MODES)}] [options]   ask; the question stands below. Options: %%qwen?\n")
    for name in COMMANDS:
        say(f"%qwen {name:8} {(_FUNCTIONS[name].__doc__ or '').strip()}")
    say("%qwen fix      propose a repair of the last error\n%qwen explain  explain code")


_FUNCTIONS: dict[str, Any] = {
    "status": _status, "models": _models, "load": _load, "unload": _unload, "model": _model, "pull": _pull, "tables": _tables,
    "context": _context, "history": _history, "receipt": show_receipt, "reset": _reset, "teach": teach, "help": _help,
}  # fmt: skip


def run_command(asking: Asking, name: str, rest: str) -> None:
    """Carry out one command. Raises UsageError, NoServer or ServerError."""
    command = _FUNCTIONS.get(name)
    if command is None:
        raise UsageError(f"%qwen: there is no command {name!r}; see %qwen help")
    command(asking, rest)


def _print_status(status: dict[str, Any]) -> None:
    model = status.get("model") or {}
    what = model.get("label") or f"engine {status.get('engine')}"
    where = f" on {status['device']}" if status.get("device") else ""
    say(f"{status.get('state')}: {what}{where}")
    if status.get("state") != "ready":
        say(status_line(status))
    if status.get("hint"):
        say(status["hint"])
    if status.get("tokens_per_second"):
        say(f"{status['tokens_per_second']:.0f} tokens/s · {status.get('context_tokens')} tokens of context")
