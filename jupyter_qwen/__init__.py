"""A JupyterLab assistant that runs Qwen2.5-Coder on the user's own machine.

Nothing heavy is imported here: every Jupyter server and every kernel that loads the extension pays for this module.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from jupyter_qwen.version import version

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_qwen.api import Answer, NotRunnable, ask
    from jupyter_qwen.assistant.question import BadRequest
    from jupyter_qwen.engine.base import EngineError
    from jupyter_qwen.trust.receipt.model import Receipt
    from jupyter_qwen.trust.receipt.on_connection import receipt

__version__ = version

__all__ = [
    "Answer",
    "BadRequest",
    "EngineError",
    "NotRunnable",
    "Receipt",
    "__version__",
    "ask",
    "load_ipython_extension",
    "receipt",
    "unload_ipython_extension",
]


#: Where each name of the API is made. They are imported when they are first used: they bring much with them.
_MADE_IN = {
    "Answer": "jupyter_qwen.api",
    "BadRequest": "jupyter_qwen.assistant.question",
    "EngineError": "jupyter_qwen.engine.base",
    "NotRunnable": "jupyter_qwen.api",
    "Receipt": "jupyter_qwen.trust.receipt.model",
    "ask": "jupyter_qwen.api",
    "receipt": "jupyter_qwen.trust.receipt.on_connection",
}


def __getattr__(name: str) -> Any:
    if name not in _MADE_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MADE_IN[name]), name)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the prebuilt front end."""
    return [{"src": "labextension", "dest": "jupyter_qwen"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What `jupyter server extension` loads."""
    from jupyter_qwen.server.app import QwenExtension

    return [{"module": "jupyter_qwen", "app": QwenExtension}]


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Called by ``%load_ext jupyter_qwen``: registers ``%%qwen`` and ``%qwen``."""
    from jupyter_qwen.kernel.magic import register

    register(ipython)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """Called by ``%unload_ext jupyter_qwen``."""
    from jupyter_qwen.kernel.magic import unregister

    unregister(ipython)
