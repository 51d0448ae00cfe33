"""Mechanical repair: certain, free, and the largest single gain that was measured (docs/explanation/sql.md)."""

from __future__ import annotations

from .pipeline import RULES, mend
from .values import mend_values

__all__ = ["RULES", "mend", "mend_values"]
