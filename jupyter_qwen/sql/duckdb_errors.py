"""DuckDB's exceptions as diagnostics: its own words, its candidates, and offsets into the text that was asked about.

DuckDB renders errors as JSON with the setting `errors_as_json`; `location` is then ``[byte offset, byte length]``. Versions
before 2 give `position` alone, and `sql.extent` finds the end. https://duckdb.org/docs/stable/configuration/overview
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import duckdb

from .extent import extent, word_at
from .model import Diagnostic

_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"')
_CANDIDATES: Final = re.compile(r"(?:Candidate (?:bindings|tables)\s*:|Did you mean)(?P<names>.*)", re.DOTALL)
_FUNCTIONS: Final = re.compile(r"^\t(.+\) -> .+)$", re.MULTILINE)
_MAX_FUNCTIONS: Final = 8


def fields(error: duckdb.Error) -> dict[str, Any]:
    """The JSON object in the text of `error`, or one made of its plain text."""
    text = str(error)
    kind, found, rest = text.partition("{")
    if found:
        try:
            value = json.loads(found + rest)
        except ValueError:
            value = None
        if isinstance(value, dict) and "exception_message" in value:
            return value
    kind, found, rest = text.partition(" Error: ")
    message = (rest if found else text).split("\n\nLINE ", 1)[0]
    return {"exception_type": kind if found else type(error).__name__, "exception_message": message}


def diagnose(error: duckdb.Error, sql: str, *, offset: int = 0) -> Diagnostic:
    """`error`, raised for a text in which `sql` began at byte `offset`."""
    found = fields(error)
    kind, message = str(found["exception_type"]), str(found["exception_message"]).strip()
    start, end = _span(found, sql, offset)
    line = column = None
    if start is not None:
        line, column = sql.count("\n", 0, start) + 1, start - (sql.rfind("\n", 0, start) + 1) + 1
    return Diagnostic(
        code=re.sub(r"[^a-z]+", "-", kind.lower()).strip("-") + "-error",
        severity="error",
        message=f"{kind} Error: {_shorten(message)}",
        candidates=candidates_in(message),
        start=start,
        end=end,
        line=line,
        column=column,
    )


def candidates_in(message: str) -> tuple[str, ...]:
    """The names that DuckDB proposes in `message`, in its order; function signatures when it lists those instead."""
    match = _CANDIDATES.search(message)
    if match:
        return tuple(dict.fromkeys(name.replace('""', '"') for name in _QUOTED.findall(match["names"])))
    return tuple(_FUNCTIONS.findall(message)[:_MAX_FUNCTIONS])


def _shorten(message: str) -> str:
    """Cut a list of twenty candidate functions to the first few: the rest is in no reader's interest."""
    lines = message.split("\n")
    functions = [i for i, line in enumerate(lines) if line.startswith("\t") and ") -> " in line]
    if len(functions) > _MAX_FUNCTIONS:
        drop = set(functions[_MAX_FUNCTIONS:])
        lines = [line for i, line in enumerate(lines) if i not in drop] + [f"\t… and {len(drop)} more"]
    return "\n".join(lines)


def _span(found: dict[str, Any], sql: str, offset: int) -> tuple[int | None, int | None]:
    raw = sql.encode()
    first, length = None, None
    match = re.match(r"\[(\d+),\s*(\d+)\]", str(found.get("location", "")))
    if match:
        first, length = int(match[1]), int(match[2])
    elif str(found.get("position", "")).isdigit():
        first = int(found["position"])
    if first is None or not 0 <= first - offset <= len(raw):
        return None, None
    first -= offset
    if length is None and found["exception_type"] == "Parser":
        return word_at(sql, first)  # the parser of DuckDB 1.x counts characters, its binder bytes
    start = len(raw[:first].decode(errors="ignore"))
    if length is None:
        return extent(sql, start)
    # At the end of the text DuckDB points behind it: a squiggle of no width would be invisible.
    return start, max(min(len(raw[: first + length].decode(errors="ignore")), len(sql)), min(start + 1, len(sql)))
