"""The command line's edge: an exception becomes one line and the way out."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot go on; `hint` is the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
