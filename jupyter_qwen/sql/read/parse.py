"""One statement: what kind it is, what it touches outside the database, and its syntax tree where sqlglot has one.

The kind comes from DuckDB's own parser, since only that decides what DuckDB would do with the text.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

import duckdb
import sqlglot
import sqlglot.errors
from sqlglot import exp

from jupyter_qwen.sql.errors import diagnose
from jupyter_qwen.sql.model import Diagnostic, StatementKind
from jupyter_qwen.sql.read.lexer import Token, tokens
from jupyter_qwen.sql.read.outside import WRITING_FUNCTIONS, reads_outside

MAX_CHARACTERS: Final = 50_000

_KINDS: Final[dict[str, StatementKind]] = {
    "SELECT": "query", "RELATION": "query", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete",
    "MERGE_INTO": "merge", "CREATE": "create", "CREATE_FUNC": "create", "ALTER": "alter", "DROP": "drop", "COPY": "copy",
    "COPY_DATABASE": "copy", "ATTACH": "attach", "DETACH": "detach", "LOAD": "load", "PRAGMA": "pragma", "SET": "set",
    "VARIABLE_SET": "set", "TRANSACTION": "transaction", "CALL": "call", "EXPORT": "export",
}  # fmt: skip
_WRITES: Final[dict[str, StatementKind]] = {
    "insert": "insert",
    "update": "update",
    "delete": "delete",
    "merge": "merge",
}
#: What a statement does that DuckDB 2 expands into several, as it does with PIVOT, by the word that says so.
_VERBS: Final[dict[str, StatementKind]] = {
    **dict.fromkeys(("select", "from", "values", "pivot", "pivot_wider", "unpivot", "table", "describe", "desc", "show",
                     "summarize"), "query"),
    **_WRITES, "replace": "insert", "create": "create", "copy": "copy", "export": "export",
}  # fmt: skip
_EXPLAIN: Final = re.compile(r"explain(\s+analyze|\s*\([^)]*\))?\s+", re.IGNORECASE)
_lock = threading.Lock()


@dataclass(frozen=True)
class Statement:
    """One parsed statement. `sql` is its text without the semicolon; `tree` is sqlglot's, or None where it has none.

    `body` is `sql` without a leading EXPLAIN, beginning at character `body_start`. `parameters` are names of the
    placeholders. `consent` gives the reasons, in words for the user, why it must not run unasked.
    """

    sql: str
    kind: StatementKind
    body: str
    body_start: int = 0
    tree: exp.Expr | None = None
    parameters: frozenset[str] = frozenset()
    consent: tuple[str, ...] = ()


def parse(sql: str) -> Statement | Diagnostic:
    """The one statement in `sql`, or the diagnostic that says why there is none (or more than one)."""
    if len(sql) > MAX_CHARACTERS:
        return Diagnostic(
            "too-long", "error", f"The SQL has {len(sql):,} characters; at most {MAX_CHARACTERS:,} are checked."
        )
    text = sql.strip()
    try:
        with _lock:
            found = _parser().extract_statements(text)
    except duckdb.Error as error:
        words = list(tokens(text))
        if isinstance(error, duckdb.PermissionException) and words and words[0].lower == "import":
            # DuckDB 1.x wants to read the exported files while it parses; this parser may read nothing.
            text = trim(text)
            return Statement(sql=text, kind="import", body=text, consent=_consent("import", words))
        return diagnose(error, text)
    except RecursionError:
        return Diagnostic("too-deep", "error", "The SQL is nested too deeply to be checked.")
    if not found:
        return Diagnostic("no-statement", "error", "There is no SQL statement here.")
    if len(found) > 1:
        starts = _starts(text)
        if len(starts) > 1 or any(one.query.strip() for one in found):
            return Diagnostic(
                "several-statements", "error",
                f"There are {max(len(starts), 2)} statements; one at a time can be proved.",
                hint="Put each statement into a cell of its own.", start=starts[1] if len(starts) > 1 else None,
                end=len(text) if len(starts) > 1 else None,
            )  # fmt: skip
        # DuckDB 1.x makes several statements, which have no text, of one PIVOT: an enum of the values first, then the query,
        # all of them in a transaction where it writes.
        found = [one for one in found if one.type.name != "TRANSACTION"][-1:]
    text = trim(text)
    words = list(tokens(text))
    kind = _kind(found[0].type.name, words)
    body, body_start = text, 0
    if found[0].type.name == "EXPLAIN" or (found[0].type.name == "MULTI" and words[0].lower == "explain"):
        match = _EXPLAIN.search(text, words[0].start)
        if match:
            inner = parse(text[match.end() :])
            if isinstance(inner, Diagnostic):
                return inner
            kind, body, body_start = inner.kind, inner.sql, match.end()
    inner_write = _writing_word(words) if kind == "query" else None
    if inner_write:
        kind = _WRITES[inner_write]
    return Statement(
        sql=text, kind=kind, body=body, body_start=body_start, tree=syntax_tree(body),
        parameters=frozenset(found[0].named_parameters), consent=_consent(kind, words),
    )  # fmt: skip


def trim(sql: str) -> str:
    """`sql` without surrounding space, trailing semicolons, and comments behind the last semicolon."""
    end, behind = 0, False
    for token in tokens(sql):
        behind = token.text == ";"
        if not behind:
            end = token.end
    return sql[:end].strip() if behind else sql.strip()


@lru_cache(maxsize=256)
def _tree(sql: str) -> exp.Expr | None:
    try:
        found = [tree for tree in sqlglot.parse(sql, read="duckdb") if tree is not None]
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    if len(found) != 1 or isinstance(found[0], exp.Command):
        return None
    _lift_joins(found[0])
    return found[0]


def _lift_joins(tree: exp.Expr) -> None:
    """Joins of ``FROM a JOIN b`` without SELECT hang on the first table in sqlglot; everywhere else they hang on the SELECT."""
    for select in tree.find_all(exp.Select):
        first = (select.args.get("from_") or exp.From()).this
        if isinstance(first, (exp.Table, exp.Subquery)) and first.args.get("joins"):
            select.set("joins", [*first.args["joins"], *(select.args.get("joins") or [])])
            first.set("joins", None)


def syntax_tree(sql: str) -> exp.Expr | None:
    """sqlglot's tree of one statement, a fresh copy each time; None where sqlglot does not know the syntax."""
    tree = _tree(sql)
    return tree.copy() if tree is not None else None


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1, "memory_limit": "64MB", "errors_as_json": True, **LOCKED_IN})


