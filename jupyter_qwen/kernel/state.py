"""An answer while it arrives: events in, one state out. No display, no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PHASES = {
    "linking": "choosing tables",
    "waiting": "waiting for another answer to end",
    "prefill": "reading the question",
    "decode": "writing",
    "proof": "proving the SQL",
    "repair": "repairing the SQL",
    "trial": "trying the SQL on sample rows",
    "choice": "comparing candidates",
}


@dataclass
class AnswerState:
    """Everything known of one answer. `progress` is one line for the user; `blocks` are `Block` objects of the wire.

    `pieces` counts what was streamed, a token each; `seconds` is how long ago the question was asked, as of the last event.
    `question` is what cells that are made of the answer tell of it; empty where they shall tell nothing.
    """

    mode: str = "auto"
    question: str = ""
    progress: str = "asking"
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    repairs: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    prompt_tokens: int = 0
    pieces: int = 0
    seconds: float = 0.0
    answer: dict[str, Any] | None = None
    error: tuple[str, str] | None = None
    stopped: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing more will come."""
        return self.answer is not None or self.error is not None or self.stopped

    @property
    def markdown(self) -> str:
        """The answer's text: what was streamed so far, or the final text, which repairs may have changed."""
        return str(self.answer["markdown"]) if self.answer is not None else self.text

    def apply(self, event: Mapping[str, Any]) -> None:
        """Take in one event; unknown types are ignored, as the contract asks."""
        kind = event.get("type")
        if kind == "delta":
            self.text += str(event.get("text", ""))
            self.pieces += 1
            self.progress = PHASES["decode"]
        elif kind == "phase":
            self.progress = PHASES.get(str(event.get("phase")), str(event.get("phase")))
            done, total = event.get("done_tokens"), event.get("total_tokens")
            if isinstance(done, int) and isinstance(total, int) and 0 < done <= total:
                self.progress += f" ({100 * done // total} %)"
        elif kind == "status":
            self.progress = status_line(event)
        elif kind == "prompt":
            self.prompt_tokens = int(event.get("prompt_tokens") or 0)
            self.notes += [str(note) for note in event.get("notes") or ()]
        elif kind == "repair":
            self.repairs.append(dict(event))
        elif kind == "block":
            block = dict(event["block"])  # it comes again when its grade is known
            self.blocks = [*(other for other in self.blocks if other.get("index") != block.get("index")), block]
        elif kind == "answer":
            self.answer = dict(event)
            self.notes += [str(note) for note in event.get("notes") or ()]
            self.blocks = [dict(block) for block in event.get("blocks") or ()]
            self.mode = str(event.get("mode") or self.mode)
        elif kind == "error":
            self.error = (str(event.get("message", "")), str(event.get("hint") or ""))

    def origin(self, block: Mapping[str, Any]) -> dict[str, Any] | None:
        """The metadata of a cell that is made of `block`, as the sidebar's cells carry it; ``None`` where they carry none."""
        if self.answer is None or not self.question:
            return None
        model = str(self.answer.get("model") or "")
        known = {"grade": block["grade"]} if block.get("grade") else {}
        return {"model": model, "question": self.question, "verdict": block.get("verdict"), **known}

    def counts(self) -> list[str]:
        """Tokens and seconds so far, for the line below an answer that is not finished."""
        counted = []
        if self.prompt_tokens:
            counted.append(
                f"{self.prompt_tokens} + {self.pieces} tokens" if self.pieces else f"{self.prompt_tokens} tokens"
            )
        elif self.pieces:
            counted.append(f"{self.pieces} tokens")
        if self.seconds >= 0.1:
            counted.append(f"{self.seconds:.1f} s")
        return counted

    def code(self) -> dict[str, Any] | None:
        """The last block of code, also one that cannot become a cell of this notebook."""
        return self.best_block() or next(reversed(self.blocks), None)

    def best_block(self) -> dict[str, Any] | None:
        """The block that belongs into the notebook: the last one that can become a cell."""
        return next((block for block in reversed(self.blocks) if block.get("cell")), None)


def status_line(status: Mapping[str, Any]) -> str:
    """The model's state in one line: what happens, how far it is, how long it takes."""
    text = str(status.get("message") or status.get("state") or "waiting for the model").rstrip(".")
    progress = status.get("progress")
    if isinstance(progress, Mapping) and progress.get("total_bytes"):
        done, total = int(progress.get("done_bytes") or 0), int(progress["total_bytes"])
        text += f" · {100 * done // total} % of {total / 1e6:,.0f} MB"
        if progress.get("seconds_left"):
            text += f" · {int(progress['seconds_left'])} s left"
    return text
