"""Mechanical repairs of generated pandas: those that are always right, and those that an error of a trial asks for."""

from .always import always_mended
from .by_error import mends_for

__all__ = ["always_mended", "mends_for"]
