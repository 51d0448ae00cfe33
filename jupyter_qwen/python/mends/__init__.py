"""Mechanical repairs of generated Python: those always right, those that the question or an error of a trial asks for."""

from .alignment import aligned
from .always import always_mended
from .asked_columns import named_as_asked
from .by_error import mends_for

__all__ = ["aligned", "always_mended", "mends_for", "named_as_asked"]
