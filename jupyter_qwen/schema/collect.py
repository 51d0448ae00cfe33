"""The door of this room: collect here, or hand out the collector for another kernel."""

from __future__ import annotations

from .collector.collection_limits import CollectionLimits
from .collector.gather import collect
from .collector.source import collector_source, kernel_expression

__all__ = ["CollectionLimits", "collect", "collector_source", "kernel_expression"]
