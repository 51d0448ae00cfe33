"""The version, on its own: rooms that state it must not import the package's extension points with it."""

from __future__ import annotations

try:
    from jupyter_qwen._version import __version__ as _built
except ImportError:  # a source tree that was never built: hatch writes _version.py
    _built = "0.0.0"

version: str = _built
