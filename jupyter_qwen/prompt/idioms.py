"""DuckDB's own ways of saying things, told only where the question asks for one of them by name.

A small model has seen little DuckDB and falls back on other dialects or on nothing. Lines with placeholders such as ``t`` were
copied as they stand and made answers worse (docs/sql.md, "Accuracy"), so each line names the very column, and only a question
that mentions that column, or asks for columns as such, gets one. https://duckdb.org/docs/stable/sql/dialect/friendly_sql
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jupyter_qwen.prompt.notation import identifier, reference
from jupyter_qwen.prompt.words import content_stems, identifier_stems
from jupyter_qwen.schema.model import Table

_LIST = re.compile(r"\[\d*\]$")
_FIELD = re.compile(r'STRUCT\(("(?:[^"]|"")+"|\w+) ', re.IGNORECASE)
_COLUMNS = re.compile(
    r"\b(?:all|every|each|other|remaining)\s+(?:the\s+)?(?:other\s+|remaining\s+)?columns?\b|\bremaining columns\b",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"\b(?:except|but|without|excluding|other than)\b", re.IGNORECASE)
_CHANGED = re.compile(
    r"\b(?:uppercase|lowercase|upper case|lower case|rounded|replaced?|trimmed|instead)\b", re.IGNORECASE
)
_PATTERN = re.compile(
    r"\b(?:ending|ends?|starting|starts?|beginning|begins?|containing|contains?|named? like)\b", re.IGNORECASE
)
_GROUPED = re.compile(r"\bgroup(?:ed)? by (?:the )?(?:remaining|other|all)\b", re.IGNORECASE)


def fitting_idioms(question: str, tables: Sequence[Table], *, limit: int = 2) -> tuple[str, ...]:
    """The lines that fit, at most `limit`."""
    return tuple(dict.fromkeys((*_about_columns(question, tables), *_about_types(question, tables))))[:limit]


def _about_columns(question: str, tables: Sequence[Table]) -> Iterator[str]:
    """For questions about columns as such: DuckDB has words for "all but"."""
    if not _COLUMNS.search(question):
        return
    asked = set(content_stems(question))
    table = max(tables, key=lambda t: len(asked & set(identifier_stems(t.name))), default=None)
    if table is None:
        return
    name = reference(table)
    if _GROUPED.search(question):
        yield f"grouped by all columns but one: SELECT * EXCLUDE (column1), sum(column1) FROM {name} GROUP BY ALL"
    elif _EXCEPT.search(question):
        yield f"all columns but two: SELECT * EXCLUDE (column1, column2) FROM {name}"
    elif _CHANGED.search(question):
        yield f"all columns, one of them changed: SELECT * REPLACE (trim(column1) AS column1) FROM {name}"
    elif _PATTERN.search(question):
        yield f"columns by their name: SELECT COLUMNS('.*_id$') FROM {name}, with a function: min(COLUMNS('.*_id$'))"


def _about_types(question: str, tables: Sequence[Table]) -> Iterator[str]:
    """For columns of lists, structs, maps and JSON that the question names."""
    asked = set(content_stems(question))
    for table in tables:
        for column in table.columns:
            if not asked & set(identifier_stems(column.name)):
                continue
            name, kind = identifier(column.name), column.type.upper()
            if _LIST.search(kind):
                yield f"first element of {name}: {name}[1]; the first two: {name}[1:2]; how many: len({name})"
            elif kind.startswith("STRUCT("):
                field = _FIELD.match(column.type)
                yield f"a field of {name}: {name}.{field[1] if field else 'field'}"
            elif kind == "JSON":
                yield f"a field of {name} as text: {name}->>'$.field'"
            elif kind.startswith("MAP("):
                yield f"a value of {name}: {name}['key']"
