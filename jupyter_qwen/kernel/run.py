"""Running what was generated: only when the user asked for it, and only after a question where it is not a proved read."""

from __future__ import annotations

import ast
from typing import Any

from IPython.core.error import UsageError


def may_run(shell: Any, block: dict[str, Any]) -> bool:
    """Whether the block may run: a proved read may; anything else only when the user says yes."""
    verdict, sql = block.get("verdict"), block.get("verdict") is not None
    if verdict == "rejected":
        raise UsageError("%%qwen: not run, because DuckDB rejects the query; see the message above")
    if sql and verdict == "bound" and not block.get("needs_consent"):
        return True
    what = f"this {block.get('kind')} statement" if sql else f"this {block.get('language') or 'code'} code"
    why = "" if sql and not block.get("needs_consent") else " (it may change something)"
    try:
        return bool(shell.ask_yes_no(f"Run {what}{why}? [y/N] ", default="n", interrupt="n"))
    except Exception as error:  # ipykernel's StdinNotImplementedError cannot be imported without ipykernel
        if type(error).__name__ != "StdinNotImplementedError":
            raise
        raise UsageError(
            "%%qwen: not run, because nobody can be asked here; insert the cell and run it yourself"
        ) from error


def run_block(shell: Any, block: dict[str, Any], *, out: str | None) -> None:
    """Execute the block's cell in the user's namespace; `out` names the result. Raises UsageError when it failed."""
    source = str(block["cell"]["source"])
    code = source if out is None else assigned(source, out)
    result = shell.run_cell(code, store_history=False)
    if result.success and out is not None and source.lstrip().startswith("%%sql"):
        # JupySQL's `NAME <<` binds a ResultSet of its own; --out promises a DataFrame
        result = shell.run_cell(
            f"if hasattr({out}, 'DataFrame'):\n    {out} = {out}.DataFrame()\n{out}", store_history=False
        )
    if result.success:
        return
    error = result.error_in_exec or result.error_before_exec
    raise UsageError(f"%%qwen: the generated code failed with {type(error).__name__}; `%qwen fix` proposes a repair")


def assigned(source: str, name: str) -> str:
    """The cell's code with the value of its last expression kept as `name`, and shown."""
    lines = source.strip()
    if lines.startswith("%%sql"):
        first, _, rest = lines.partition("\n")
        return f"{first} {name} <<\n{rest}"
    try:
        body = ast.parse(lines).body
    except SyntaxError as error:
        raise UsageError(f"%%qwen: --out {name} needs Python code that ends in an expression") from error
    if not body or not isinstance(body[-1], (ast.Expr, ast.Assign)):
        raise UsageError(f"%%qwen: --out {name} needs code that ends in an expression")
    last = body[-1]
    before = "\n".join(lines.splitlines()[: last.lineno - 1])
    value = ast.get_source_segment(lines, last.value) or ""
    if "sql(" in value and not value.rstrip().endswith((".df()", ".pl()", ".arrow()", ".fetchdf()", ".to_df()")):
        value = f"{value}.df()"
    return (before + "\n" if before else "") + f"{name} = {value}\n{name}"
