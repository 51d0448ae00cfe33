"""Chat, Python, explain, fix, plot: one conversation shape, one system turn per mode.

Order: the mode's rules, what the user added by name, the tables (a mere selection of them stands behind the cells, for it changes
with the question), the notebook's cells in document order, earlier turns, the question. Everything but the last turn stays the
same between two questions unless the notebook changed, and then only from the changed cell on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jupyter_qwen.prompt.attachments import Attached, Attachment, attach, missing_tables, table_names
from jupyter_qwen.prompt.budget import nearest_first, shorten, what_is_cut
from jupyter_qwen.prompt.frame_notation import frame_text, frames_text
from jupyter_qwen.prompt.linking import LinkedSchema, link
from jupyter_qwen.prompt.model import Message, Part, Prompt, PromptSource
from jupyter_qwen.prompt.notation import Notation, short_type
from jupyter_qwen.prompt.plotting import plotting_of
from jupyter_qwen.prompt.recall import RECALL_FRAME, RECALL_TOKENS, recall, told_definitions
from jupyter_qwen.prompt.rules import MODES, Mode, fence_name, rules
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml, message, neutralise
from jupyter_qwen.schema.collector.jupysql import MAGIC
from jupyter_qwen.schema.model import Schema, Table
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.schema.privacy import is_secret
from jupyter_qwen.schema.quoting import quote_identifier, quote_reference

__all__ = ["MODES", "Mode", "build"]

_LINE = Notation(form="line", keys=True, comments=False)
_USUAL_TOKENS = 3_000
_CELL_SHARE, _SCHEMA_SHARE, _HISTORY_SHARE, _ATTACHED_SHARE = 0.4, 0.4, 0.2, 0.5
_HISTORY_STEP = 4
_TRACEBACK_LINES = 12
_SQL_LANGUAGES = ("sql", "duckdb")
_ERROR_CHARACTERS = 300


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
    attachments: Sequence[Attachment] = (),
    data: str = "",
) -> Prompt:
    """The prompt for one turn.

    `cells` are those up to and including the one that is asked about, in document order; for *fix* and *explain* the last
    cell is the subject and its error, if any, is shown. `history` holds earlier turns of the thread, oldest first, in plain
    text (not neutralised). `attachments` are what the user added by name: they stand before everything else of the notebook.
    `data` is code that *plot* begins with: it fetches the result that is drawn. Raises ValueError for an unknown mode.
    """
    plotting = plotting_of(cells, language)
    system_rules = rules(mode, language, plotting)
    language = fence_name(language)
    subject = cells[-1] if mode in ("fix", "explain") and cells and not _speaks_of(question, cells[-1]) else None
    earlier = cells[:-1] if subject is not None else cells
    if subject is not None:  # it stands in the question itself, with its error
        attachments = [a for a in attachments if a.kind not in ("cell", "error") or a.id != subject.id]
    closing = _closing(question, subject, language, count=count, budget_tokens=budget_tokens // 2)
    room = max(0, budget_tokens - count(system_rules) - count(closing) - count(data) - 32)
    attached = attach(attachments, count=count, budget_tokens=int(room * _ATTACHED_SHARE), language=language)
    room -= count(attached.text)
    linked = link(
        f"{question}\n{subject.source if subject else ''}",
        schema or Schema(),
        count=count,
        budget_tokens=int(room * _SCHEMA_SHARE),
        cells=cells,
        notation=_LINE,
        first=table_names(attachments),
    )
    tables = _tables_text(linked.tables, language) if linked.tables else ""
    room -= count(tables)
    turns = _recent(history, count=count, budget_tokens=int(room * _HISTORY_SHARE))
    room -= sum(count(t.content) for t in turns)
    recall_room = min(
        RECALL_TOKENS + RECALL_FRAME, room // 4
    )  # kept free also where nothing is recalled: the window must not move
    window = nearest_first(
        _unattached(earlier, attachments),
        count=count,
        budget_tokens=min(_cell_budget(budget_tokens, room), room - recall_room),
        frame_tokens=count(f"```{language}\n\n```\n\n") + 1,
    )
    recalled = recall(
        question,
        subject.source if subject else "",
        _unattached(earlier, attachments),
        window,
        count=count,
        budget_tokens=recall_room - RECALL_FRAME,
    )
    definitions = told_definitions(recalled, language)
    failed = last_failed(_unattached(earlier, attachments)) if mode not in ("fix", "explain") else None
    cell_texts = [_cell_text(cell, language, failed=failed is not None and cell.id == failed.id) for cell in window]
    shown = "\n\n".join(cell_texts)
    told = f"Cells of the notebook so far:\n\n{shown}" if shown else ""
    # A schema that is told in part is another part for every question: behind the cells it takes nothing of them along.
    body = (tables, told) if linked.whole else (told, tables)
    system = "\n\n".join(text for text in (system_rules, attached.text, *body) if text)
    messages = (message("system", system), *turns, message("user", f"{definitions}{closing}"))
    prefill = ""
    if mode in ("python", "plot"):
        opening = "\n".join(line for line in (plotting.imports if data else "", neutralise(data)) if line)
        prefill = f"```{language}\n" + (f"{opening}\n" if opening else "")
    return Prompt(
        text=chatml(messages, prefill),
        stop=(*_ends_with_code(mode, prefill), *CHAT_STOP),
        messages=messages,
        prefill=prefill,
        parts=_parts(system_rules, attached, linked, tables, shown, turns, definitions, closing),
        sources=(
            *attached.sources,
            *(PromptSource(f"table:{'.'.join(t.reference)}", _told(t)) for t in linked.tables),
            *(PromptSource(f"cell:{cell.id}", text) for cell, text in zip(window, cell_texts, strict=True)),
            *(PromptSource(f"cell:{cell.id}", cell.source) for cell in recalled),
            *(
                (PromptSource(f"error:{failed.id}", _error_line(failed)),)
                if failed in window and failed is not None
                else ()
            ),
            *((PromptSource(f"cell:{subject.id}", subject.source),) if subject is not None else ()),
        ),
        notes=(
            *attached.notes,
            *missing_tables(attachments, schema),
            *linked.notes,
            *what_is_cut(_unattached(earlier, attachments), window, recalled),
        ),
    )


def _cell_budget(budget_tokens: int, room: int) -> int:
    """Tokens for cells: a share of the usual prompt; all the room of a longer one, for that is what it was made longer for."""
    return room if budget_tokens > _USUAL_TOKENS else min(room, int(budget_tokens * _CELL_SHARE))


def _ends_with_code(mode: Mode, prefill: str) -> tuple[str, ...]:
    """What ends an answer with its code block, before an explanation that nobody asked for.

    After a prefilled fence the next one closes it. In /fix a sentence comes first, so that a fence may open the block; one with
    an empty line below has closed it.
    """
    return ("\n```",) if prefill else ("\n```\n\n",) if mode == "fix" else ()


def last_failed(cells: Sequence[Cell]) -> Cell | None:
    """The cell that failed last: the highest execution count among those that show an error."""
    failed = [cell for cell in cells if cell.error is not None]
    return max(failed, key=lambda cell: cell.execution_count or 0) if failed else None


def _unattached(cells: Sequence[Cell], attachments: Sequence[Attachment]) -> tuple[Cell, ...]:
    """The cells that the user did not add by name: those stand first already."""
    named = {a.id for a in attachments if a.kind in ("cell", "error") and a.id}
    return tuple(cell for cell in cells if not cell.id or cell.id not in named)


def _closing(
    question: str, subject: Cell | None, language: str, *, count: Callable[[str], int], budget_tokens: int
) -> str:
    if subject is None:
        return question.strip()
    code = shorten(subject.source, count=count, budget_tokens=budget_tokens)
    lines = [f"```{_fence_language(code, language)}\n{code.strip()}\n```"]
    if subject.error is not None:
        lines.append(f"{subject.error.name}: {subject.error.message}".strip())
        frames = "\n".join(subject.error.traceback.strip().splitlines()[-_TRACEBACK_LINES:])
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
        paragraphs.append(frames_text(frames))
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
            paragraphs.append("\n".join([head, *(_table_line(t) for t in group)]))
    return "\n\n".join(paragraphs)


def _told(table: Table) -> str:
    return frame_text(table) if table.kind == "dataframe" else _table_line(table)


def _table_line(table: Table) -> str:
    size = f" [{table.row_count} rows]" if table.row_count is not None else ""
    columns = ", ".join(
        quote_identifier(c.name)
        + (f" {short_type(c.type)}" if c.type else "")
        + _values(c.name, c.values, c.values_complete)
        for c in table.columns
    )
    return f"{quote_reference(table.reference)}{size}: {columns}"


def _values(name: str, values: Sequence[str], complete: bool) -> str:
    """The values of a column that has very few: a filter or a legend needs their spelling."""
    short = [v for v in values if len(v) <= 20 and "\n" not in v]
    if not complete or not short or len(short) > 6 or is_secret(name):
        return ""
    return " {" + "|".join(short) + "}"


def _cell_text(cell: Cell, language: str, *, failed: bool = False) -> str:
    if cell.type != "code":
        return cell.source.strip()
    code = f"```{_fence_language(cell.source, language)}\n{cell.source.strip()}\n```"
    return f"{code}\n{_error_line(cell)}" if failed else code


def _error_line(cell: Cell) -> str:
    """The error of a cell in one line; its traceback is for /fix."""
    return " ".join(f"{cell.error.name}: {cell.error.message}".split())[:_ERROR_CHARACTERS] if cell.error else ""


def _fence_language(source: str, language: str) -> str:
    """SQL for cells of a SQL magic, so that the model answers in kind."""
    first = source.lstrip().split("\n", 1)[0]
    return "sql" if first.startswith("%%") and any(name in first for name in _SQL_LANGUAGES) else language


def _recent(history: Sequence[Message], *, count: Callable[[str], int], budget_tokens: int) -> tuple[Message, ...]:
    """The latest whole exchanges that fit; a user's turn never stands without its answer before the next question.

    The oldest go two exchanges at a time: dropping one with every question would leave nothing of the KV cache behind them.
    """
    turns = [Message(turn.role, neutralise(turn.content)) for turn in history]
    costs = [count(turn.content) + 5 for turn in turns]  # tokens of the turn's frame
    start = 0
    while start < len(turns) and sum(costs[start:]) > budget_tokens:
        start += _HISTORY_STEP
    if start >= len(turns):
        start = len(turns) - 2 if len(turns) > 1 and sum(costs[-2:]) <= budget_tokens else len(turns)
    while start < len(turns) and turns[start].role != "user":
        start += 1
    return tuple(turns[start:])


def _speaks_of(question: str, cell: Cell) -> bool:
    """Whether the question brings the code itself, so that the last cell is only context."""
    return "```" in question and cell.source.strip() not in question


def _parts(
    system_rules: str,
    attached: Attached,
    linked: LinkedSchema,
    tables: str,
    cells: str,
    turns: Sequence[Message],
    definitions: str,
    closing: str,
) -> tuple[Part, ...]:
    parts = [Part("rules", system_rules)]
    if attached.text:
        parts.append(Part("added by name", neutralise(attached.text)))
    told = [Part("schema", neutralise(tables))] if linked.tables else []
    shown = [Part("cells", neutralise(cells))] if cells else []
    parts += [*told, *shown] if linked.whole else [*shown, *told]
    if turns:
        parts.append(Part("earlier turns", "\n\n".join(t.content for t in turns)))
    if definitions:
        parts.append(Part("definitions", neutralise(definitions)))
    parts.append(Part("question", neutralise(closing)))
    return tuple(parts)
