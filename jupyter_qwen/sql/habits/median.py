"""A mean where a median is asked for."""

from __future__ import annotations

import re

from sqlglot import exp

from .bound import Bound

_MEDIAN = re.compile(r"\bmedians?\b", re.IGNORECASE)
_MEAN = re.compile(r"\b(?:mean|average|avg)s?\b", re.IGNORECASE)


def median_for_mean(bound: Bound) -> str | None:
    """median() in place of avg() where the question asks for a median and for no mean."""
    if not _MEDIAN.search(bound.question) or _MEAN.search(bound.question):
        return None
    if bound.tree.find(exp.Median, exp.PercentileCont, exp.PercentileDisc, exp.Quantile) is not None:
        return None
    means = list(bound.tree.find_all(exp.Avg))
    for mean in means:
        mean.replace(exp.Median(this=mean.this))
    return "The question asks for the median, not for the mean." if means else None
