"""The first rows of a trial under an answer, folded and marked with what they were taken from."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

_LONGEST = 40
_MARKUP = re.compile(r"([\\`*_\[\]()#!|~$<>&])")


def rows_as_text(rows: Mapping[str, Any]) -> str:
    """The mark, and the rows as a table of plain text."""
    table = [[_text(name, False) for name in rows["columns"]]]
    table += [[_text(cell, place in rows["hidden"]) for place, cell in enumerate(row)] for row in rows["rows"]]
    widths = [max(len(line[place]) for line in table) for place in range(len(table[0]))]
    lines = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in table]
    return "\n".join([f"{mark(rows)}:", *(line.rstrip() for line in lines), *(f"  {note}" for note in _notes(rows))])


def rows_as_markdown(rows: Mapping[str, Any]) -> str:
    """The same as a Markdown table, in which no value can begin a tag, an image, a column or code."""
    head = [_cell(_text(name, False)) for name in rows["columns"]]
    lines = (
        [f"{_cell(mark(rows))}:", ""]
        if not head
        else [f"{_cell(mark(rows))}:", "", _row(head), _row(["---"] * len(head))]
    )
    lines += [
        _row([_cell(_text(cell, place in rows["hidden"])) for place, cell in enumerate(row)]) for row in rows["rows"]
    ]
    notes = _notes(rows)
    return "\n".join([*lines, *(("", " ".join(notes)) if notes else ())])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def rows_as_html(rows: Mapping[str, Any]) -> str:
    """The same, folded under its mark."""
    heads = "".join(f'<th scope="col">{html.escape(_text(name, False))}</th>' for name in rows["columns"])
    body = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(_text(cell, place in rows['hidden']))}</td>" for place, cell in enumerate(row))
        + "</tr>"
        for row in rows["rows"]
    )
    notes = "".join(f"<p>{note}</p>" for note in _notes(rows))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    return f'<details class="jp-Qwen-rows"><summary>{html.escape(mark(rows))}</summary>{table}{notes}</details>'


def mark(rows: Mapping[str, Any]) -> str:
    """What the rows were taken from: everything that there is, or a part of it."""
    read = rows["read"]
    names = ", ".join(str(part["table"]) for part in read)
    if rows["complete"]:
        if len(read) == 1:
            return f"First rows, on all {read[0]['rows']} rows of {names}"
        return f"First rows, on all rows of {names}" if names else "First rows"
    count = f"{read[0]['rows']} rows of " if len(read) == 1 else ""
    return f"Not the answer: on a sample of {count}{names}"


def _notes(rows: Mapping[str, Any]) -> list[str]:
    notes = []
    if not rows["rows"] and rows["complete"]:
        notes.append("It gives no rows.")
    if rows["hidden"]:
        notes.append("Values that need every row are not shown: run the query for them.")
    if rows["more"] and rows["rows"]:
        notes.append("There is more than is shown.")
    return notes


def _text(cell: object, hidden: bool) -> str:
    if hidden:
        return "—"
    text = "NULL" if cell is None else " ".join(str(cell).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
