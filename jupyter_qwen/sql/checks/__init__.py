"""What binds and is probably wrong: a tuple of checks, each a function of a statement and the schema.

They warn and never reject, and each says why. A check must be cheap (well under a millisecond on ordinary queries) and
right: one that cries wolf is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..model import Diagnostic
from .absent_values import literal_not_in_values
from .constant_conditions import (
    divides_by_itself,
    empty_limit,
    equals_itself,
    equals_null,
    found_in_itself,
    like_without_wildcard,
    two_values_at_once,
)
from .examined import Examined
from .given_outputs import given_output
from .joins import cross_join, join_beside_key
from .key_aggregates import aggregate_of_key
from .types import text_beside_number

Check = Callable[[Examined], tuple[Diagnostic, ...]]

CHECKS: Final[tuple[Check, ...]] = (
    text_beside_number,
    literal_not_in_values,
    cross_join,
    join_beside_key,
    aggregate_of_key,
    equals_null,
    equals_itself,
    two_values_at_once,
    like_without_wildcard,
    empty_limit,
    divides_by_itself,
    found_in_itself,
    given_output,
)

__all__ = ["CHECKS", "Check", "Examined"]
