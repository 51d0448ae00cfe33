"""Where an answer appears while it arrives: one display that is updated in place, or the lines of a terminal.

The display's last update is what the notebook keeps: static text, readable without a kernel.
"""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol, TextIO

from jupyter_qwen.kernel.showing.presentation import mimebundle, verdict_lines
from jupyter_qwen.kernel.showing.rows_shown import rows_as_text
from jupyter_qwen.kernel.showing.terminal import printable
from jupyter_qwen.kernel.state import AnswerState

UPDATE_SECONDS = 0.08


class View(Protocol):
    """Shows one answer."""

    def update(self, state: AnswerState) -> None:
        """Something changed; may be shown a little later."""
        ...

    def finish(self, state: AnswerState) -> None:
        """Nothing more will come: show and keep this."""
        ...


class NotebookView:
    """One output cell, updated at most every 80 ms: each update makes the front end render the whole text again."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._last = 0.0

    def update(self, state: AnswerState) -> None:
        """Show the state unless the last one was just shown."""
        now = time.monotonic()
        if now - self._last >= UPDATE_SECONDS:
            self._show(state)
            self._last = time.monotonic()

    def finish(self, state: AnswerState) -> None:
        """Show the final state."""
        self._show(state)

    def _show(self, state: AnswerState) -> None:
        from IPython import display

        show: Any = display.display
        bundle = mimebundle(state)
        if self._handle is None:
            self._handle = show(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


class TerminalView:
    """Text as it comes; what a repair changed is printed again at the end."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._written = 0
        self._progress = ""

    def update(self, state: AnswerState) -> None:
        """Print the new piece of text, or the step that began."""
        if len(state.text) > self._written:
            self._write(state.text[self._written :])
            self._written = len(state.text)
        elif not self._written and state.progress != self._progress:
            self._progress = state.progress
            self._write(f"[{state.progress} …]\n")

    def finish(self, state: AnswerState) -> None:
        """Close what was streamed, print code that a repair changed, then the verdicts."""
        if not self._written:
            self._write(state.markdown.strip() + "\n")
        elif state.text.count("```") % 2:
            self._write("\n```\n")
        elif not state.text.endswith("\n"):
            self._write("\n")
        for block in state.blocks:
            if self._written and _squeezed(block["source"]) not in _squeezed(state.text):
                self._write(f"Repaired:\n```{block.get('language', '')}\n{block['source'].strip()}\n```\n")
        for block in state.blocks:
            for line in verdict_lines(block):
                self._write(line + "\n")
            if block.get("rows"):
                self._write(rows_as_text(block["rows"]) + "\n")
        for note in (state.answer or {}).get("notes") or ():
            self._write(f"{note}\n")
        if state.stopped:
            self._write("[stopped]\n")

    def _write(self, text: str) -> None:
        self._stream.write(printable(text))
        self._stream.flush()


def _squeezed(text: str) -> str:
    return " ".join(text.split())


class SilentView:
    """Shows nothing: for --format json and code, whose output is printed once, whole."""

    def update(self, state: AnswerState) -> None:
        """Nothing."""

    def finish(self, state: AnswerState) -> None:
        """Nothing."""


def view_for(shell: Any, form: str) -> View:
    """The view that fits the front end: a kernel has displays that can be updated, a terminal has lines."""
    if form != "markdown":
        return SilentView()
    return TerminalView() if getattr(shell, "kernel", None) is None else NotebookView()
