"""The options of ``%%qwen``, declared once for help, parsing and completion."""

from __future__ import annotations

from typing import Any

from IPython.core import magic_arguments as untyped_arguments
from IPython.core.error import UsageError

_arguments: Any = untyped_arguments
MODES = ("sql", "python", "plot", "chat", "explain", "fix")
COMMANDS = (
    "status",
    "models",
    "load",
    "unload",
    "model",
    "pull",
    "tables",
    "receipt",
    "context",
    "history",
    "reset",
    "teach",
    "help",
)
DIALECTS = ("bigquery", "postgres", "snowflake", "sqlite", "spark", "mysql", "tsql", "databricks", "redshift", "trino")


def with_options(function: Any) -> Any:
    """Decorate a magic with every option of ``%%qwen``."""
    for decorate in reversed(
        (
            _arguments.magic_arguments("%%qwen"),
            _arguments.argument(
                "words", nargs="*", metavar="mode", help=f"What is wanted: {', '.join(MODES)}; left out, it is guessed."
            ),
            _arguments.argument("--insert", choices=("next", "replace", "none"), help="Where the generated cell goes."),
            _arguments.argument("--run", action="store_true", help="Run the result; asks before anything that writes."),
            _arguments.argument(
                "--out", metavar="NAME", help="Run the query and keep its result as a DataFrame under this name."
            ),
            _arguments.argument("--connection", metavar="NAME", help="The DuckDB connection to query."),
            _arguments.argument("--dialect", metavar="NAME", help=f"SQL dialect to write: {', '.join(DIALECTS[:5])} …"),
            _arguments.argument("--tables", metavar="A,B", help="Look at these tables only."),
            _arguments.argument(
                "--model", metavar="NAME", help="Switch to this model first, if another one is running."
            ),
            _arguments.argument(
                "--format", choices=("markdown", "code", "json"), default="markdown", help="Form of the output."
            ),
            _arguments.argument("--max-tokens", type=int, metavar="N", help="Longest answer, in tokens."),
            _arguments.argument("--dry", action="store_true", help="Show what the model would see and ask nothing."),
        )
    ):
        function = decorate(function)
    return function


OPTIONS = (
    "--insert", "--run", "--out", "--connection", "--dialect", "--tables", "--model", "--format", "--max-tokens", "--dry",
)  # fmt: skip
COMPLETIONS = {
    "--insert": ("next", "replace", "none"),
    "--format": ("markdown", "code", "json"),
    "--dialect": DIALECTS,
}


def parsed(magic: Any, line: str) -> Any:
    """The options in `line`; `mode` is ``auto`` or one of MODES and `words` is what is left. Raises UsageError."""
    try:
        found = _arguments.parse_argstring(magic, line)
    except ValueError as error:
        raise UsageError(f"%%qwen: {error}; put the question below the first line") from error
    found.mode = "auto"
    if found.words and found.words[0] in MODES:
        found.mode = found.words.pop(0)
    if found.out is not None and not found.out.isidentifier():
        raise UsageError(f"%%qwen: --out needs a variable name, not {found.out!r}")
    if found.max_tokens is not None and found.max_tokens < 1:
        raise UsageError("%%qwen: --max-tokens must be above 0")
    found.tables = [name.strip() for name in (found.tables or "").split(",") if name.strip()]
    return found
