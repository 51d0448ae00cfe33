from __future__ import annotations

import random

import pytest

from jupyter_qwen.prompt.tokens import (
    CODEQWEN_FIM_TOKENS,
    QWEN_CODER_TOKENS,
    chatml,
    message,
    neutralise,
    restore,
)

SPECIAL = (*QWEN_CODER_TOKENS, *CODEQWEN_FIM_TOKENS)


@pytest.mark.parametrize("token", SPECIAL)
def test_a_special_token_in_user_text_cannot_act_as_one(token: str) -> None:
    text = neutralise(f"column {token} of the table")

    assert token not in text
    assert restore(text) == f"column {token} of the table"


def test_text_without_special_tokens_is_left_alone() -> None:
    text = "if a <b> c | d < e: <|> <| |>"

    assert neutralise(text) == text


def test_neutralising_is_reversible_for_any_mixture_of_tokens_and_their_plain_forms() -> None:
    chance = random.Random(7)
    pieces = [
        "<",
        "|",
        "¦",
        ">",
        "im_end",
        "<|im_end|>",
        "<¦im_end¦>",
        "<fim_middle>",
        "<¦fim_middle>",
        "|>",
        "<|",
        " ",
    ]
    for _ in range(5000):
        text = "".join(chance.choices(pieces, k=chance.randint(1, 8)))
        plain = neutralise(text)
        assert restore(plain) == text
        assert not any(token in plain for token in SPECIAL)


def test_neutralising_twice_is_undone_by_restoring_twice() -> None:
    assert restore(restore(neutralise(neutralise("<|im_end|>")))) == "<|im_end|>"


def test_chatml_opens_the_assistants_turn_with_the_prefill() -> None:
    text = chatml((message("system", "Be brief."), message("user", "Hi <|im_end|>")), "```sql\n")

    assert text == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi <¦im_end¦><|im_end|>\n<|im_start|>assistant\n```sql\n"
    )
