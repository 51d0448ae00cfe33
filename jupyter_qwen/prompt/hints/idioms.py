"""DuckDB's own ways of saying things, told only where the question asks for one of them by name.

A small model has seen little DuckDB and falls back on other dialects or on nothing. Lines with placeholders such as ``t`` were
copied as they stand and made answers worse (docs/explanation/sql.md, "Accuracy"), so each line names the very
column, and only a question that mentions that column, or asks for columns as such, gets one.
https://duckdb.org/docs/stable/sql/dialect/friendly_sql
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jupyter_qwen.prompt.hints.idioms_of_time import about_times
from jupyter_qwen.schema.model import Table
from jupyter_qwen.schema.quoting import quote_identifier, quote_reference, quote_text
from jupyter_qwen.schema.words import content_stems, identifier_stems, stem, words

_LIST = re.compile(r"\[\d*\]$")
_FIELD = re.compile(r'STRUCT\(("(?:[^"]|"")+"|\w+) ', re.IGNORECASE)
_COLUMNS = re.compile(
    r"\b(?:all|every|each|other|remaining)\s+(?:the\s+)?(?:other\s+|remaining\s+)?columns?\b|\bremaining columns\b",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"\b(?:except|but|without|excluding|other than)\b", re.IGNORECASE)
_CHANGES = (("upper", "upper ?case|capital"), ("lower", "lower ?case"), ("round", "rounded"), ("trim", "trimmed"))
_CHANGED = re.compile(rf"\b(?:{'|'.join(words for _, words in _CHANGES)}|replaced?|instead)", re.IGNORECASE)
_PATTERN = re.compile(
    r"\b(?P<how>end|start|begin|contain|named? like)(?:s|ing|ning)?\b(?:\s+(?:with|in|by|on))?"
    r"(?:\s+[\"'`](?P<quoted>[\w ]+)[\"'`]|\s+(?P<bare>\w+))?",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\bgroup(?:ed)? by (?:the )?(?:remaining|other|all)\b", re.IGNORECASE)
_COMPUTED = re.compile(
    r"\b(?:comput|calculat|lengths?|max|min|mean|average|sum|total|count|round|upper|lower|number of|for each|for every)",
    re.IGNORECASE,
)
_AGGREGATES = (
    ("avg", "average|mean"),
    ("max", "max|highest|largest"),
    ("min", "min|lowest|smallest"),
    ("count", "count"),
)


def fitting_idioms(question: str, tables: Sequence[Table], *, limit: int = 2) -> tuple[str, ...]:
    """The lines that fit, at most `limit`."""
    lines = (*_about_columns(question, tables), *about_times(question, tables), *_about_types(question, tables),
             *_about_parts(question, tables))  # fmt: skip
    return tuple(dict.fromkeys(lines))[:limit]


def _about_columns(question: str, tables: Sequence[Table]) -> Iterator[str]:
    """For questions about columns as such: DuckDB has words for "all but"."""
    if not _COLUMNS.search(question):
        return
    asked = set(content_stems(question))
    table = max(tables, key=lambda t: len(asked & set(identifier_stems(t.name))), default=None)
    if table is None:
        return
    name = quote_reference(table.reference)
    if _GROUPED.search(question):
        measure = (_named(question, table) or ["column1"])[0]
        function = _first(_AGGREGATES, question, "sum")
        yield (
            f"grouped by all columns but {measure}: "
            f"SELECT * EXCLUDE ({measure}), {function}({measure}) FROM {name} GROUP BY ALL"
        )
    elif excepted := _EXCEPT.search(question):
        left_out = _named(question[excepted.end() :], table) or ["column1", "column2"]
        yield f"all columns but {' and '.join(left_out)}: SELECT * EXCLUDE ({', '.join(left_out)}) FROM {name}"
    elif _CHANGED.search(question):
        changed = (_named(question, table) or ["column1"])[0]
        function = _first(_CHANGES, question, "trim")
        yield (f"all columns, {changed} changed: SELECT * REPLACE ({function}({changed}) AS {changed}) FROM {name}")
    elif pattern := _PATTERN.search(question):
        part = re.escape(pattern["quoted"] or pattern["bare"] or "_id")
        how = pattern["how"].lower()
        regex = quote_text(f"{part}$" if how == "end" else f"^{part}" if how in ("start", "begin") else part)
        if _COMPUTED.search(question):
            yield f"a function of columns by their name: SELECT max(COLUMNS({regex})) FROM {name}"
        else:
            yield f"columns by their name: SELECT COLUMNS({regex}) FROM {name}"


def _about_parts(question: str, tables: Sequence[Table]) -> Iterator[str]:
    """For a text's part before or after a sign; an e-mail's domain is the commonest."""
    spelled = question.replace("e-mail", "email").replace("E-mail", "email")
    cut = _PART.search(spelled)
    if cut is None and not _DOMAIN.search(spelled):
        return
    sign, place = (cut["sign"], 1 if cut["side"].lower() == "before" else 2) if cut else ("@", 2)
    for table in tables:
        asked = set(_named(spelled, table))
        for column in table.columns:
            name = quote_identifier(column.name)
            if column.type == "VARCHAR" and (name in asked or (sign == "@" and "mail" in column.name.casefold())):
                yield f"part of {name}: split_part({name}, {quote_text(sign)}, {place})"
                return


_PART = re.compile(r"\bpart (?P<side>before|after) (?:the )?[\"'`]?(?P<sign>[^\w\s\"'`])", re.IGNORECASE)
_DOMAIN = re.compile(r"\bemail\b[\w ]{0,12}\bdomains?\b|\bdomains? of\b[\w ]{0,20}\bemails?\b", re.IGNORECASE)


def _named(text: str, table: Table) -> list[str]:
    """The columns of `table` whose every word occurs in `text`, as a query writes them, in the order of the text."""
    stems = [stem(word) for word in words(text.replace("_", " "))]
    found = []
    for column in table.columns:
        parts = identifier_stems(column.name)
        if parts and all(part in stems for part in parts):
            found.append((stems.index(parts[0]), quote_identifier(column.name)))
    return [name for _, name in sorted(found)]


def _first(choices: Sequence[tuple[str, str]], text: str, otherwise: str) -> str:
    """The function whose words occur in `text`."""
    return next((name for name, words in choices if re.search(rf"\b(?:{words})", text, re.IGNORECASE)), otherwise)


def _about_types(question: str, tables: Sequence[Table]) -> Iterator[str]:
    """For columns of lists, structs, maps and JSON that the question names."""
    asked = set(content_stems(question))
    for table in tables:
        for column in table.columns:
            if not asked & set(identifier_stems(column.name)):
                continue
            name, kind = quote_identifier(column.name), column.type.upper()
            if _LIST.search(kind):
                yield f"first element of {name}: {name}[1]; the first two: {name}[1:2]; how many: len({name})"
            elif kind.startswith("STRUCT("):
                field = _FIELD.match(column.type)
                yield f"a field of {name}: {name}.{field[1] if field else 'field'}"
            elif kind == "JSON":
                yield f"a field of {name} as text: {name}->>'$.field'"
            elif kind.startswith("MAP("):
                yield f"a value of {name}: {name}['key']"
