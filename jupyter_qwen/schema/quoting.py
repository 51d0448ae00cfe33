"""SQL text for names and values. The only place where this project quotes an identifier or a literal.

DuckDB folds the case of names only when it compares them, and a quoted name may hold any character: a double quote inside
is doubled. https://duckdb.org/docs/stable/sql/dialect/keywords_and_identifiers
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Every keyword of `duckdb_keywords()` that fails bare as the name of a table or a column (a test tries them one by one), and
# those that only DuckDB 1.x takes for functions.
_RESERVED_WORDS = """
    all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check
    collate collation column concurrently constraint create cross default deferrable desc describe distinct do else
    end except false fetch for foreign freeze from full glob group having ilike in initially inner intersect into is
    isnull join lambda lateral leading left like limit natural not notnull null offset on only or order outer
    overlaps pivot pivot_longer pivot_wider placing positional primary qualify recursive references returning right select
    semi show similar some summarize symmetric table tablesample then to trailing true union unique unpack unpivot
    using variadic verbose when where window with
    columns generated map struct try_cast tuple
    """
RESERVED = frozenset(_RESERVED_WORDS.split())


def is_plain(name: str) -> bool:
    """Whether DuckDB reads `name` as one identifier without quotes, wherever a column or table may stand."""
    return _PLAIN.match(name) is not None and name.lower() not in RESERVED


@lru_cache(maxsize=65536)
def quote_identifier(name: str, always: bool = False) -> str:
    """`name` as SQL text, in quotes only when it needs them or `always` asks for them."""
    return name if not always and is_plain(name) else '"' + name.replace('"', '""') + '"'


def quote_reference(parts: Iterable[str], always: bool = False) -> str:
    """A dotted reference such as ``shop.main."Order Details"``, outermost part first."""
    return ".".join(quote_identifier(part, always) for part in parts)


def quote_text(text: str) -> str:
    """A string literal. DuckDB has no backslash escapes in plain literals: only the quote is doubled.

    With a NUL in it an expression in parentheses, since the parser of DuckDB 1.x takes NUL for the end of the SQL.
    """
    quoted = "'" + text.replace("'", "''") + "'"
    return "(" + quoted.replace("\0", "' || chr(0) || '") + ")" if "\0" in text else quoted
