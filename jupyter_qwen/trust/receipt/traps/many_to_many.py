"""Whole rows of two sides joined on a key that repeats in both."""

from __future__ import annotations

from ..counted_joins import counted_joins
from ..model import ReceiptWarning
from ..nodes import sql_of
from ..parts import SelectPart
from ..wording import figure


def many_to_many(part: SelectPart) -> list[ReceiptWarning]:
    """Joins that pair every repetition of one side with every one of the other, where nothing adds them up. Raises NotYet."""
    if not part.steps or part.groups or part.aggregates() or not all(item.is_star for item in part.select.expressions):
        return []
    found = []
    for step, join in zip(part.steps, counted_joins(part), strict=False):
        repeats = join.left_unique is False and join.right_unique is False
        if repeats and join.rows_after > max(join.rows_before, join.rows_joined):
            columns = tuple(sql_of(column) for pair in step.pairs for column in pair)
            message = (
                f"The join with {step.source.table or step.source.alias} is many-to-many: {' and '.join(columns)} both repeat, "
                f"and {figure(join.rows_before)} and {figure(join.rows_joined)} rows become {figure(join.rows_after)}."
            )
            found.append(ReceiptWarning("many-to-many", message, columns))
    return found
