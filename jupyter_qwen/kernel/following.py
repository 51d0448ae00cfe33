"""Waiting for the model in a cell: one line that follows a load or a download until it ends."""

from __future__ import annotations

import time
from typing import Any

from IPython.core.error import UsageError

from .client import Client
from .showing.terminal import say
from .state import status_line

POLL_SECONDS = 0.4
_MOVING = ("loading", "downloading")


def follow(shell: Any, client: Client, status: dict[str, Any]) -> dict[str, Any]:
    """The first status in which nothing is under way any more. Interrupting stops a download, and leaves a load alone.

    Raises ServerError; KeyboardInterrupt after a download was told to stop.
    """
    line = _Line(shell)
    try:
        while _moves(status):
            line.show(status_line(status))
            time.sleep(POLL_SECONDS)
            status = client.get("status")
    except KeyboardInterrupt:
        if status.get("pulling") or status.get("state") == "downloading":
            client.post("models/cancel", {})
        raise
    finally:
        line.end()
    return status


def use_model(shell: Any, client: Client, wanted: str) -> dict[str, Any]:
    """Make `wanted` the model that answers, and wait until it is loaded. Raises UsageError when it cannot be."""
    status = client.get("status")
    if not is_current(status, wanted):
        status = client.post("engine/switch", {"model": wanted})
    if status.get("state") == "unloaded":
        status = client.post("engine/load", {})
    status = follow(shell, client, status)
    if status.get("state") != "ready":
        way_out = f"Fetch it: %qwen pull {wanted}" if status.get("state") == "absent" else status.get("hint") or ""
        raise UsageError(f"%%qwen: {status.get('message') or 'the model did not load'} {way_out}".rstrip())
    return status


def is_current(status: dict[str, Any], wanted: str) -> bool:
    """Whether `wanted` names the model that the server has: its id, with or without the organisation, its label or file."""
    model = status.get("model") or {}
    names = (str(model.get(key) or "") for key in ("id", "label", "file"))
    return _bare(wanted) in {_bare(name) for name in names if name}


def _bare(name: str) -> str:
    return name.strip().casefold().rsplit("/", 1)[-1]


def _moves(status: dict[str, Any]) -> bool:
    return status.get("state") in _MOVING or status.get("pulling") is not None


class _Line:
    """One line that changes in place; a terminal gets a new line when the text before the figures changes."""

    def __init__(self, shell: Any) -> None:
        self._kernel = getattr(shell, "kernel", None) is not None
        self._handle: Any = None
        self._told = ""

    def show(self, text: str) -> None:
        if text == self._told:
            return
        if not self._kernel:
            if text.partition(" · ")[0] != self._told.partition(" · ")[0]:
                say(text)
            self._told = text
            return
        from IPython import display

        self._told = text
        show: Any = display.display
        bundle = {"text/plain": text}
        if self._handle is None:
            self._handle = show(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)

    def end(self) -> None:
        """Leave nothing of the progress behind: what follows tells how it ended."""
        if self._handle is not None:
            self._handle.update({"text/plain": ""}, raw=True)
