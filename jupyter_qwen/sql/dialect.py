"""A query that was proved in DuckDB, written for another database, with a warning for whatever may not arrive.

sqlglot translates; it says little about what it cannot. What is known not to exist over there is listed here. The result is
*not* proved: there is no such database here to bind it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from .model import Diagnostic
from .tree import UNREADABLE, syntax_tree

#: What users call a dialect → sqlglot's name for it.
ALIASES: Final[dict[str, str]] = {
    "postgresql": "postgres", "pg": "postgres", "bq": "bigquery", "googlesql": "bigquery", "sqlserver": "tsql", "mssql": "tsql",
    "t-sql": "tsql", "sparksql": "spark", "pyspark": "spark", "mariadb": "mysql", "sqlite3": "sqlite", "awsathena": "athena",
    "amazonredshift": "redshift", "motherduck": "duckdb", "googlebigquery": "bigquery", "microsoftsqlserver": "tsql",
}  # fmt: skip

_GROUP_BY_ALL: Final = frozenset(
    ("duckdb", "snowflake", "databricks", "spark", "bigquery", "redshift", "clickhouse", "oracle")
)
_STAR_EXCEPT: Final = frozenset(("duckdb", "snowflake", "databricks", "spark", "bigquery", "redshift", "clickhouse"))
_ARG_MAX: Final = frozenset(
    ("duckdb", "snowflake", "databricks", "spark", "bigquery", "clickhouse", "trino", "presto", "athena")
)
_FILTER: Final = frozenset(
    ("duckdb", "postgres", "sqlite", "spark", "databricks", "clickhouse", "trino", "presto", "athena")
)
_NESTED: Final = _ARG_MAX | {"postgres"}
_PIVOT: Final = frozenset(("duckdb", "snowflake", "databricks", "spark", "bigquery", "tsql", "oracle", "redshift"))
_FULL_JOIN: Final = frozenset(("mysql",))


class UnknownDialect(ValueError):
    """No dialect of this name is known; `candidates` are close names."""

    def __init__(self, name: str, candidates: tuple[str, ...]) -> None:
        super().__init__(f"There is no SQL dialect {name!r}.")
        self.candidates = candidates


@dataclass(frozen=True)
class Translation:
    """`sql` in `dialect` (sqlglot's name for it). `diagnostics` warn about what may fail or mean something else there."""

    sql: str
    dialect: str
    diagnostics: tuple[Diagnostic, ...] = ()


def dialect_names() -> tuple[str, ...]:
    """Every name that `transpile` takes as a target, beside `ALIASES`."""
    return tuple(sorted(d.value for d in sqlglot.Dialects if d.value))


def find_dialect(name: str) -> str:
    """sqlglot's name for what a user calls a dialect. Raises UnknownDialect."""
    plain = "".join(c for c in name.lower() if c.isalnum() or c == "-")
    found = ALIASES.get(plain) or ALIASES.get(plain.replace("-", "")) or plain
    if found not in dialect_names():
        raise UnknownDialect(name, tuple(difflib.get_close_matches(plain, [*dialect_names(), *ALIASES], n=3)))
    return found


def transpile(sql: str, target: str) -> Translation:
    """Write `sql`, proved in DuckDB, for `target`. Raises UnknownDialect; text that sqlglot cannot read comes back unchanged."""
    dialect = find_dialect(target)
    if dialect == "duckdb":
        return Translation(sql, dialect)
    tree = syntax_tree(sql)
    if tree is None:
        message = "sqlglot cannot read this statement, so it was left as it is."
        return Translation(sql, dialect, (Diagnostic("not-translated", "warning", message),))
    if dialect not in _GROUP_BY_ALL:
        for select in tree.find_all(exp.Select):
            _spell_out_group(select)
    warnings = [Diagnostic("not-carried", "warning", message) for check in _CHECKS for message in check(tree, dialect)]
    pretty = "\n" in sql.strip()
    try:
        tree.copy().sql(dialect=dialect, unsupported_level=ErrorLevel.RAISE, max_unsupported=20)
    except UnsupportedError as error:
        warnings += [
            Diagnostic("not-carried", "warning", line.strip()) for line in str(error).splitlines() if line.strip()
        ]
    except UNREADABLE as error:
        return Translation(
            sql, dialect, (Diagnostic("not-translated", "warning", f"sqlglot could not write it: {error}"),)
        )
    text = tree.sql(dialect=dialect, unsupported_level=ErrorLevel.IGNORE, pretty=pretty)
    if dialect not in _FILTER and " FILTER(" in text:
        warnings.append(Diagnostic("not-carried", "warning", f"{dialect} has no FILTER (WHERE …) on aggregates."))
    note = Diagnostic("not-proved", "info", f"Proved in DuckDB and translated to {dialect}; it was not checked there.")
    return Translation(text, dialect, (*dict.fromkeys(warnings), note))


def _spell_out_group(select: exp.Select) -> None:
    """GROUP BY ALL as the columns that it means: every output without an aggregate."""
    group = select.args.get("group")
    if group is None or not group.args.get("all") or any(item.is_star for item in select.expressions):
        return
    keys = [item.unalias().copy() for item in select.expressions if not item.find(exp.AggFunc)]
    select.set("group", exp.Group(expressions=keys) if keys else None)


def _unknown_functions(tree: exp.Expr, dialect: str) -> Iterator[str]:
    for name in dict.fromkeys(node.name for node in tree.find_all(exp.Anonymous)):
        yield f"{name}() is a function of DuckDB that was carried over by name; {dialect} may not have it."


def _missing(
    kinds: tuple[type[exp.Expr], ...], having: frozenset[str], what: str
) -> Callable[[exp.Expr, str], Iterator[str]]:
    def check(tree: exp.Expr, dialect: str) -> Iterator[str]:
        if dialect not in having and tree.find(*kinds) is not None:
            yield f"{dialect} has no {what}."

    return check


def _group_all(tree: exp.Expr, dialect: str) -> Iterator[str]:
    if dialect not in _GROUP_BY_ALL and any(g.args.get("all") for g in tree.find_all(exp.Group)):
        yield f"{dialect} has no GROUP BY ALL."


def _star_except(tree: exp.Expr, dialect: str) -> Iterator[str]:
    if dialect not in _STAR_EXCEPT and any(
        s.args.get("except_") or s.args.get("except") for s in tree.find_all(exp.Star)
    ):
        yield f"{dialect} has no * EXCLUDE (…): name the columns."


def _full_join(tree: exp.Expr, dialect: str) -> Iterator[str]:
    if dialect in _FULL_JOIN and any(str(j.args.get("side") or "").upper() == "FULL" for j in tree.find_all(exp.Join)):
        yield f"{dialect} has no FULL JOIN."


_CHECKS: Final[tuple[Callable[[exp.Expr, str], Iterator[str]], ...]] = (
    _unknown_functions,
    _group_all,
    _star_except,
    _full_join,
    _missing((exp.ArgMax, exp.ArgMin), _ARG_MAX, "arg_max() or arg_min()"),
    _missing((exp.Struct, exp.Array, exp.Unnest), _NESTED, "lists and structs of this kind"),
    _missing((exp.Pivot,), _PIVOT, "PIVOT"),
)
