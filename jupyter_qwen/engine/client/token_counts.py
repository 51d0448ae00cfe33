"""Counting the tokens of many texts with one request to an endpoint that takes one text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

# A special token is never merged with what stands beside it, so the texts between two of them are tokenized as if alone.
SEPARATOR = "<|endoftext|>"
Tokenize = Callable[[str], Awaitable[list[int]]]


async def counted(tokenize: Tokenize, texts: Sequence[str]) -> list[int]:
    """Tokens of each text, special tokens parsed.

    Asks once for all of them, joined by a special token; one by one where the model does not know that token, or where a
    text holds it. Raises what `tokenize` raises.
    """
    if len(texts) > 1 and not any(SEPARATOR in text for text in texts):
        # twice at the beginning: the same token twice says that the separator is one token
        tokens = await tokenize(SEPARATOR * 2 + SEPARATOR.join(texts))
        mark, second, *rest = tokens
        if mark == second and rest.count(mark) == len(texts) - 1:
            counts = [0]
            for token in rest:
                if token == mark:
                    counts.append(0)
                else:
                    counts[-1] += 1
            return counts
    return [len(await tokenize(text)) for text in texts]
