"""What a question needs besides itself: an engine, a memory, limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from jupyter_qwen.assistant.completion.desk import CompletionDesk
from jupyter_qwen.assistant.counting import with_token_count
from jupyter_qwen.assistant.threads import ThreadStore
from jupyter_qwen.assistant.warming.warm import Warming
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.knowledge.files import KnowledgeFiles

__all__ = ["EngineSource", "Limits", "Services", "with_token_count"]


class EngineSource(Protocol):
    """Where a running engine comes from. `engine()` loads the model when that has not been done.

    Raises EngineUnavailable with a hint when there is no model or it cannot be loaded.
    """

    async def engine(self) -> Engine: ...

    def describe(self) -> dict[str, Any]:
        """The Status of docs/protocol.md."""
        ...


CONTEXT_MARGIN_TOKENS = 128  # the turns' frames, and where joined texts make other tokens than each alone


@dataclass(frozen=True)
class Limits:
    """Bounds of one answer, in tokens; seconds are those of the reference machine (`answers.allowance`), so tokens too.

    The SQL prompt's budget is small because a prompt token costs 13 ms on two cores; chat may see more of the notebook.
    `choice_seconds` bounds what further answers and repair may add after the first answer, `sql_seconds` the two together. First
    answers of more than 200 tokens were never right on the development pack, so they are not waited for.
    """

    sql_prompt_tokens: int = 3_000
    chat_prompt_tokens: int = 3_000
    completion_prompt_tokens: int = 1_200
    sql_answer_tokens: int = 256
    chat_answer_tokens: int = 900
    completion_line_tokens: int = 48
    completion_block_tokens: int = 128
    choice_seconds: float = 6.0
    sql_seconds: float = 10.0

    def for_context(self, set_tokens: int | None) -> Limits:
        """These limits where a context length was set by hand: prompts in prose may then use all of it but the answer's room.

        Without one they stay small whatever the machine holds, because reading is what takes the time.
        """
        room = (set_tokens or 0) - self.chat_answer_tokens - CONTEXT_MARGIN_TOKENS
        return replace(self, chat_prompt_tokens=max(self.chat_prompt_tokens, room))


@dataclass
class Services:
    """Handed to every question; one per server. Without `knowledge` nothing that users taught is read."""

    engines: EngineSource
    threads: ThreadStore = field(default_factory=ThreadStore)
    limits: Limits = field(default_factory=Limits)
    completion: CompletionDesk = field(default_factory=CompletionDesk)
    warming: Warming = field(default_factory=Warming)
    knowledge: KnowledgeFiles | None = None

    async def aclose(self) -> None:
        """Stop what runs in the background. The engines are their owner's to close."""
        await self.warming.aclose()
        await self.completion.aclose()
