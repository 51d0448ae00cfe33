"""A query as the next cell of this notebook, in the idiom its author already uses. The fifth of the five steps."""

from __future__ import annotations

from .cell import RenderedCell, render_cell
from .idiom import Idiom, detect_idiom

__all__ = ["Idiom", "RenderedCell", "detect_idiom", "render_cell"]
