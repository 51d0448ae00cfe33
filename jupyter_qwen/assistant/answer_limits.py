"""How much one answer may read, write and take."""

from __future__ import annotations

from dataclasses import dataclass, replace

CONTEXT_MARGIN_TOKENS = 128  # the turns' frames, and where joined texts make other tokens than each alone


@dataclass(frozen=True)
class AnswerLimits:
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

    def for_context(self, set_tokens: int | None) -> AnswerLimits:
        """These limits where a context length was set by hand: prompts in prose may then use all of it but the answer's room.

        Without one they stay small whatever the machine holds, because reading is what takes the time.
        """
        room = (set_tokens or 0) - self.chat_answer_tokens - CONTEXT_MARGIN_TOKENS
        return replace(self, chat_prompt_tokens=max(self.chat_prompt_tokens, room))
