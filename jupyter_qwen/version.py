"""The version, on its own: rooms that state it must not import the package's extension points with it."""

from __future__ import annotations

try:
    from jupyter_qwen._version import __version__ as version
except ImportError:  # a source tree that was never built: hatch writes _version.py
    version = "0.0.0"
