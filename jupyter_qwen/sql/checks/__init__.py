"""What binds and is probably wrong: a tuple of checks, each a function of a statement and the schema.

They warn and never reject, and each says why. A check must be cheap (well under a millisecond on ordinary queries) and
right: one that cries wolf is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ...schema.model import Schema
from ..model import Diagnostic
from ..parse import Statement

Check = Callable[[Statement, Schema], tuple[Diagnostic, ...]]

CHECKS: Final[tuple[Check, ...]] = ()
