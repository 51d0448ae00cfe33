"""Chat, Python, explain, fix, plot: one conversation shape, one system turn per mode.

Order: the mode's rules, the tables, the notebook's cells in document order, earlier turns, the question. Everything but the
last turn stays the same between two questions unless the notebook changed, and then only from the changed cell on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from jupyter_qwen.prompt.budget import nearest_first, shorten
from jupyter_qwen.prompt.linking import LinkedSchema, link
from jupyter_qwen.prompt.model import Message, Part, Prompt
from jupyter_qwen.prompt.notation import Notation, identifier, reference, short_type
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml, message, neutralise
from jupyter_qwen.schema.model import MAGIC, Schema, Table
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.schema.privacy import is_secret

Mode = Literal["chat", "python", "explain", "fix", "plot"]
MODES: tuple[Mode, ...] = ("chat", "python", "explain", "fix", "plot")

_RULES: dict[Mode, str] = {
    "chat": (
        "You are a programming assistant inside a Jupyter notebook. Answer the question in a few sentences. "
        "Show code only where it helps, in a fenced block that names its language, ready to run as one cell."
    ),
    "python": (
        "You write {language} code for a Jupyter notebook. Answer with one fenced {language} block that runs as the next "
        "cell, and nothing after it. Use the variables that exist; do not load or define them again. Import what is not "
        "imported yet."
    ),
    "explain": (
        "You explain code in a Jupyter notebook. Say in one sentence what it does as a whole, then explain its steps in "
        "order, one short list item each; for SQL go clause by clause. Do not repeat the code."
    ),
    "fix": (
        "You fix failing code in a Jupyter notebook. Answer with one sentence that names the cause, then one fenced block "
        "with the whole corrected cell. Change only what the error requires."
    ),
    "plot": (
        "You draw with matplotlib in a Jupyter notebook. Answer with one fenced python block that runs as the next cell: "
        "it uses the variables that exist, names axes and title, and ends with plt.show()."
    ),
}
_LINE = Notation(form="line", keys=True, comments=False)
_CELL_SHARE, _SCHEMA_SHARE, _HISTORY_SHARE = 0.4, 0.4, 0.2
_SQL_LANGUAGES = ("sql", "duckdb")


def build(
    question: str,
    schema: Schema | None,
    cells: Sequence[Cell] = (),
    *,
    mode: Mode,
    count: Callable[[str], int],
    budget_tokens: int,
    language: str = "python",
    history: Sequence[Message] = (),
) -> Prompt:
    """The prompt for one turn.

    `cells` are those up to and including the one that is asked about, in document order; for *fix* and *explain* the last
    cell is the subject and its error, if any, is shown. `history` holds earlier turns of the thread, oldest first, in plain
    text (not neutralised). Raises ValueError for an unknown mode.
    """
    if mode not in _RULES:
        raise ValueError(f"mode {mode!r} is not one of {', '.join(MODES)}")
    rules = _RULES[mode].format(language=language)
    subject = cells[-1] if mode in ("fix", "explain") and cells and not _speaks_of(question, cells[-1]) else None
    earlier = cells[:-1] if subject is not None else cells
    closing = _closing(question, subject, language, count=count, budget_tokens=budget_tokens // 2)
    room = max(0, budget_tokens - count(rules) - count(closing) - 32)
    linked = link(
        f"{question}\n{subject.source if subject else ''}",
        schema or Schema(),
        count=count,
        budget_tokens=int(room * _SCHEMA_SHARE),
        cells=cells,
        notation=_LINE,
    )
    tables = _tables_text(linked.tables, language) if linked.tables else ""
    room -= count(tables)
    turns = _recent(history, count=count, budget_tokens=int(room * _HISTORY_SHARE))
    room -= sum(count(t.content) for t in turns)
    window = nearest_first(earlier, count=count, budget_tokens=min(room, int(budget_tokens * _CELL_SHARE)))
    shown = "\n\n".join(_cell_text(cell, language) for cell in window)
    system = "\n\n".join(
        text for text in (rules, tables, f"Cells of the notebook so far:\n\n{shown}" if shown else "") if text
    )
    messages = (message("system", system), *turns, message("user", closing))
    prefill = f"```{language}\n" if mode in ("python", "plot") else ""
    return Prompt(
        text=chatml(messages, prefill),
        stop=(("\n```", *CHAT_STOP) if prefill else CHAT_STOP),
        messages=messages,
        prefill=prefill,
        parts=_parts(rules, linked, tables, shown, turns, closing),
    )


def _closing(
    question: str, subject: Cell | None, language: str, *, count: Callable[[str], int], budget_tokens: int
) -> str:
    if subject is None:
        return question.strip()
    code = shorten(subject.source, count=count, budget_tokens=budget_tokens)
    lines = [f"```{_fence_language(code, language)}\n{code.strip()}\n```"]
    if subject.error is not None:
        lines.append(f"{subject.error.name}: {subject.error.message}".strip())
        frames = _last_frames(subject.error.traceback)
        if frames:
            lines.append(f"Traceback, last lines:\n{frames}")
    if question.strip():
        lines.append(question.strip())
    return "\n\n".join(lines)


def _tables_text(tables: Sequence[Table], language: str) -> str:
    """DataFrames as the variables they are, DuckDB tables as tables: the model must know which it can subscript."""
    frames = [t for t in tables if t.kind == "dataframe"]
    stored = [t for t in tables if t.kind != "dataframe"]
    paragraphs: list[str] = []
    if frames:
        paragraphs.append("\n".join(["DataFrames in memory:", *(_frame_line(t) for t in frames)]))
    if stored:
        by_connection: dict[str, list[Table]] = {}
        for table in stored:
            by_connection.setdefault(table.connection or "duckdb", []).append(table)
        for connection, group in by_connection.items():
            if connection.startswith(MAGIC):
                head = "DuckDB tables, queried by a cell that begins with %%sql:"
            elif language == "python":
                head = f'DuckDB tables, queried by {connection}.sql("SELECT …").df():'
            else:
                head = "DuckDB tables:"
            paragraphs.append("\n".join([head, *(_frame_line(t) for t in group)]))
    return "\n\n".join(paragraphs)


def _frame_line(table: Table) -> str:
    size = f" [{table.row_count} rows]" if table.row_count is not None else ""
    library = f" ({table.library})" if table.library else ""
    frame = table.kind == "dataframe"
    columns = ", ".join(
        (_subscript(c.name) if frame else identifier(c.name))
        + (f" {short_type(c.type)}" if c.type else "")
        + _values(c.name, c.values, c.values_complete)
        for c in table.columns
    )
    return f"{reference(table)}{library}{size}: {columns}"


def _subscript(name: str) -> str:
    """A DataFrame's column as Python writes it between brackets, without quotes where they say nothing."""
    return name if name.isidentifier() else repr(name)


