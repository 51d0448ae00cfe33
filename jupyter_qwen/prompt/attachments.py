"""What the user put in front of the model by name: files, cells, an error. It stands first and is cut last."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from jupyter_qwen.prompt.budget import shorten
from jupyter_qwen.prompt.model import PromptSource
from jupyter_qwen.schema.model import Schema

Kind = Literal["table", "cell", "error", "file"]
KINDS: tuple[Kind, ...] = ("table", "cell", "error", "file")

_HEADS: dict[Kind, str] = {
    "cell": "Cell {name}:",
    "error": "Error of {name}:",
    "file": "File {name}:",
    "table": "{name}",
}


@dataclass(frozen=True)
class Attachment:
    """One thing added by name. A table brings no text: it is in the schema. `id` is a cell's id; `name` is for people."""

    kind: Kind
    name: str
    text: str = ""
    id: str = ""

    @property
    def ref(self) -> str:
        """What identifies it between the browser and the prompt."""
        return f"{self.kind}:{self.id or self.name}"


@dataclass(frozen=True)
class Attached:
    """The paragraph that opens the context, what each source takes of it, and what had to be cut."""

    text: str = ""
    sources: tuple[PromptSource, ...] = ()
    notes: tuple[str, ...] = ()


def attach(
    attachments: Sequence[Attachment], *, count: Callable[[str], int], budget_tokens: int, language: str = ""
) -> Attached:
    """The texts of `attachments` in their order, at most `budget_tokens` of them; each may take what the others leave."""
    left = budget_tokens
    waiting = [a for a in attachments if a.kind != "table" and a.text.strip()]
    paragraphs: list[str] = []
    sources: list[PromptSource] = []
    notes: list[str] = []
    for position, item in enumerate(waiting):
        whole = item.text.strip("\n")
        room = max(0, left // (len(waiting) - position) - 16)  # tokens of head and fence
        shown = shorten(whole, count=count, budget_tokens=room)
        if shown != whole:
            notes.append(f"{item.name} is too long for the prompt: its beginning and its end are shown")
        text = f"{_HEADS[item.kind].format(name=one_line(item.name))}\n{fenced(shown, language if item.kind == 'cell' else '')}"
        left -= count(text)
        paragraphs.append(text)
        sources.append(PromptSource(item.ref, text))
    return Attached("\n\n".join(paragraphs), tuple(sources), tuple(notes))


def table_names(attachments: Sequence[Attachment]) -> tuple[str, ...]:
    """The tables among `attachments`, as dotted references."""
    return tuple(a.name for a in attachments if a.kind == "table")


def missing_tables(attachments: Sequence[Attachment], schema: Schema | None) -> tuple[str, ...]:
    """A note for each added table that the kernel does not have any more."""
    there = {".".join(table.reference).casefold() for table in (schema.tables if schema is not None else ())}
    return tuple(
        f"{one_line(name)} was added, but the kernel has no such table now"
        for name in table_names(attachments)
        if name.casefold() not in there
    )


def fenced(text: str, language: str = "") -> str:
    """`text` in a fence that is longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def one_line(name: str) -> str:
    """A name as part of a sentence: whoever named a file does not write the prompt."""
    return " ".join(name.split())[:200]
