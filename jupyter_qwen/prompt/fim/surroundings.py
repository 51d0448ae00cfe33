"""What of the notebook stands before the active cell in a fill-in-the-middle prompt, and what is told later, by name.

Everything here is at the beginning of the prompt, so a change costs the whole of it (13 ms a token on two cores). So it
is chosen to stay: cells once told are kept while they still stand above, new ones are appended, and a table that is not
told here is told in a comment above the first line that names it (`prompt.mentions`), which costs that line alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from jupyter_qwen.prompt.notation import Notation, render_table
from jupyter_qwen.prompt.tokens import neutralise
from jupyter_qwen.schema.model import Schema, Table
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.schema.quoting import quote_identifier, quote_reference

COLUMNS = Notation(form="line", types=True, keys=False, comments=False)
_SMALL_SCHEMA_TOKENS = 160  # told whole at once; about two seconds cold, nothing while it stays
_CELLS_LOOKED_AT = 24
_CELLS_TOLD = 8
_CELL_CHARACTERS = 1200
_MARKDOWN_CHARACTERS = 240
_TYPED_COLUMNS, _NAMED_COLUMNS = 8, 32
_WIDE_COLUMNS = 20  # shown of a table that cannot be shown whole: 200 names would cost eight seconds
_RECENT_CELLS = 6  # whose tables are told in advance, for they are likely to be used next
_NOTE_CHARACTERS = 100
_NAMES_LISTED = 40
_FRESH_SHARE = 0.7  # of the budget; the rest is room for the cells that are going to follow
_NAME = re.compile(r"[A-Za-z_]\w{2,}")
_DEFINITION = re.compile(
    r"^(?:(?:async[ ]+)?(?:def|class)[ ]+(?P<def>[A-Za-z_]\w*)[^\n]*|(?P<var>[A-Za-z_]\w*)[ ]*(?::[^=\n]+)?=(?!=)[^\n]*)$",
    re.MULTILINE,
)
_IMPORT = re.compile(r"^\s*(?:import|from|library\(|using)\s*\w", re.MULTILINE)


@dataclass(frozen=True)
class Surroundings:
    """`text` opens the prompt (neutralised). `notes` are one-line notes by name, for names that `text` does not explain."""

    text: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[str, ...] = ()


def surroundings(
    near: str,
    far: str,
    cells: Sequence[Cell],
    schema: Schema | None,
    *,
    language: str,
    count: Callable[[str], int],
    budget_tokens: int,
    previous: Surroundings | None = None,
) -> Surroundings:
    """The context of a cursor between `near` and `far`, at most `budget_tokens` of it.

    `cells` stand above the active one. `previous` is what was told to the same editor before: as much of it as possible is
    told again, byte for byte.
    """
    tables = schema.tables if schema is not None else ()
    if budget_tokens < 24:
        return Surroundings(notes=_notes(tables, (), ()))
    comment = "-- " if language == "sql" else "# "
    told, tables_told = _tables_text(tables, cells, comment, count, budget_tokens)
    room = budget_tokens - (count(told) if told else 0)
    texts = {p: _cell_text(cells[p], comment, last=p == len(cells) - 1) for p in _candidates(cells)}
    chosen = _kept(texts, previous, count, room)
    if chosen is None:
        chosen = _fresh(near, far, cells, texts, count, room)
    shown = tuple(texts[p] for p in chosen)
    others = [cells[p] for p in range(len(cells)) if p not in chosen and cells[p].type == "code"]
    untold = [table for table in tables if table not in tables_told]
    return Surroundings("".join(shown) + told, _notes(untold, others, shown), shown)


def _tables_text(
    tables: Sequence[Table], cells: Sequence[Cell], comment: str, count: Callable[[str], int], budget_tokens: int
) -> tuple[str, Sequence[Table]]:
    """The tables in comments, and those of them whose columns are told.

    All of a small schema; of a larger one the tables that the last cells name, and the names of the others: their columns come
    as notes. It depends on the cells above only, so typing does not change it.
    """
    if not tables:
        return "", ()
    limit = min(_SMALL_SCHEMA_TOKENS, budget_tokens // 2)
    if sum(len(t.name) + sum(len(c.name) + 2 for c in t.columns) for t in tables) < limit * 5:
        text = "".join(f"{comment}{neutralise(_flat(render_table(t, COLUMNS)))}\n" for t in tables)
        if count(text) <= limit:
            return text, tables
    told: list[Table] = []
    texts: list[str] = []
    for table in _named_lately(tables, cells):
        line = f"{comment}{neutralise(_flat(_columns(table, cells)))}\n"
        if count("".join(texts) + line) > limit:
            break
        told.append(table)
        texts.append(line)
    others = [_flat(quote_reference(table.reference)) for table in tables if table not in told]
    if others:
        more = ", …" if len(others) > _NAMES_LISTED else ""
        texts.append(f"{comment}tables: {neutralise(', '.join(others[:_NAMES_LISTED]))}{more}\n")
    return "".join(texts), told


def _named_lately(tables: Sequence[Table], cells: Sequence[Cell]) -> list[Table]:
    """The tables that the last code cells name, the latest first."""
    by_name = {table.name: table for table in tables}
    found: dict[str, Table] = {}
    code = [cell.source for cell in cells if cell.type == "code"]
    for source in reversed(code[-_RECENT_CELLS:]):
        for name in reversed(re.findall(r"\w+", source[:_CELL_CHARACTERS])):
            if name in by_name:
                found.setdefault(name, by_name[name])
    return list(found.values())


def _candidates(cells: Sequence[Cell]) -> list[int]:
    """Cells near the active one that may be told: code that did not fail, and the Markdown right above."""
    last = len(cells) - 1
    return [
        p
        for p in range(max(0, len(cells) - _CELLS_LOOKED_AT), len(cells))
        if cells[p].source.strip()
        and cells[p].error is None
        and (cells[p].type == "code" or (cells[p].type == "markdown" and p == last))
        and not cells[p].source.lstrip().startswith("%%qwen")
    ]


def _kept(
    texts: Mapping[int, str], previous: Surroundings | None, count: Callable[[str], int], room: int
) -> list[int] | None:
    """What was told before plus the cells that came to stand below it; ``None`` when something of it is gone or too much."""
    if previous is None or not previous.cells:
        return None
    positions = iter(sorted(texts))
    kept: list[int] = []
    for told in previous.cells:
        found = next((p for p in positions if texts[p] == told), None)
        if found is None:
            return None
        kept.append(found)
    kept += [p for p in sorted(texts) if p > kept[-1]]
    if len(kept) > _CELLS_LOOKED_AT or sum(count(texts[p]) for p in kept) > room:
        return None
    return kept


def _fresh(
    near: str,
    far: str,
    cells: Sequence[Cell],
    texts: Mapping[int, str],
    count: Callable[[str], int],
    room: int,
) -> list[int]:
    """Cells by relevance, in document order: the two directly above, imports, and those that share most rare names."""
    names = set(_NAME.findall("\n".join(near.split("\n")[-24:]) + "\n" + far[:800]))
    last = len(cells) - 1

    def score(position: int) -> float:
        source = cells[position].source
        own = set(_NAME.findall(source[:4000]))
        shared = float(len(names & own) / math.sqrt(1 + len(own)))
        imports = 0.5 if _IMPORT.search(source) else 0.0
        return shared + imports + (1.0 if position >= last - 1 else 0.0) + 0.001 * position

    chosen: list[int] = []
    left = room * _FRESH_SHARE
    for position in sorted(texts, key=lambda p: -score(p))[:_CELLS_TOLD]:
        cost = count(texts[position])
        if cost <= left:
            chosen.append(position)
            left -= cost
    return sorted(chosen)


def _cell_text(cell: Cell, comment: str, *, last: bool) -> str:
    source = cell.source.strip("\n")
    if cell.type == "markdown":
        lines = source[:_MARKDOWN_CHARACTERS].split("\n")
        # without the marks of headings: the model would begin its own comments with them
        return neutralise("".join(f"{comment}{line.lstrip('# ')}\n" for line in lines if line.strip("# ")))
    if len(source) > _CELL_CHARACTERS:
        source = source[:_CELL_CHARACTERS].rpartition("\n")[0] or source[:_CELL_CHARACTERS]
    return neutralise(source) + "\n\n"


def _notes(tables: Sequence[Table], cells: Sequence[Cell], shown: Sequence[str]) -> dict[str, str]:
    """name → note: columns of tables, and the first line of what cells define that are not shown. Tables win."""
    notes: dict[str, str] = {}
    known = "\n".join(shown)
    for cell in cells:
        for match in _DEFINITION.finditer(cell.source[:20_000]):
            name, line = match["def"] or match["var"], match[0].strip()
            if len(name) > 1 and len(line) <= _NOTE_CHARACTERS and not re.search(rf"^{name}\b", known, re.MULTILINE):
                notes[name] = neutralise(line)
    for table in tables:
        notes[table.name] = neutralise(_flat(_columns(table, cells)))
    return notes


def _columns(table: Table, cells: Sequence[Cell]) -> str:
    """A table in one line; of a wide one the columns that cells name, then its first ones, without types."""
    if len(table.columns) <= _TYPED_COLUMNS:
        return render_table(table, COLUMNS)
    used = {name for cell in cells for name in re.findall(r"\w+", cell.source[:_CELL_CHARACTERS])}
    limit = _NAMED_COLUMNS if len(table.columns) <= _NAMED_COLUMNS else _WIDE_COLUMNS
    order = sorted(range(len(table.columns)), key=lambda i: (table.columns[i].name not in used, i))[:limit]
    names = ", ".join(quote_identifier(table.columns[i].name) for i in sorted(order))
    return f"{quote_reference(table.reference)}({names}{', …' if len(order) < len(table.columns) else ''})"


def _flat(text: str) -> str:
    return " ".join(text.split())
