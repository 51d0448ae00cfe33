"""From logits to a token: greedy, or by temperature and top-p with a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Sampling:
    """`temperature` 0 is greedy. A request with a `seed` is answered the same at every run."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None


class Sampler:
    """Draws the tokens of one answer."""

    def __init__(self, sampling: Sampling) -> None:
        self._how = sampling
        self._generator = torch.Generator()
        if sampling.seed is None or sampling.seed < 0:
            self._generator.seed()
        else:
            self._generator.manual_seed(sampling.seed % 2**63)

    def logprob(self, logits: Any, token: int) -> float:
        """The natural logarithm of the probability of `token` in a row of logits, before any temperature."""
        return float(torch.log_softmax(logits.float(), dim=-1)[token])

    def draw(self, logits: Any) -> int:
        """One token from a row of logits ``[vocabulary]``."""
        if self._how.temperature <= 0:
            return int(torch.argmax(logits))
        odds = torch.softmax(logits.float().cpu() / self._how.temperature, dim=-1)
        if self._how.top_p >= 1 and self._how.top_k <= 0:
            return int(torch.multinomial(odds, 1, generator=self._generator))
        ordered, tokens = torch.sort(odds, descending=True)
        if self._how.top_k > 0:
            ordered, tokens = ordered[: self._how.top_k], tokens[: self._how.top_k]
        if self._how.top_p < 1:
            # the first token always stays: what lies before it sums to nothing
            ordered = ordered * (torch.cumsum(ordered, dim=-1) - ordered < self._how.top_p)
        return int(tokens[int(torch.multinomial(ordered, 1, generator=self._generator))])
