"""The commands of ``%qwen``: the model's state, the models, the tables, the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from .options import COMMANDS, MODES, parsed
from .request import schema_for
from .state import status_line

if TYPE_CHECKING:
    from .asking import Asking


def _status(asking: Asking, rest: str) -> None:
    """what the model is doing"""
    _print_status(asking.client().get("status"))


def _models(asking: Asking, rest: str) -> None:
    """the models that are known, and which are here"""
    for model in asking.client().get("models").get("models", []):
        mark = "✔" if model.get("on_disk") else " "
        size = f"{int(model['bytes']) / 1e9:.1f} GB" if model.get("bytes") else ""
        print(f"{mark} {model.get('label') or model.get('id')}  {size}  {model.get('licence') or ''}".rstrip())


def _load(asking: Asking, rest: str) -> None:
    """load the model now"""
    _print_status(asking.client().post("engine/load", {}))


def _unload(asking: Asking, rest: str) -> None:
    """give the model's memory back"""
    _print_status(asking.client().post("engine/unload", {}))


def _model(asking: Asking, rest: str) -> None:
    """fetch the weights of a model: %qwen model NAME"""
    if not rest:
        _status(asking, "")
        return
    _print_status(asking.client().post("models/pull", {"model": rest}))


def _tables(asking: Asking, rest: str) -> None:
    """the tables and DataFrames that a question can use"""
    schema = schema_for(asking.ipython.user_ns, privacy="types", question="", tables=rest.replace(",", " ").split())
    if not schema["tables"]:
        print("No table or DataFrame yet: open a DuckDB connection or create a DataFrame.")
    for table in schema["tables"]:
        name = ".".join(table["reference"])
        owner = table["connection"] or table["library"]
        rows = "" if table["row_count"] is None else f", {table['row_count']:,} rows"
        columns = ", ".join(f"{column['name']} {column['type']}".rstrip() for column in table["columns"][:12])
        more = ", …" if len(table["columns"]) > 12 else ""
        print(f"{name}  ({table['kind']} of {owner}{rows}): {columns}{more}")
    for note in schema["notes"]:
        print(f"note: {note}")


def _context(asking: Asking, rest: str, request: dict[str, Any] | None = None) -> None:
    """what the model would see: %qwen context QUESTION"""
    if request is None:
        request = asking.request(parsed(asking.settings.qwen, ""), rest or "(the question)")
    seen = asking.client().post("context", request)
    for part in seen.get("parts", []):
        print(f"── {part.get('label')} · {part.get('tokens')} tokens ──\n{str(part.get('text', '')).rstrip()}\n")
    print(f"{seen.get('prompt_tokens')} tokens in all")


def _history(asking: Asking, rest: str) -> None:
    """the conversation of this notebook"""
    client = asking.client()
    turns = client.get("thread", id=asking.thread()).get("turns", [])
    if not turns:
        print("Nothing has been asked in this notebook yet.")
    for turn in turns:
        print(f"── {turn.get('question', '')}\n{str(turn.get('markdown', '')).strip()}\n")


def _reset(asking: Asking, rest: str) -> None:
    """forget the conversation of this notebook"""
    client = asking.client()
    client.delete("thread", id=asking.thread())
    print("The conversation is forgotten.")


def _help(asking: Asking, rest: str) -> None:
    """this list"""
    print(f"%%qwen [{'|'.join(MODES)}] [options]   ask; the question stands below. Options: %%qwen?\n")
    for name in COMMANDS:
        print(f"%qwen {name:8} {(_FUNCTIONS[name].__doc__ or '').strip()}")
    print("%qwen fix      propose a repair of the last error\n%qwen explain  explain code")


_FUNCTIONS: dict[str, Any] = {
    "status": _status, "models": _models, "load": _load, "unload": _unload, "model": _model, "tables": _tables,
    "context": _context, "history": _history, "reset": _reset, "help": _help,
}  # fmt: skip


def run_command(asking: Asking, name: str, rest: str, *more: Any) -> None:
    """Carry out one command. Raises UsageError, NoServer or ServerError."""
    command = _FUNCTIONS.get(name)
    if command is None:
        raise UsageError(f"%qwen: there is no command {name!r}; see %qwen help")
    command(asking, rest, *more)


def _print_status(status: dict[str, Any]) -> None:
    model = status.get("model") or {}
    what = model.get("label") or f"engine {status.get('engine')}"
    where = f" on {status['device']}" if status.get("device") else ""
    print(f"{status.get('state')}: {what}{where}")
    if status.get("state") != "ready":
        print(status_line(status))
    if status.get("hint"):
        print(status["hint"])
    if status.get("tokens_per_second"):
        print(f"{status['tokens_per_second']:.0f} tokens/s · {status.get('context_tokens')} tokens of context")
