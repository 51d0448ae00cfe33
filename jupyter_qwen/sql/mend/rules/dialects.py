"""Functions and syntax of other databases, carried over by sqlglot where it can and by a short list where it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import sqlglot
from sqlglot import exp

from jupyter_qwen.sql.read.lexer import tokens

from ...likeness import likeness
from ...tree import UNREADABLE, write
from ..problem import Change, Problem

#: Where double quotes hold texts: read so, a column would become one.
_QUOTES_TEXT: Final = frozenset(("mysql", "bigquery", "spark"))
_DIALECTS: Final = ("sqlite", "postgres", "mysql", "bigquery", "snowflake", "tsql", "spark")

#: Functions that sqlglot leaves as they are: SQL text with {0}, {1} … for the arguments.
_FUNCTIONS: Final[dict[tuple[str, int], str]] = {
    ("julianday", 1): "julian(CAST({0} AS TIMESTAMP))",
    ("correlation", 2): "corr({0}, {1})",
    ("pearson", 2): "corr({0}, {1})",
    ("stdev", 1): "stddev({0})",
    ("std", 1): "stddev({0})",
    ("var", 1): "variance({0})",
    ("len_text", 1): "length({0})",
    ("curdate", 0): "current_date",
    ("getdate", 0): "now()",
    ("sysdate", 0): "now()",
    ("to_date", 1): "CAST({0} AS DATE)",
    ("date_format", 2): "strftime({0}, {1})",
    ("total", 1): "coalesce(sum({0}), 0)",
    ("percentile", 2): "quantile_cont({0}, {1})",
    ("percentile_cont", 2): "quantile_cont({0}, {1})",
    ("group_concat", 1): "string_agg({0}, ',')",
    ("iif", 3): "CASE WHEN {0} THEN {1} ELSE {2} END",
    ("unix_timestamp", 1): "epoch(CAST({0} AS TIMESTAMP))",
    ("dayofmonth", 1): "day({0})",
    ("first_value", 1): "first({0})",
}
_UNITS: Final = frozenset(
    ("year", "month", "day", "hour", "minute", "second", "week", "quarter", "days", "months", "years")
)


def known_function(problem: Problem) -> Iterator[Change]:
    """The function DuckDB has for one that it lacks; DuckDB's own proposal when the names are nearly the same."""
    if not problem.is_about("function"):
        return
    name = problem.names["name"].lower()
    tree = problem.tree()
    if tree is None:
        return
    changed = False
    for node in list(tree.find_all(exp.Func)):
        called = node.name.lower() if isinstance(node, exp.Anonymous) else node.sql_name().lower()
        if called != name:
            continue
        arguments = (
            list(node.expressions)
            if isinstance(node, exp.Anonymous)
            else [v for v in node.args.values() if isinstance(v, exp.Expression)]
        )
        form = _FUNCTIONS.get((name, len(arguments)))
        if form is not None:
            text = form.format(*(a.sql(dialect="duckdb") for a in arguments))
            node.replace(sqlglot.parse_one(text, read="duckdb"))
            changed = True
    if changed:
        yield Change(problem.write(tree), f"DuckDB has no {name}().")
    start, end = problem.error.start, problem.error.end
    for proposal in problem.error.candidates:
        if start is not None and end is not None and likeness(name, proposal) >= 0.75:
            yield Change(
                problem.sql[:start] + proposal + problem.sql[start + len(name) :],
                f"DuckDB's name for {name}() is {proposal}().",
            )


def other_dialect(problem: Problem) -> Iterator[Change]:
    """Read the text as another database would and write it for DuckDB."""
    if (
        not problem.is_about("parser", "function", "arguments")
        and "Could not choose a best" not in problem.error.message
    ):
        return
    seen = {problem.sql}
    names = {name.casefold() for t in problem.schema.tables for name in (t.name, *(c.name for c in t.columns))}
    quoted = any(token.kind == "quoted" and token.name.casefold() in names for token in tokens(problem.sql))
    for dialect in _DIALECTS:
        if quoted and dialect in _QUOTES_TEXT:
            continue
        try:
            trees = [tree for tree in sqlglot.parse(problem.sql, read=dialect) if tree is not None]
        except UNREADABLE:
            continue
        if len(trees) != 1 or isinstance(trees[0], exp.Command):
            continue
        try:
            text = write(trees[0], like=problem.sql)
        except UNREADABLE:
            continue
        if text not in seen:
            seen.add(text)
            yield Change(text, f"It was written for {dialect.capitalize()}; this is DuckDB's form.")


def quote_unit(problem: Problem) -> Iterator[Change]:
    """``date_trunc(month, d)`` and ``date_diff(day, a, b)``: DuckDB wants the unit as a text; two dates want one."""
    name = problem.names.get("name", "").lower()
    if problem.is_about("column") and name in _UNITS:
        pattern = re.compile(
            rf"(\b(?:date_?trunc|date_?diff|date_?part|date_?sub|date_?add)\s*\(\s*)({re.escape(name)})(\s*,)",
            re.IGNORECASE,
        )
        text = pattern.sub(r"\1'\2'\3", problem.sql)
        if text != problem.sql:
            yield Change(text, f"The unit {name} is a text in DuckDB.")
    if (
        problem.is_about("arguments")
        and name in ("datediff", "date_diff")
        and len(problem.names.get("types", "").split(",")) == 2
    ):
        start, end = problem.error.start, problem.error.end
        if start is not None and end is not None:
            match = re.match(r"date_?diff\s*\((.*?),(.*)\)\Z", problem.sql[start:end], re.IGNORECASE | re.DOTALL)
            if match:
                # MySQL: DATEDIFF(later, earlier) in days.
                text = f"date_diff('day', {match[2].strip()}, {match[1].strip()})"
                yield Change(
                    problem.sql[:start] + text + problem.sql[end:], "DuckDB's date_diff() takes the unit first."
                )
