"""What a question needs besides itself: an engine, a memory, limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.completion.desk import CompletionDesk
from jupyter_qwen.assistant.counting import with_token_count
from jupyter_qwen.assistant.threads import ThreadStore
from jupyter_qwen.assistant.warming.warm import Warming
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.knowledge.files import KnowledgeFiles

__all__ = ["EngineSource", "Services", "with_token_count"]


class EngineSource(Protocol):
    """Where a running engine comes from. `engine()` loads the model when that has not been done.

    Raises EngineUnavailable with a hint when there is no model or it cannot be loaded.
    """

    async def engine(self) -> Engine: ...

    def describe(self) -> dict[str, Any]:
        """The Status of docs/reference/protocol.md."""
        ...


@dataclass
class Services:
    """Handed to every question; one per server. Without `knowledge` nothing that users taught is read."""

    engines: EngineSource
    threads: ThreadStore = field(default_factory=ThreadStore)
    limits: AnswerLimits = field(default_factory=AnswerLimits)
    completion: CompletionDesk = field(default_factory=CompletionDesk)
    warming: Warming = field(default_factory=Warming)
    knowledge: KnowledgeFiles | None = None

    async def aclose(self) -> None:
        """Stop what runs in the background. The engines are their owner's to close."""
        await self.warming.aclose()
        await self.completion.aclose()
