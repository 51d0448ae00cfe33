"""How sure the model was of each clause of its query, from the probabilities of its tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jupyter_qwen.trust.evidence import TokenLogprob

_CLAUSE = re.compile(
    r"\b(?:WITH|SELECT|FROM|(?:LEFT |RIGHT |FULL |INNER |CROSS )?(?:OUTER )?JOIN|WHERE|GROUP BY|HAVING|QUALIFY|ORDER BY|LIMIT"
    r"|UNION|INTERSECT|EXCEPT)\b",
    re.IGNORECASE,
)


def clauses(tokens: Sequence[TokenLogprob]) -> list[tuple[str, float]]:
    """(text, mean log probability of its tokens) for each clause as it was written; layout counts for nothing.

    A token belongs to the clause in which it begins.
    """
    text = "".join(token.text for token in tokens)
    starts = sorted({0, *(match.start() for match in _CLAUSE.finditer(text))})
    scores: list[list[float]] = [[] for _ in starts]
    place = clause = 0
    for token in tokens:
        begins = place + len(token.text) - len(token.text.lstrip())
        while clause + 1 < len(starts) and starts[clause + 1] <= begins:
            clause += 1
        if token.text.strip():
            scores[clause].append(token.logprob)
        place += len(token.text)
    ends = [*starts[1:], len(text)]
    return [
        (text[start:end].strip(), sum(score) / len(score))
        for start, end, score in zip(starts, ends, scores, strict=True)
        if score
    ]
