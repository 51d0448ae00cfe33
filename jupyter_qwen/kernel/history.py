"""The cells of this session as IPython remembers them, and the errors that they ended in."""

from __future__ import annotations

import re
import sys
import traceback
from dataclasses import asdict
from typing import Any

from IPython.core.error import UsageError

from jupyter_qwen.schema.notebook import CellError
from jupyter_qwen.schema.privacy import allows

CELLS = 60
CELL_CHARS = 20_000
TRACEBACK_CHARS = 4_000
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class History:
    """Listens to the shell so that an error can be told from the cell that raised it."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self.errors: dict[int, dict[str, str]] = {}
        self._failed: dict[str, Any] | None = None

    def start(self) -> None:
        """Listen."""
        self._shell.events.register("post_run_cell", self.remember)

    def stop(self) -> None:
        """Listen no more."""
        self._shell.events.unregister("post_run_cell", self.remember)

    def remember(self, result: Any) -> None:
        """Keep the error of a cell that failed; called by IPython after each cell."""
        error = result.error_in_exec or result.error_before_exec
        if error is None or isinstance(error, UsageError):
            return  # a magic used wrongly, or our own refusal: nothing that code could mend
        count = result.execution_count
        if not isinstance(count, int):  # IPython 8 gives none to code that it does not store, such as that of a magic
            count = self._shell.execution_count
        if isinstance(count, int):
            self._failed = {"source": str(result.info.raw_cell or "") if result.info else "", "error": described(error)}
            self.errors[count] = self._failed["error"]
            while len(self.errors) > CELLS:
                del self.errors[min(self.errors)]

    def at(self, privacy: str) -> History:
        """The same history as a prompt may tell it at the level `privacy`: below *values* errors quote nothing."""
        if allows(privacy, "values"):
            return self
        told = History(self._shell)
        known = "\n".join([*self._shell.history_manager.input_hist_raw, (self._failed or {}).get("source", "")])
        told.errors = {count: _without_values(error, known) for count, error in self.errors.items()}
        failed = self.last_error()
        told._failed = {**failed, "error": _without_values(failed["error"], known)} if failed is not None else None
        return told

    def cells(self) -> tuple[list[dict[str, Any]], str]:
        """The session's cells on the wire, oldest first, the running one last; and the id of the running one."""
        raw = list(self._shell.history_manager.input_hist_raw)
        running = len(raw) - 1
        found = []
        for count in range(max(1, len(raw) - CELLS), len(raw)):
            source = raw[count]
            if not source.strip():
                continue
            cell: dict[str, Any] = {
                "id": f"In[{count}]",
                "type": "code",
                "source": source[:CELL_CHARS],
                "execution_count": count,
            }
            error = self.errors.get(count)
            if error is not None:
                cell["error"] = error
            found.append(cell)
        return found, f"In[{running}]"

    def last_error(self) -> dict[str, Any] | None:
        """The last failed cell with its error: ``{source, error}``; also one from before the extension was loaded."""
        if self._failed is not None:
            return self._failed
        value = getattr(sys, "last_value", None)
        if value is None:
            return None
        raw = list(self._shell.history_manager.input_hist_raw)
        return {"source": raw[-2] if len(raw) > 2 else "", "error": described(value)}


def described(error: BaseException) -> dict[str, str]:
    """An exception on the wire: name, message, traceback without terminal colours, its end where it is long."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals.get("__name__") != "__main__":
        trace = trace.tb_next  # IPython's own frames
    text = "".join(traceback.format_exception(type(error), error, trace or error.__traceback__))
    return {
        "name": type(error).__name__,
        "message": _ESCAPES.sub("", str(error))[:TRACEBACK_CHARS],
        "traceback": _ESCAPES.sub("", text)[-TRACEBACK_CHARS:],
    }


def _without_values(error: dict[str, str], known: str) -> dict[str, str]:
    return asdict(CellError(**error).without_values(known))
