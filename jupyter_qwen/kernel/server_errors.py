"""What can go wrong between a kernel and the server, each with the way out."""

from __future__ import annotations


class NoServer(Exception):
    """No Jupyter server could be found; `hint` is the way out."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class ServerError(Exception):
    """The server cannot be reached or refuses. `status` is the HTTP status, 0 without an answer; `hint` the way out.

    `code` is the server's own name for what happened, as in docs/reference/protocol.md, or ``""``.
    """

    def __init__(self, message: str, hint: str = "", *, status: int = 0, code: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.status = status
        self.code = code
