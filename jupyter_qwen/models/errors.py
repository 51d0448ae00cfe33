"""What can go wrong with weights. Every error has a `hint`: the way out, in a sentence for the user."""

from __future__ import annotations


class ModelError(Exception):
    """Base; `hint` names the command or the step that mends it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ModelAbsent(ModelError):
    """The weights are not on this machine."""


class ModelCorrupt(ModelError):
    """A file is there but its digest is not the recorded one; it is never loaded."""


class SourcesFailed(ModelError):
    """No source had the file; `reasons` says for each source why."""

    def __init__(self, message: str, hint: str, reasons: tuple[tuple[str, str], ...]) -> None:
        super().__init__(message, hint)
        self.reasons = reasons


class NoSpace(ModelError):
    """The disk has too little room for the file."""


class PullCancelled(ModelError):
    """The user stopped the download; what was fetched stays for the next attempt."""


class SourceUnavailable(ModelError):
    """One source cannot supply the file; the next one is tried."""
