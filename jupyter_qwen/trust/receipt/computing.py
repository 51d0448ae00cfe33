"""The receipt of one query, from the answers that there are: what is still to be asked, or the receipt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sqlglot import exp

from jupyter_qwen.sql.read.parse import parse
from jupyter_qwen.sql.tree import UNREADABLE

from ...sql.model import Diagnostic
from .counted_joins import counted_joins
from .from_clause import Unusual
from .model import CountedJoin, Receipt, ReceiptWarning
from .parts import SelectPart, parts_of
from .probes import NotYet, ProbeFailed, Probes, refusal
from .traps.compared_values import absent_values, last_days
from .traps.duplicates import duplicate_keys, grouped_by_name, repeated_results
from .traps.lost_rows import counted_without_partner, inner_joins, left_joins
from .traps.many_to_many import many_to_many
from .traps.nulls import averages_skip_nulls, null_in_comparison, null_in_not_in
from .traps.percentages import shares
from .traps.ranks import frames, ranks_cut, ties_cut
from .traps.ratios import averages_of_averages, divisions
from .traps.repeated_rows import repeated_rows
from .traps.text_order import text_compared, zones_mixed
from .wording import figure, listed

#: Rows in all tables together that are counted without a question. One table of 10 million rows against one of a million
#: takes 9 s on two cores (`python -m benchmarks.receipts --large`).
UNASKED_ROWS: Final = 1_000_000
#: What a probe's error says that was not answered in time (`schema/collector/probing.py`).
LATE: Final = "time limit"
_CHECKS: Final[tuple[Callable[[SelectPart], Iterable[ReceiptWarning | str]], ...]] = (
    repeated_rows, inner_joins, left_joins, counted_without_partner, null_in_not_in, null_in_comparison, averages_skip_nulls,
    absent_values, last_days, text_compared, zones_mixed, averages_of_averages, divisions, shares, ties_cut, ranks_cut, frames,
    many_to_many, duplicate_keys, grouped_by_name, repeated_results,
)  # fmt: skip


def advance(
    sql: str, answers: Mapping[str, Mapping[str, Any]], *, consent: bool = False, values: bool = True
) -> Receipt | tuple[str, ...]:
    """The receipt of `sql`, or the probes that must be answered first. Pure: the same answers give the same.

    `consent`: large tables may be counted. `values`: answers may hold values of the data, not only counts.
    """
    statement = parse(sql)
    if isinstance(statement, Diagnostic):
        return Receipt(sql, "refused", f"There is no receipt: {statement.message}")
    why = refusal(statement.sql)
    if why:
        return Receipt(sql, "refused", f"A receipt is for a query that only reads tables. {why}")
    tree = statement.tree
    if tree is None:
        return Receipt(sql, "refused", "The query is written in a way that cannot be taken apart here.")
    probes = Probes(answers, values=values)
    try:
        return _computed(statement.sql, tree, probes, consent)
    except NotYet as error:
        return tuple(error.probes)
    except UNREADABLE:
        return Receipt(sql, "refused", "The query is nested in a way that cannot be taken apart here.")


def _computed(sql: str, tree: exp.Expr, probes: Probes, consent: bool) -> Receipt:
    sizes, unknown = _sizes(tree, probes)
    total = sum(sizes.values())
    if total > UNASKED_ROWS and not consent:
        return _large(sql, sizes)
    if not consent and any(LATE in text for text in unknown):
        return Receipt(sql, "asks", "Counting the rows takes a while. Count them?")
    if sizes == {} and unknown:
        return Receipt(sql, "refused", f"The tables could not be read: {unknown[0]}")
    wanted: list[str] = []
    failures: list[str] = []
    joins: list[CountedJoin] = []
    found: list[ReceiptWarning | str] = []
    parts = list(parts_of(tree, probes))
    for part in parts:
        for check in (counted_joins, *_CHECKS):
            try:
                items = check(part)
            except NotYet as error:
                wanted += error.probes
            except (ProbeFailed, Unusual) as error:
                failures.append(str(error))
            else:
                joins += [item for item in items if isinstance(item, CountedJoin)]
                found += [item for item in items if not isinstance(item, CountedJoin)]
    count: int | None = None
    try:
        count = probes.number(f"SELECT count(*) FROM ({sql})")
    except NotYet as error:
        wanted += error.probes
    except ProbeFailed as error:
        failures.append(str(error))
    late = [text for text in failures if LATE in text]
    if late and not consent:
        return _large(sql, sizes)
    if wanted:
        raise NotYet(*dict.fromkeys(wanted))
    warnings = [item for item in found if isinstance(item, ReceiptWarning)]
    notes = [item for item in found if isinstance(item, str)]
    if count == 0:
        notes.append("The result has no row.")
    if late:
        notes.append(f"Not everything was counted: {late[0]}")
    if unknown:
        notes.append(f"Not counted: {listed(unknown)}")
    return Receipt(
        sql, "done", "", tuple(joins), tuple(dict.fromkeys(warnings)), tuple(dict.fromkeys(notes)), count
    )  # fmt: skip


def _large(sql: str, sizes: Mapping[str, int]) -> Receipt:
    """The question before counting that takes its time."""
    largest = max(sizes, key=lambda name: sizes[name])
    return Receipt(sql, "asks", f"{largest} has {figure(sizes[largest])} rows; counting may take a while. Count them?")


def _sizes(tree: exp.Expr, probes: Probes) -> tuple[dict[str, int], list[str]]:
    """Rows of each table that the query names, and why one is not known. Raises NotYet."""
    inner = {cte.alias.casefold() for cte in tree.find_all(exp.CTE)}
    names: dict[str, None] = {}
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and (table.db or table.name.casefold() not in inner):
            bare = table.copy()
            for name in list(bare.args):
                if name not in ("this", "db", "catalog"):
                    bare.set(name, None)
            names[bare.sql(dialect="duckdb")] = None
    sizes: dict[str, int] = {}
    unknown: list[str] = []
    wanted: list[str] = []
    for name in names:
        try:
            sizes[name] = probes.number(f"SELECT count(*) FROM {name}")
        except NotYet as error:
            wanted += error.probes
        except ProbeFailed as error:
            unknown.append(f"{name}: {error}")
    if wanted:
        raise NotYet(*wanted)
    return sizes, unknown


def compute(
    sql: str,
    ask: Callable[[list[str]], Mapping[str, Mapping[str, Any]]],
    *,
    consent: bool = False,
) -> Receipt:
    """The receipt of `sql`, with `ask` answering probes."""
    from dataclasses import replace

    started = time.perf_counter()
    answers: dict[str, Mapping[str, Any]] = {}
    while True:
        found = advance(sql, answers, consent=consent)
        if isinstance(found, Receipt):
            return replace(found, seconds=round(time.perf_counter() - started, 4))
        answers.update(ask([probe for probe in found if probe not in answers]))
