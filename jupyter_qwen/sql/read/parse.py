"""One statement: what kind it is, what it touches outside the database, and its syntax tree where sqlglot has one.

The kind comes from DuckDB's own parser, since only that decides what DuckDB would do with the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import duckdb
import sqlglot
import sqlglot.errors
from sqlglot import exp

from jupyter_qwen.sql.duckdb_errors import diagnose
from jupyter_qwen.sql.model import Diagnostic, StatementKind
from jupyter_qwen.sql.read.database import parser, parser_lock
from jupyter_qwen.sql.read.harmless import NOTHING_BESIDE, Reading, read
from jupyter_qwen.sql.read.lexer import Token, tokens

MAX_CHARACTERS: Final = 50_000

_KINDS: Final[dict[str, StatementKind]] = {
    "SELECT": "query", "RELATION": "query", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete",
    "MERGE_INTO": "merge", "CREATE": "create", "CREATE_FUNC": "create", "ALTER": "alter", "DROP": "drop", "COPY": "copy",
    "COPY_DATABASE": "copy", "ATTACH": "attach", "DETACH": "detach", "LOAD": "load", "PRAGMA": "pragma", "SET": "set",
    "VARIABLE_SET": "set", "TRANSACTION": "transaction", "CALL": "call", "EXPORT": "export",
}  # fmt: skip
#: What a statement does that DuckDB 2 expands into several, as it does with PIVOT, by the word that says so.
_VERBS: Final[dict[str, StatementKind]] = {
    **dict.fromkeys(("select", "from", "values", "pivot", "pivot_wider", "unpivot", "table", "describe", "desc", "show",
                     "summarize"), "query"),
    "insert": "insert", "update": "update", "delete": "delete", "merge": "merge", "replace": "insert", "create": "create",
    "copy": "copy", "export": "export",
}  # fmt: skip
_EXPLAIN: Final = re.compile(
    r"explain(\s+analyze\b|\s*\((?:\s|,|\b(?:analyze|format|json|text|tree|yaml|html|mermaid|graphviz|"
    r"true|false|on|off)\b)*\))?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Statement:
    """One parsed statement. `sql` is its text without the semicolon; `tree` is sqlglot's, or None where it has none.

    `body` is `sql` without a leading EXPLAIN, beginning at character `body_start`. `parameters` are names of the
    placeholders. `consent` gives the reasons, in words for the user, why it must not run unasked; `reading` has more of them
    for whom no clone tells which functions and tables there are.
    """

    sql: str
    kind: StatementKind
    body: str
    body_start: int = 0
    tree: exp.Expr | None = None
    parameters: frozenset[str] = frozenset()
    consent: tuple[str, ...] = ()
    reading: Reading = NOTHING_BESIDE


def parse(sql: str) -> Statement | Diagnostic:
    """The one statement in `sql`, or the diagnostic that says why there is none (or more than one)."""
    if len(sql) > MAX_CHARACTERS:
        return Diagnostic(
            "too-long", "error", f"The SQL has {len(sql):,} characters; at most {MAX_CHARACTERS:,} are checked."
        )
    if any("\ud800" <= character <= "\udfff" for character in sql):
        return Diagnostic("not-text", "error", "The SQL holds half of a surrogate pair, which is no character.")
    text = sql.strip()
    found = _one(text)
    if isinstance(found, duckdb.Statement) and trim(text) != text:
        text = trim(text)
        found = _one(text)  # what is judged is the very text that will be shown
    return _statement(text, found) if isinstance(found, duckdb.Statement) else found


def _one(text: str) -> duckdb.Statement | Statement | Diagnostic:
    """What DuckDB takes `text` for, when it is one statement."""
    try:
        with parser_lock:
            found = parser().extract_statements(text)
    except UnicodeDecodeError:  # DuckDB cut its own message in the middle of a character
        return Diagnostic("parser-error", "error", "Parser Error: a character stands where it cannot be read.")
    except duckdb.Error as error:
        words = list(tokens(text))
        if isinstance(error, duckdb.PermissionException) and words and words[0].lower == "import":
            # DuckDB 1.x wants to read the exported files while it parses; this parser may read nothing.
            text = trim(text)
            return Statement(sql=text, kind="import", body=text, consent=(_not_a_query("import"),))
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
        found = [one for one in found if _type(one) != "TRANSACTION"]
    return found[-1]


def _statement(text: str, found: duckdb.Statement) -> Statement | Diagnostic:
    words = list(tokens(text))
    kind = _kind(_type(found), words)
    body, body_start, tree = text, 0, None
    reading = NOTHING_BESIDE
    if _type(found) == "EXPLAIN" or (_type(found) == "MULTI" and words[0].lower == "explain"):
        match = _EXPLAIN.match(text, words[0].start)
        inner = parse(text[match.end() :]) if match else None
        if isinstance(inner, Diagnostic):
            return inner
        if inner is None or inner.body_start:
            kind = "other"
        elif match:
            kind, body, body_start, reading, tree = inner.kind, inner.sql, match.end(), inner.reading, inner.tree
    elif kind == "query":
        reading, tree = read(text), syntax_tree(text)
        kind = reading.writes or kind
    else:
        tree = syntax_tree(text)
    return Statement(
        sql=text, kind=kind, body=body, body_start=body_start, tree=tree, parameters=frozenset(found.named_parameters),
        consent=reading.consent if kind == "query" else (_not_a_query(kind), *reading.consent), reading=reading,
    )  # fmt: skip


def _not_a_query(kind: StatementKind) -> str:
    return f"It is not a plain query ({kind})."


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
    try:
        tree = _tree(sql)
        return tree.copy() if tree is not None else None
    except RecursionError:
        return None


def _type(found: duckdb.Statement) -> str:
    """DuckDB's name for the kind of statement; ``OTHER`` for those that its own Python client has no name for."""
    try:
        return found.type.name
    except ValueError:  # UPDATE EXTENSIONS
        return "OTHER"


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
