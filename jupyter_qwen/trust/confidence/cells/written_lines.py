"""How sure the model was of each line of its cell, from the probabilities of its tokens."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_qwen.trust.evidence import TokenLogprob


def written_lines(tokens: Sequence[TokenLogprob]) -> list[tuple[str, float]]:
    """(text, mean log probability of its tokens) for each line as it was written; comments and layout count for nothing.

    A token belongs to the line in which it begins.
    """
    text = "".join(token.text for token in tokens)
    lines = text.split("\n")
    scores: list[list[float]] = [[] for _ in lines]
    number = 0
    for token in tokens:
        before = len(token.text) - len(token.text.lstrip())
        number += token.text[:before].count("\n")
        if token.text.strip():
            scores[number].append(token.logprob)
        number += token.text[before:].count("\n")
    return [
        (line.strip(), sum(score) / len(score))
        for line, score in zip(lines, scores, strict=True)
        if score and line.strip() and not line.strip().startswith("#")
    ]
