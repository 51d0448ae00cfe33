"""What a question asks for and a query that binds does not do: signs that another answer might be better.

Each sign is one that the query's form alone shows; none of them changes a query. Precision matters more than reach, because
every doubt costs the seconds of another answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from sqlglot import exp

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.periods import asked_period, names_period, period_column
from jupyter_qwen.schema.words import identifier_stems, stem
from jupyter_qwen.sql.demands.asked import EACH, unmet
from jupyter_qwen.sql.tree import syntax_tree

_TELLS_TIME = re.compile(r"\b(?:strftime|time_bucket|extract|date_part|datepart)\b", re.IGNORECASE)


def unmet_demands(question: str, sql: str, schema: Schema) -> tuple[str, ...]:
    """The demands of `question` that `sql` does not meet, as words; empty when there is nothing to doubt."""
    tree = syntax_tree(sql)
    if tree is None:
        return ()
    found: list[str] = []
    period = asked_period(question)
    if period is not None and period_column(question, schema.tables) is not None and not says_period(sql, tree, period):
        found.append(f"no row for each {period}")
    if EACH.search(question) and _single_row(tree):
        found.append("a single row where one for each is asked for")
    found.extend(unmet(question, tree))
    found.extend(_not_counted(question, tree, schema))
    found.extend(_turned_inwards(question, tree))
    found.extend(f"nothing answers {asked[0]!r}" for asked in _shapes_missing(question, tree))
    return tuple(found)


def unmet_meanings(meanings: Sequence[str], sql: str, schema: Schema) -> tuple[str, ...]:
    """Those `meanings` (of words of the question, as taught by the user) that are expressions and of which no column is read.

    A meaning in prose demands nothing that a tree could show.
    """
    tree = syntax_tree(sql)
    if tree is None:
        return ()
    read = {column.name.casefold() for column in tree.find_all(exp.Column)}
    named = {column.name.casefold() for table in schema.tables for column in table.columns}
    found: list[str] = []
    for meaning in meanings:
        taught = syntax_tree(f"SELECT {meaning}")
        if taught is None or taught.find(exp.AggFunc, exp.Binary) is None:
            continue
        columns = {column.name.casefold() for column in taught.find_all(exp.Column)}
        if columns and columns <= named and not columns & read:
            found.append(f"nothing of {meaning} is read")
    return tuple(found)


def _shapes_missing(question: str, tree: exp.Expr) -> Iterator[re.Match[str]]:
    """The words that ask for an analytic shape of which the query has none of the building blocks."""
    for words, has in _SHAPES:
        asked = words.search(question)
        if asked is not None and not has(tree):
            yield asked


_MOST_OF = re.compile(r"\b(?:the )?(?:most|fewest) (\w{3,}s)\b", re.IGNORECASE)


def _not_counted(question: str, tree: exp.Expr, schema: Schema) -> Iterator[str]:
    """The most of things that are rows of a table can only be found by counting or adding."""
    found = _MOST_OF.search(question)
    if found is None or tree.find(exp.AggFunc, exp.Window, exp.Distinct) is not None:
        return
    thing = stem(found[1].casefold())
    rows = any(thing in identifier_stems(table.name)[-1:] for table in schema.tables)
    if rows and not any(thing in identifier_stems(column.name) for column in tree.find_all(exp.Column)):
        yield f"nothing counts {found[1]!r}"


_BEFORE_AND_AFTER = re.compile(r"\bbefore (\d{4})\b.{1,40}\bafter (\d{4})\b", re.IGNORECASE)


def _turned_inwards(question: str, tree: exp.Expr) -> Iterator[str]:
    """Before 1945 and after 1955 is what lies outside, which BETWEEN leaves out."""
    found = _BEFORE_AND_AFTER.search(question)
    if found is None or int(found[1]) >= int(found[2]):
        return
    for between in tree.find_all(exp.Between):
        if found[1] in between.args["low"].sql() and found[2] in between.args["high"].sql():
            yield f"BETWEEN where {found[0]!r} is asked for"


def _looks_beside(tree: exp.Expr) -> bool:
    """Whether a row can be seen beside other rows: a window, a query inside, a table joined with itself."""
    names = [table.name.casefold() for table in tree.find_all(exp.Table)]
    return (
        tree.find(exp.Window) is not None
        or len(names) != len(set(names))
        or any(select is not tree for select in tree.find_all(exp.Select))
    )


def _counts_once(tree: exp.Expr) -> bool:
    return tree.find(exp.Distinct, exp.Group, exp.ApproxDistinct, exp.SetOperation) is not None


def _in_columns(tree: exp.Expr) -> bool:
    return tree.find(exp.Pivot) is not None or len(list(tree.find_all(exp.Case, exp.If, exp.Filter, exp.Select))) > 2


def _says_any(*texts: str) -> Callable[[exp.Expr], bool]:
    def has(tree: exp.Expr) -> bool:
        said = tree.sql(dialect="duckdb").casefold()
        return any(text in said for text in texts)

    return has


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[exp.Expr], bool]], ...] = tuple(
    (re.compile(words, re.IGNORECASE), has)
    for words, has in (
        (
            r"\b(?:than|above|below|exceed\w*|under) (?:the |its |their |that of the )?(?:(?!on\b)\w+ )?(?:average|mean)\b",
            _looks_beside,
        ),
        (
            r"\b(?:from|to|than|over|with|against|since) (?:the |its )?(?:previous|preceding|prior)\b"
            r"|\b(?:year|month|week|day)[- ]over[- ]\w+\b"
            r"|\bconsecutive\b|\bsuccessive\b",
            _looks_beside,
        ),
        (r"\b(?:shares?|percent(?:age)?|proportion|fraction) of (?:the |all )?(?:total|overall)\b", _looks_beside),
        (r"\b(?:how many|number of|count(?: of)?)(?: the)? (?:different|distinct|unique)\b", _counts_once),
        (r"\bside by side\b|\b(?:separate|own) columns\b", _in_columns),
        (
            r"\b(?:week ?days?|days? of (?:the )?week)\b",
            _says_any("dayname", "dayofweek", "isodow", "weekday", "dow", "%a", "%u", "%w", "day_of_week"),
        ),
        (r"\b(?:each|every|by|which|what) hours?\b|\bhour of (?:the )?day\b", _says_any("hour", "%h")),
    )
)


def says_period(sql: str, tree: exp.Expr, period: str) -> bool:
    """Whether the query says the period anywhere: as a function, as a part of a date, or in a column's name."""
    if _TELLS_TIME.search(sql) or re.search(rf"\b{period}s?\s*\(|'{period}s?'", sql, re.IGNORECASE):
        return True
    return any(names_period(column.name, period) for column in tree.find_all(exp.Column))


def _single_row(tree: exp.Expr) -> bool:
    """Whether every output is an aggregate over all rows, so that one row comes out whatever the data."""
    if not isinstance(tree, exp.Select) or tree.args.get("group") is not None:
        return False
    return bool(tree.expressions) and all(
        item.find(exp.AggFunc) is not None and item.find(exp.Window) is None for item in tree.expressions
    )
