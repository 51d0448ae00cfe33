"""What a statement does beside reading tables, told from the syntax tree that DuckDB itself makes of it, not from words.

`json_serialize_sql` gives the tree of whatever DuckDB takes for a SELECT. Every kind of node that is allowed is listed; what
is not asks: a common table expression that deletes is a node of another kind, and a function is a name in a field, however
it is quoted, commented or chained. https://duckdb.org/docs/stable/data/json/sql_to_and_from_json
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

import duckdb

from ..model import StatementKind
from .database import parser, parser_lock
from .functions import READS_OUTSIDE, is_private_view, listed, macro_definitions, standing
from .lexer import like_duckdb, tokens

_QUERIES: Final = frozenset(("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"))
_EXPRESSIONS: Final = listed(
    """
    COLUMN_REF CONSTANT FUNCTION OPERATOR COMPARISON CONJUNCTION CASE CAST STAR SUBQUERY LAMBDA LAMBDA_REF WINDOW BETWEEN
    COLLATE PARAMETER POSITIONAL_REFERENCE DEFAULT TYPE
    """
)
_OTHERS: Final = listed(
    """
    BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST EMPTY PIVOT SHOW_REF COLUMN_DATA CTE
    ORDER_DEFAULT ASCENDING DESCENDING ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER
    """
)
#: How DuckDB 2 calls a common table expression that writes.
_WRITES: Final[dict[str, StatementKind]] = {
    "INSERT": "insert", "UPDATE": "update", "DELETE": "delete", "TRUNCATE": "delete", "MERGE": "merge", "COPY": "copy",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What a text does beside reading tables.

    `consent` gives the reasons, in words for the user, why it must not run unasked; `outside` says that one of them is a file
    or an address. `writes` is the kind of a write inside a SELECT. `unknown` are functions that this DuckDB does not have:
    an extension's, a macro of the user's, or none. `sources` are the last parts of the names of tables, with those of CTEs.
    `dynamic`: a PIVOT takes its columns from the data.
    """

    consent: tuple[str, ...] = ()
    outside: bool = False
    writes: StatementKind | None = None
    unknown: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    dynamic: bool = False


NOTHING_BESIDE: Final = Reading()


def read(sql: str) -> Reading:
    """What the one query in `sql` does beside reading tables. What DuckDB cannot take apart asks."""
    if "\0" in sql or not like_duckdb(sql):
        return Reading(("It is written in a way that could be read differently.",))
    tree = _serialized(sql)
    if tree is None:
        return _by_words(sql) if _is_several(sql) else Reading(("It could not be taken apart.",))
    reasons = [f"It reads {text}, which is outside the database." for text in _texts_as_sources(sql)]
    unknown: list[str] = []
    sources: list[str] = []
    writes: StatementKind | None = None
    for sort, name in _findings(tree):
        if sort in ("source", "shown"):
            sources.append(name)
            if is_private_view(name, shown=sort == "shown"):
                reasons.append(f"It reads {name}, which tells of the session.")
        elif sort == "node":
            writes = writes or _WRITES.get(name.split("_", 1)[0])
            reasons.append(f"It is not a plain query ({_WRITES.get(name.split('_', 1)[0], name.lower())}).")
        else:
            reason = _against(name, table=sort == "table-function")
            if reason:
                reasons.append(reason)
            elif reason is None:
                unknown.append(name)
    outside = any("outside" in reason for reason in reasons)
    return Reading(_once(reasons), outside, writes, _once(unknown), _once(sources))


def beyond_tables(reading: Reading) -> tuple[str, ...]:
    """Further reasons to ask, for whom no clone tells that these functions exist and these sources are tables."""
    calls = [f"It calls {name}(), which nobody here knows." for name in reading.unknown]
    files = [f"It reads {name}, which may be a file or an address." for name in reading.sources if _FILE.search(name)]
    return (*calls, *files)


def _texts_as_sources(sql: str) -> Iterator[str]:
    """Texts in the place of a table, which DuckDB takes for files."""
    read = list(tokens(sql))
    for place, (before, word) in enumerate(pairwise(read)):
        if before.kind != "word" or before.lower not in _BEFORE_SOURCES or word.kind != "text":
            continue
        leading = [each.lower if each.kind == "word" else "" for each in read[max(0, place - 3) : place + 1]]
        if not _ends_comparison(leading):
            yield word.text


def _ends_comparison(words: list[str]) -> bool:
    """Whether the last of `words` is the FROM of IS (NOT) DISTINCT FROM, behind which a value stands: IS is a reserved word."""
    return words[-3:] == ["is", "distinct", "from"] or words[-4:] == ["is", "not", "distinct", "from"]


