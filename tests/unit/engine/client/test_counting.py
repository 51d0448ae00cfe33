"""Many texts, one request: each is counted as if it had been sent alone."""

from __future__ import annotations

import asyncio
import random
import re

from jupyter_qwen.engine.client.token_counts import SEPARATOR, counted

HOSTILE = ("", "a", " ", "\n\n", "SELECT 1", 'x = "…"', "<|im_end|>", "🙂" * 3, "naïve  spaces ", "x" * 300, SEPARATOR)


class Tokenizer:
    """Words, spaces and signs are tokens of their own; special tokens are one where they are known. Counts its calls."""

    def __init__(self, *, knows_specials: bool = True) -> None:
        self.calls = 0
        special = r"<\|[a-z_]+\|>|" if knows_specials else ""
        self._pattern = re.compile(special + r"\w+|\s+|[^\w\s]")

    async def __call__(self, text: str) -> list[int]:
        self.calls += 1
        return [hash(token) for token in self._pattern.findall(text)]


def alone(texts: list[str], **options: bool) -> list[int]:
    tokenizer = Tokenizer(**options)
    return [len(asyncio.run(tokenizer(text))) for text in texts]  # type: ignore[arg-type]


def test_texts_are_counted_in_one_request_as_if_each_were_alone() -> None:
    chance = random.Random(3)
    for _ in range(50):
        texts = [chance.choice(HOSTILE[:-1]) + chance.choice(HOSTILE[:-1]) for _ in range(chance.randint(2, 9))]
        tokenizer = Tokenizer()
        assert asyncio.run(counted(tokenizer, texts)) == alone(texts)
        assert tokenizer.calls == 1


def test_text_that_holds_the_separator_is_counted_by_itself() -> None:
    texts = ["one two", f"left{SEPARATOR}right", SEPARATOR]
    assert asyncio.run(counted(Tokenizer(), texts)) == alone(texts)


def test_model_that_does_not_know_the_separator_is_asked_one_by_one() -> None:
    texts = ["one two", "three"]
    tokenizer = Tokenizer(knows_specials=False)
    assert asyncio.run(counted(tokenizer, texts)) == alone(texts, knows_specials=False)
