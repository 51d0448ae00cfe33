"""Notes at first mention: a comment above the first line that names a table or a function which the context left out.

Its place depends on the text alone, so it stays where it is while the user goes on typing, and it costs the tokens
of one line when it appears: the line that is being typed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from jupyter_qwen.prompt.fim.cursor import Region, regions

_WORD = re.compile(r"[A-Za-z_]\w*")
_UNFINISHED_WORD = re.compile(r"\w+\Z")


def annotate(text: str, notes: Mapping[str, str], *, language: str) -> list[str]:
    """The lines of `text`, each with the notes that belong above it in front.

    The last line's unfinished word is no mention yet. Names in comments and in strings that are not SQL are none either.
    `notes` are neutralised already; the lines come back as they are.
    """
    lines = text.split("\n")
    if not notes:
        return lines
    spans = () if language == "sql" else regions(text)
    starts = [span.start for span in spans]
    told: set[str] = set()
    out: list[str] = []
    offset = 0
    for number, line in enumerate(lines):
        searched = _UNFINISHED_WORD.sub("", line) if number == len(lines) - 1 else line
        above = ""
        for match in _WORD.finditer(searched):
            name = match[0]
            if name not in notes or name in told:
                continue
            kind = _kind_at(offset + match.start(), spans, starts)
            if kind in ("comment", "string"):
                continue
            told.add(name)
            begins_in_sql = language == "sql" or _kind_at(offset, spans, starts) == "sql"
            indent = line[: len(line) - len(line.lstrip())]
            above += f"{indent}{'--' if begins_in_sql else '#'} {notes[name]}\n"
        out.append(above + line)
        offset += len(line) + 1
    return out


def _kind_at(position: int, spans: Sequence[Region], starts: list[int]) -> str:
    index = bisect_right(starts, position) - 1
    if index >= 0 and (position < spans[index].end or (spans[index].open and position <= spans[index].end)):
        return spans[index].kind
    return "code"
