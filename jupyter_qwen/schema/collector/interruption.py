"""A query that is interrupted when its time is over, as `Patience` counts it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from ..patience import Patience


class Interruption:
    """Whether a query was interrupted: what DuckDB raises then is not always its exception for that."""

    def __init__(self, connection: Any, patience: Patience) -> None:
        self.sent = False
        self._connection, self._patience = connection, patience
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="jupyter-qwen-interrupt", daemon=True)
        self._watcher.start()

    def end(self) -> None:
        """The query is done. Waits for an interrupt under way, which would hit the next statement."""
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(self._patience.look_after):
            if self._patience.over:
                self.sent = True
                self._connection.interrupt()
                return


@contextlib.contextmanager
def interrupted_after(connection: Any, patience: Patience) -> Iterator[Interruption]:
    """Interrupt whatever `connection` runs in this block when `patience` is over."""
    interruption = Interruption(connection, patience)
    try:
        yield interruption
    finally:
        interruption.end()
