"""SQL text for names and values. The only place where this project quotes an identifier or a literal.

DuckDB folds the case of names only when it compares them, and a quoted name may hold any character: a double quote inside
is doubled. https://duckdb.org/docs/stable/sql/dialect/keywords_and_identifiers
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

#: Every keyword that `duckdb_keywords()` of DuckDB 2.0 does not call unreserved. A test compares the two.
_KEYWORDS: Final = """
    all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default
    deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect
    into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary
    qualify references returning select show some summarize symmetric table then to trailing true union unique unpivot
    using variadic when where window with
    anti asof at authorization binary by collation columns concurrently cross freeze full generated glob ilike inner is
    isnull join left like map natural notnull outer overlaps positional right semi similar struct tablesample try_cast
    tuple unpack verbose
    between bigint bit boolean char character coalesce dec decimal exists extract float grouping grouping_id inout int
    integer interval national nchar none nullif numeric out overlay position precision real row setof smallint substring
    time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse
    xmlpi xmlroot xmlserialize xmltable
    """
KEYWORDS: Final = frozenset(_KEYWORDS.split())


def is_plain(name: str) -> bool:
    """Whether DuckDB reads `name` as one identifier without quotes, wherever a column or table may stand."""
    return _PLAIN.match(name) is not None and name.lower() not in KEYWORDS


def quote_identifier(name: str, *, always: bool = False) -> str:
    """`name` as SQL text, in quotes only when it needs them or `always` asks for them.

    Raises ValueError for the empty name, which SQL cannot write.
    """
    if not name:
        raise ValueError("an identifier must have at least one character")
    if not always and is_plain(name):
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_reference(parts: Sequence[str], *, always: bool = False) -> str:
    """A dotted reference such as ``shop.main."Order Details"``, outermost part first."""
    return ".".join(quote_identifier(part, always=always) for part in parts)


def quote_text(text: str) -> str:
    """A string literal. DuckDB has no backslash escapes in plain literals: only the quote is doubled.

    With a NUL in it an expression in parentheses, since the parser of DuckDB 1.x takes NUL for the end of the SQL.
    """
    quoted = "'" + text.replace("'", "''") + "'"
    return "(" + quoted.replace("\0", "' || chr(0) || '") + ")" if "\0" in text else quoted


def quote_value(value: str | int | float | bool | None) -> str:
    """A literal for a JSON scalar; not-a-number and the infinities become casts, since SQL has no number for them."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{quote_text(str(value))}::DOUBLE"
    if isinstance(value, (int, float)):
        return repr(value)
    return quote_text(value)
