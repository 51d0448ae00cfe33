"""What a cell raised, as a verdict: an error of the cell, or a sign that it reached for what a trial has not."""

from __future__ import annotations

import os
from typing import Any

CELL = "<cell>"
_WORDS = 2_000
_REACHES = {"IOException", "HTTPException", "PermissionException", "URLError", "ConnectionError", "NoDataError"}


#: Where the kernel finds modules of the user's own, set for each trial; a trial may ask what is there, not read it.
OWN_FOLDERS: list[str] = []


class Untried(Exception):
    """The cell cannot be judged here; the message says why, in a sentence."""


def told(error: BaseException) -> dict[str, Any]:
    """The outcome for `error`, with the line of the cell where it came from (from 1; ``None`` when it is not known)."""
    kind = type(error).__name__
    if why := _why_untried(error, kind):
        return {"status": "not tried", "reason": why}
    return {
        "status": "fails",
        "reason": "",
        "error": {"kind": kind, "message": words_of(error), "line": line_of(error)},
    }


def _why_untried(error: BaseException, kind: str) -> str:
    if isinstance(error, ModuleNotFoundError):
        return own_module(error.name or "")
    if isinstance(error, EOFError):
        return "It waits for input."
    if isinstance(error, SystemExit):
        return "It ends the kernel."
    if isinstance(error, RuntimeError) and "start new thread" in words_of(error):
        return "It starts more threads than a trial may have."
    if isinstance(error, OSError) or kind in _REACHES:
        return f"It reaches for a file, a program or a network, which a trial has not: {words_of(error)[:200]}"
    return ""


def own_module(name: str) -> str:
    """A sentence when `name` is a module of the user's own folders, which a trial does not read; else ""."""
    first = name.partition(".")[0]
    for folder in OWN_FOLDERS:
        if os.path.exists(os.path.join(folder, first)) or os.path.exists(os.path.join(folder, first + ".py")):
            return f"It imports `{first}` from your own folder, which a trial does not read."
    return ""


def words_of(error: BaseException) -> str:
    """The error's own words, of at most 2,000 characters."""
    try:
        return str(error)[:_WORDS]
    except Exception:  # noqa: BLE001 - an error of the cell's own class may fail at this too
        return ""


def line_of(error: BaseException) -> int | None:
    """The last line of the cell that was running, or where its syntax is off."""
    if isinstance(error, SyntaxError) and error.filename == CELL:
        return error.lineno
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == CELL:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