def _against(name: str, *, table: bool) -> str | None:
    """The reason not to call `name` unasked, ``""`` when there is none, ``None`` when nobody here knows it."""
    found = standing(name, table=table)
    if found == "macro":
        found = "allowed" if _is_pure(name.casefold()) else "asks"
    if found == "asks":
        outside = name.casefold() in READS_OUTSIDE
        return f"It calls {name}(), which {'reads outside the database' if outside else 'may do more than compute'}."
    return "" if found == "allowed" else None


@cache
def _is_pure(macro: str) -> bool:
    """Whether the definitions of DuckDB's own `macro` call nothing but functions that may be called unasked."""
    for definition in macro_definitions(macro):
        tree = _serialized(f"SELECT {definition}")
        if tree is None:
            return False
        for sort, name in _findings(tree):
            if sort != "function" or name.casefold() == macro or _against(name, table=False) != "":
                return False
    return True


def _serialized(sql: str) -> Any:
    """DuckDB's tree of the one SELECT in `sql`; ``None`` when it is something else, or too deep for JSON."""
    try:
        with parser_lock:
            row = parser().execute("SELECT json_serialize_sql($1)", [sql]).fetchone()
        found = json.loads(row[0]) if row else {}
    except (duckdb.Error, RecursionError, ValueError):
        return None
    statements = found.get("statements") or []
    return statements[0] if not found.get("error") and len(statements) == 1 else None


def _is_several(sql: str) -> bool:
    """Whether DuckDB makes several statements of the one in `sql`, as it does with a PIVOT over values that it must look up."""
    with parser_lock:
        found = parser().extract_statements(sql)
    return len(found) > 1 or found[0].type.name == "MULTI"


def _findings(tree: Any) -> Iterator[tuple[str, str]]:
    """Functions, table functions, sources, and nodes that are not allowed, each with its name."""
    waiting: list[tuple[Any, bool]] = [(tree, False)]
    while waiting:
        node, called = waiting.pop()
        if isinstance(node, list):
            waiting.extend((item, False) for item in node)
        if not isinstance(node, dict):
            continue
        kind, sort = node.get("class"), node.get("type")
        if kind is not None and kind not in _EXPRESSIONS:
            yield "node", str(kind)
        elif kind is None and isinstance(sort, str) and not _is_allowed(sort):
            yield "node", sort
        if isinstance(node.get("function_name"), str):
            yield ("table-function" if called else "function"), node["function_name"]
        elif called:
            yield "node", "TABLE_FUNCTION"
        if kind is None and sort == "BASE_TABLE":
            yield "source", str(node.get("table_name"))
        elif kind is None and sort == "SHOW_REF" and node.get("table_name"):
            yield "shown", str(node["table_name"]).strip('"')
        is_function = kind is None and sort == "TABLE_FUNCTION"
        waiting.extend((value, is_function and key == "function") for key, value in node.items())


def _is_allowed(sort: str) -> bool:
    return sort in _QUERIES or sort in _OTHERS or sort.endswith("_TYPE_INFO")


def _by_words(sql: str) -> Reading:
    """For a PIVOT over values that only the data know: DuckDB makes several statements of it and serializes none of them."""
    words = list(tokens(sql))
    reasons, unknown = [], []
    for before, word in pairwise(words):
        if word.text == "(" and before.kind in ("word", "quoted") and before.lower not in _BEFORE_PARENTHESES:
            reason = _against(before.name, table=False)
            if reason and standing(before.name, table=True) == "allowed":
                reason = ""
            if reason:
                reasons.append(reason)
            elif reason is None:
                unknown.append(before.name)
        if before.kind == "word" and before.lower in _VERBS_THAT_WRITE:
            reasons.append(f"It is not a plain query ({before.lower}).")
    reasons += [f"It reads {text}, which is outside the database." for text in _texts_as_sources(sql)]
    names = [word.name for word in words if word.kind in ("word", "quoted")]
    reasons += [f"It reads {name}, which tells of the session." for name in names if is_private_view(name)]
    return Reading(
        _once(reasons),
        any("outside" in reason for reason in reasons),
        unknown=_once(unknown),
        sources=_once(names),
        dynamic=True,
    )


#: Words that may stand before a parenthesis without calling anything.
_BEFORE_PARENTHESES: Final = listed(
    """
    as from in on using where and or not when then else case select join group by order having with values filter over
    partition pivot unpivot pivot_wider for exists any all some distinct union except intersect lateral limit between like
    exclude replace qualify materialized cast try_cast extract
    """
)
_BEFORE_SOURCES: Final = frozenset(
    ("from", "join", "pivot", "unpivot", "summarize", "describe", "desc", "show", "table")
)
_FILE: Final = re.compile(r"[^\w $-]")
_VERBS_THAT_WRITE: Final = frozenset(("insert", "update", "delete", "merge", "truncate", "copy"))


def _once(items: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
