"""The type of the fixture `make_server`: makes a stand-in for llama-server and returns its path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

MakeServer = Callable[..., Path]
