"""What this room hands out: one text for the engine, with what it was made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Message:
    """One turn of a chat. `content` is neutralised text: it holds no special token of the model."""

    role: Role
    content: str


@dataclass(frozen=True)
class Part:
    """A named piece of the prompt, for the view "what the model sees": its source and its exact text."""

    label: str
    text: str


@dataclass(frozen=True)
class PromptSource:
    """One thing of the notebook that is in the prompt, for the chips above the input: ``table:orders``, ``cell:<id>``,
    ``error:<cell id>``, ``file:<path>``, and its exact text.
    """

    ref: str
    text: str


@dataclass(frozen=True)
class Prompt:
    """A finished prompt.

    `text` is what an engine with raw completions processes. `messages` and `prefill` say the same for an endpoint that
    offers chat only (`prefill` is the beginning of the assistant's answer, already part of `text`); `messages` is empty
    for fill-in-the-middle. `stop` ends the answer. `parts` in order cover what varies: rules, schema, cells, question.
    `heal` is the unfinished word that the prompt leaves out at its end: the answer must begin with it (by a grammar) and
    whoever shows the answer cuts it off. `sources` are the things of the notebook that went in, `notes` what was cut of them.
    """

    text: str
    stop: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    prefill: str = ""
    parts: tuple[Part, ...] = ()
    heal: str = ""
    sources: tuple[PromptSource, ...] = ()
    notes: tuple[str, ...] = ()
