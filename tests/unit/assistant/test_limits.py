from __future__ import annotations

import pytest

from jupyter_qwen.assistant.answer_limits import AnswerLimits


@pytest.mark.parametrize(("set_tokens", "prompt_tokens"), [(None, 3000), (2048, 3000), (16_384, 15_356)])
def test_context_that_was_set_by_hand_lets_prompts_use_it(set_tokens: int | None, prompt_tokens: int) -> None:
    assert AnswerLimits().for_context(set_tokens).chat_prompt_tokens == prompt_tokens
