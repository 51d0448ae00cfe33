"""Habits of small models that bind and run and are wrong, put right mechanically and told as repairs. One habit a file.

They were counted in the failures of the development pack and of databases as analysts have them
(docs/explanation/sql.md, "Accuracy").
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.model import Proof, Repair
from jupyter_qwen.sql.validate import prove

from .aggregates import factor_of_same_row, latest_for_greatest, mean_of_parents, median_for_mean
from .anti_join import missing_partner, none_of_them
from .bound import Habit, changed
from .cast_formats import cast_by_format
from .conditions import both_values, but_not, flag_spelled_otherwise, share_of_all, turned_comparison, turned_membership
from .counts import each_thing_once, number_of_groups, sum_of_counts
from .extremes import name_of_extreme, value_of_extreme
from .first_of_list import count_from_one
from .joins.needless import drop_needless_joins
from .joins.repeated_keys import join_rows_once
from .joins.same_row import join_row_once
from .key_groups import group_by_key
from .limit_clauses import best_of_each, limit_of_each, needless_limit
from .literal_places import move_literals
from .outputs import constant_aggregates, full_names, only_the_ratio
from .quoted_columns import unquote_columns
from .rows_for_each import group_by_each, group_by_period
from .share_of_total import share_of_total
from .subqueries import link_to_outer_row
from .text_search import search_without_case
from .time_units import (
    interval_as_number,
    month_of_any_year,
    name_the_period,
    period_as_date,
    period_number,
    unasked_dates,
    weekday_for_date,
)

#: In the order in which they are looked for, by the names that the user reads.
HABITS: Final[tuple[tuple[str, Habit], ...]] = (
    ("quoted-column", unquote_columns),
    ("cast-by-format", cast_by_format),
    ("period-name", name_the_period),
    ("value-elsewhere", move_literals),
    ("constant-aggregate", constant_aggregates),
    ("same-row", join_row_once),
    ("needless-join", drop_needless_joins),
    ("rows-once", join_rows_once),
    ("group-by-key", group_by_key),
    ("list-from-one", count_from_one),
    ("ratio-alone", only_the_ratio),
    ("median-for-mean", median_for_mean),
    ("mean-of-parents", mean_of_parents),
    ("turned-comparison", turned_comparison),
    ("turned-membership", turned_membership),
    ("outer-row", link_to_outer_row),
    ("full-name", full_names),
    ("latest-for-greatest", latest_for_greatest),
    ("factor-of-same-row", factor_of_same_row),
    ("both-values", both_values),
    ("but-not", but_not),
    ("flag-spelling", flag_spelled_otherwise),
    ("period-as-date", period_as_date),
    ("missing-partner", missing_partner),
    ("none-of-them", none_of_them),
    ("interval-as-number", interval_as_number),
    ("period-number", period_number),
    ("weekday", weekday_for_date),
    ("unasked-dates", unasked_dates),
    ("month-of-any-year", month_of_any_year),
    ("sum-of-counts", sum_of_counts),
    ("each-thing-once", each_thing_once),
    ("number-of-groups", number_of_groups),
    ("by-period", group_by_period),
    ("one-for-each", group_by_each),
    ("name-of-extreme", name_of_extreme),
    ("value-of-extreme", value_of_extreme),
    ("share-of-total", share_of_total),
    ("share-of-all", share_of_all),
    ("limit-of-each", limit_of_each),
    ("best-of-each", best_of_each),
    ("needless-limit", needless_limit),
    ("text-search", search_without_case),
)


def look_again(proof: Proof, question: str, schema: Schema, habits: tuple[tuple[str, Habit], ...] = HABITS) -> Proof:
    """`proof`, or the proof of the query without the habits, with a `Repair` for each; only what binds is kept.

    Blocking; some milliseconds. Queries that are not bound reads come back as they are.
    """
    if proof.verdict != "bound" or proof.kind != "query" or proof.needs_consent:
        return proof
    for name, habit in habits:
        found = changed(habit, proof.sql, question, schema)
        if found is None:
            continue
        sql, reason = found
        again = prove(sql, schema)
        if again.verdict == "bound":
            proof = replace(again, repairs=(*proof.repairs, Repair(name, reason, proof.sql, sql)))
    return proof
