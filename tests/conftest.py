"""Fixtures that every tier may use."""

from __future__ import annotations

import os

# The tests are about the llama.cpp that comes with us, whatever else lies on this machine; those about others say so.
os.environ.setdefault("JUPYTER_QWEN_LLAMA_SERVER", "none")
pytest_plugins = ("pytest_jupyter.jupyter_server",)
