"""What has to be loaded before a block can run: the cells to run first, or the line that its own cell begins with."""

from __future__ import annotations

import re
from dataclasses import replace

from jupyter_qwen.assistant.events import Block, CellSource
from jupyter_qwen.schema.model import Schema, Table

_IMPORT = "import duckdb\n\n"


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
    for line in reversed(lines):
        if not source.startswith("%%") and block.cell.type == "code":
            source = _joined(line, source)
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


def _joined(line: str, source: str) -> str:
    """One cell of both, with one import."""
    if line.startswith(_IMPORT):
        source = source.removeprefix(_IMPORT)
    return f"{line}\n\n{source}" if "\n\n" not in line else f"{line}\n{source}"
