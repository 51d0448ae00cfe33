"""A ``year`` or ``month`` that is no column, beside the one date that it can only be a part of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlglot import exp, parse_one

from ...scopes import ScopeView
from ...tree import identifier
from ..problem import Change, Problem

_PERIODS: Final = ("day", "week", "month", "quarter", "year")


def part_of_date(problem: Problem) -> Iterator[Change]:
    """``T1.year`` where no source has such a column and the scope has one date: ``year(T2.order_date)``.

    A month that is compared with a number is ``month(…)``; one that only tells groups apart is ``date_trunc('month', …)``, so
    that those of two years stay apart.
    """
    if not problem.is_about("column-of-table", "column"):
        return
    name = problem.names["name"]
    period = name.lower()
    if period not in _PERIODS:
        return
    for number, view in enumerate(problem.views):
        if not any(True for _ in view.named(name)) or _has_period(view, period):
            continue
        dates = _dates(view)
        edited = problem.edit()
        if len(dates) != 1 or edited is None:
            continue
        tree, views = edited
        ((alias, date),) = dates
        columns = list(views[number].named(name))
        as_number = period == "year" or any(
            isinstance(c.parent, (exp.EQ, exp.NEQ, exp.In, exp.Between, exp.GT, exp.GTE, exp.LT, exp.LTE))
            for c in columns
        )
        for column in columns:
            target = exp.Column(this=identifier(date), table=identifier(alias))
            part = parse_one(f"{period}(x)" if as_number else f"date_trunc('{period}', x)", dialect="duckdb")
            for placeholder in list(part.find_all(exp.Column)):
                placeholder.replace(target)
            shown = column.parent is views[number].select
            column.replace(exp.alias_(part, period) if shown else part)
        yield Change(
            problem.write(tree), f"There is no column {name}; {alias}.{date} is the date whose {period} is meant."
        )


def _dates(view: ScopeView) -> list[tuple[str, str]]:
    """The dates in scope as (alias, column): of tables that point at others, where there are more than one.

    Those are the tables where things happen: an order has a date and a customer, who has a day of birth.
    """
    dates = [
        (source, column.name)
        for source in view.sources
        for column in (source.table.columns if source.table is not None else ())
        if column.type.upper() == "DATE" or column.type.upper().startswith("TIMESTAMP")
    ]
    events = [
        (source, name)
        for source, name in dates
        if source.table is not None and any(key.table != source.table.name for key in source.table.foreign_keys)
    ]
    return [(source.alias, name) for source, name in (dates if len(dates) == 1 else events)]


def _has_period(view: ScopeView, period: str) -> bool:
    return any(period in folded for source in view.sources for folded in source.columns)