def _values(name: str, values: Sequence[str], complete: bool) -> str:
    """The values of a column that has very few: a filter or a legend needs their spelling."""
    short = [v for v in values if len(v) <= 20 and "\n" not in v]
    if not complete or not short or len(short) > 6 or is_secret(name):
        return ""
    return " {" + "|".join(short) + "}"


def _cell_text(cell: Cell, language: str) -> str:
    if cell.type != "code":
        return cell.source.strip()
    return f"```{_fence_language(cell.source, language)}\n{cell.source.strip()}\n```"


def _fence_language(source: str, language: str) -> str:
    """SQL for cells of a SQL magic, so that the model answers in kind."""
    first = source.lstrip().split("\n", 1)[0]
    return "sql" if first.startswith("%%") and any(name in first for name in _SQL_LANGUAGES) else language


def _last_frames(traceback: str, lines: int = 12) -> str:
    return "\n".join(line for line in traceback.strip().splitlines()[-lines:])


def _recent(history: Sequence[Message], *, count: Callable[[str], int], budget_tokens: int) -> tuple[Message, ...]:
    """The latest whole exchanges that fit; a user's turn never stands without its answer before the next question."""
    taken: list[Message] = []
    used = 0
    for turn in reversed(history):
        content = neutralise(turn.content)
        cost = count(content) + 5  # tokens of the turn's frame
        if used + cost > budget_tokens:
            break
        taken.append(Message(turn.role, content))
        used += cost
    taken.reverse()
    while taken and taken[0].role != "user":
        taken.pop(0)
    return tuple(taken)


def _speaks_of(question: str, cell: Cell) -> bool:
    """Whether the question brings the code itself, so that the last cell is only context."""
    return "```" in question and cell.source.strip() not in question


def _parts(
    rules: str, linked: LinkedSchema, tables: str, cells: str, turns: Sequence[Message], closing: str
) -> tuple[Part, ...]:
    parts = [Part("rules", rules)]
    if linked.tables:
        parts.append(Part("schema", neutralise(tables)))
    if cells:
        parts.append(Part("cells", neutralise(cells)))
    if turns:
        parts.append(Part("earlier turns", "\n\n".join(t.content for t in turns)))
    parts.append(Part("question", neutralise(closing)))
    return tuple(parts)