#: What every throw-away database of this project is opened with.
LOCKED_IN: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def _kind(name: str, words: list[Token]) -> StatementKind:
    first = words[0].lower if words else ""
    if name == "MULTI":
        return _verb(words)
    if name == "LOAD":
        return "install" if first in ("install", "force", "update") else "load"
    if name == "PRAGMA" and first == "import":
        return "import"
    if first == "pragma":
        return "pragma"  # of which DuckDB 1.x makes a SELECT
    return _KINDS.get(name, "other")


def _verb(words: list[Token]) -> StatementKind:
    """The kind by the first word, or by the first behind the common table expressions; ``other`` when none tells."""
    depth = 0
    for word in words[1:] if words and words[0].lower == "with" else words[:1]:
        if depth == 0 and word.kind == "word" and word.lower in _VERBS:
            return _VERBS[word.lower]
        depth += (word.text == "(") - (word.text == ")")
    return "query" if words and words[0].text == "(" else "other"


def _writing_word(words: list[Token]) -> str | None:
    """INSERT, UPDATE, DELETE or MERGE opening a parenthesis: a common table expression that changes data."""
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        if before.text == "(" and word.kind == "word" and word.lower in _WRITES and after.kind in ("word", "quoted"):
            return word.lower
    return None


def _consent(kind: StatementKind, words: list[Token]) -> tuple[str, ...]:
    reasons = []
    if kind != "query":
        reasons.append(f"It is not a plain query ({kind}).")
    functions = {a.name.lower() for a, b in pairwise(words) if b.text == "(" and a.kind in ("word", "quoted")}
    reasons += [f"{name}() changes something." for name in sorted(functions & WRITING_FUNCTIONS)]
    reasons += reads_outside(words)
    return tuple(reasons)


def _starts(text: str) -> list[int]:
    """Where each statement of `text` begins."""
    starts, begins = [], True
    for token in tokens(text):
        if token.text == ";":
            begins = True
        elif begins:
            starts.append(token.start)
            begins = False
    return starts
