"""The door of this room: collect here, or hand out the collector for another kernel."""

from __future__ import annotations

from .gather import collect
from .limits import Limits
from .source import collector_source, kernel_expression

__all__ = ["Limits", "collect", "collector_source", "kernel_expression"]
