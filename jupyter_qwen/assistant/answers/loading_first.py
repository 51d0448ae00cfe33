"""What has to be loaded before a block can run: the cells to run first, or the line that its own cell begins with."""

from __future__ import annotations

import re
from dataclasses import replace

from jupyter_qwen.assistant.events import Block, CellSource
from jupyter_qwen.schema.model import Schema, Table

_IMPORTS = re.compile(r"((?:import [^\n]+\n)+)\n")


def loading_first(block: Block, schema: Schema | None) -> Block:
    """`block` with the cells that make the tables which it names and the kernel does not hold yet.

    Lines for files that no cell loads are put in front of its own code, which is Python then; a magic takes none.
    """
    waiting = _named(block.source, schema) if schema is not None and block.cell is not None else []
    if not waiting or block.cell is None:
        return block
    wanted = dict.fromkeys(cell for table in waiting if table.loading is not None for cell in table.loading.cells)
    lines = dict.fromkeys(table.loading.code for table in waiting if table.loading is not None and table.loading.code)
    source = block.cell.source
    if lines and not source.startswith("%%") and block.cell.type == "code":
        source = _joined(tuple(lines), source)
    return replace(block, cell=CellSource(source, block.cell.type), loads=tuple(wanted))


def _named(source: str, schema: Schema) -> list[Table]:
    """The tables of `schema` that are not loaded and whose names stand in `source`, SQL or code around it."""
    folded = source.casefold()
    words = set(re.findall(r"\w+", folded))
    return [
        table
        for table in schema.tables
        if table.loading is not None
        and (table.name.casefold() in words or (not table.name.isidentifier() and table.name.casefold() in folded))
    ]


def _joined(lines: tuple[str, ...], source: str) -> str:
    """One cell of both, with each import once and first."""
    imports: dict[str, None] = {}
    parts = []
    for part in (*lines, source):
        found = _IMPORTS.match(part)
        if found is not None:
            imports.update(dict.fromkeys(found[1].splitlines()))
        parts.append(part[found.end() :] if found is not None else part)
    *loads, rest = parts
    if not imports:
        return "\n".join(loads) + f"\n\n{rest}"
    return "\n".join(imports) + "\n\n" + "\n".join(parts)
