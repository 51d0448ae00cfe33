"""/plot draws what was found last: the code that fetches it again, in the notebook's own idiom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from jupyter_qwen.assistant.intent import leans_on_previous
from jupyter_qwen.assistant.question import BadRequest, Question
from jupyter_qwen.assistant.threads import Turn
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.render import detect_idiom, render_cell
from jupyter_qwen.sql.tree import syntax_tree

PLOT_LAST = "Plot the last result."
_ASSIGNED = {"python": "{variable} = {call}", "r": "{variable} <- {call}", "julia": "{variable} = {call}"}


def plot_question(question: Question, schema: Schema, previous: Sequence[Turn]) -> str:
    """What a bare /plot asks for: the last result, else the frame or table that the notebook named last.

    Raises BadRequest when there is neither.
    """
    if last_result(previous) is not None:
        return PLOT_LAST
    if not schema.tables:
        raise BadRequest(
            "There is nothing to plot yet.",
            hint="Ask for a result first, or run the cell that makes a DataFrame; or say what to draw: /plot a sine wave",
        )
    text = "\n".join(cell.source for cell in question.cells if cell.type == "code")
    frames = [table for table in schema.tables if table.kind == "dataframe"] or list(schema.tables)
    latest = max(frames, key=lambda table: text.rfind(table.name))
    return f"Draw one chart that shows what matters in {'.'.join(latest.reference)}."


def last_result(previous: Sequence[Turn]) -> str | None:
    """The query of the last answer that had one which DuckDB did not reject."""
    for turn in reversed(previous):
        if turn.sql and not any(block.get("verdict") == "rejected" for block in turn.blocks[:1]):
            return turn.sql
    return None


def described(sql: str) -> str:
    """What the prompt says of the fetched result: that it is there, and its columns where the query names them."""
    query = syntax_tree(sql)  # None where only DuckDB knows the syntax: the columns are a mere help
    names = query.named_selects if isinstance(query, exp.Query) else []
    known = f" with the columns {', '.join(names)}" if names and "*" not in names and all(names) else ""
    return f"The variable data holds the last result{known}."


def fetching(question: Question, schema: Schema, previous: Sequence[Turn]) -> str:
    """Code that puts the last result into ``data``; empty when the question is about something else, or in a SQL kernel."""
    sql = last_result(previous)
    if question.mode != "plot" or sql is None:
        return ""
    if question.text != PLOT_LAST and not leans_on_previous(question.text):
        return ""
    return fetch_code(sql, question, schema)


def fetch_code(sql: str, question: Question, schema: Schema, *, variable: str = "data") -> str:
    """Code that puts the rows of `sql` into `variable`, a pandas DataFrame in Python; empty where no expression can do it."""
    idiom = detect_idiom(question.cells, schema, question.language)
    if idiom.style == "magic":
        idiom = replace(idiom, style="python")
    assigned = _ASSIGNED.get(idiom.style)
    if assigned is None:
        return ""
    source = render_cell(sql, replace(idiom, result="df")).source
    # An import that the call needs stands above it, with an empty line between them.
    above = f"{idiom.imports}\n\n"
    imported = idiom.style == "python" and bool(idiom.imports) and source.startswith(above)
    call = source.removeprefix(above) if imported else source
    if call.startswith("%%"):
        return ""  # only a cell magic reaches that connection; the query is among the earlier turns
    return (above if imported else "") + assigned.format(variable=variable, call=call)
