"""One question, the user's way, with the moment at which each block stood in the panel."""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import dataclass, field

from jupyter_qwen.assistant.ask import ask
from jupyter_qwen.assistant.events import AnswerFinished, Block, BlockJudged, PromptBuilt
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import Services


@dataclass(frozen=True)
class Asked:
    """`judged`: seconds until a block of that source was first shown as judged. `prompt_tokens` as they were announced."""

    answer: AnswerFinished
    prompt_tokens: int = 0
    judged: dict[str, float] = field(default_factory=dict)

    def seconds_of(self, block: Block | None) -> float:
        """Seconds until `block` could be inserted; what came after, a grade or a comparison, changed nothing about it."""
        return self.judged.get(block.source, self.answer.seconds) if block is not None else self.answer.seconds


async def asked(question: Question, services: Services) -> Asked:
    """Ask, and follow the answer to its end. Raises what `ask` raises."""
    prompt_tokens, answer = 0, None
    started, judged = time.perf_counter(), dict[str, float]()
    async with aclosing(ask(question, services)) as events:  # type: ignore[type-var]
        async for event in events:
            if isinstance(event, PromptBuilt):
                prompt_tokens = event.prompt_tokens
            elif isinstance(event, BlockJudged):
                judged.setdefault(event.block.source, time.perf_counter() - started)
            elif isinstance(event, AnswerFinished):
                answer = event
    assert answer is not None, "ask ends with an Answer or raises"
    return Asked(answer, prompt_tokens, judged)
