"""One thing measured twice in the same minute: through the product and on the raw engine, in turn, on the same prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.speed.product import Product
from jupyter_qwen.evaluate.predictions import percentile
from jupyter_qwen.evaluate.raw import Heard, RawEngine
from jupyter_qwen.prompt.tokens import CHAT_STOP

SETTLE_SECONDS = 5.0  # somebody who reads the answer and thinks of the next question takes longer


@dataclass(frozen=True)
class Measured:
    """Values of one kind. `unit` is s, ms, tokens/s, MB, % …; `raw` is empty where there is nothing to compare with.

    `better` says which way is good. `target` is what the product promises: (which value, comparison, number, in words).
    """

    part: str
    name: str
    unit: str
    product: tuple[float, ...]
    raw: tuple[float, ...] = ()
    better: str = "less"
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The values with what they come to."""
        data = asdict(self)
        data["p50"], data["p95"] = percentile(self.product, 0.5), percentile(self.product, 0.95)
        data["raw_p50"], data["raw_p95"] = percentile(self.raw, 0.5), percentile(self.raw, 0.95)
        data["ratio"] = round(data["p50"] / data["raw_p50"], 3) if self.raw and data["raw_p50"] else None
        return data


@dataclass
class Pairs:
    """Asks both, alternately first, and keeps what was heard."""

    product: Product
    raw: RawEngine | None
    asked: int = 0
    answers: list[tuple[Heard, Heard | None]] = field(default_factory=list)

    async def ask(self, body: dict[str, Any], *, slot: int = 0, stop: Sequence[str] = CHAT_STOP) -> Heard:
        """One pair; what the product's reader heard."""
        if self.raw is None:
            heard, beside = await self.product.ask(body), None
        else:
            prompt = await self.product.prompt(body)
            options: dict[str, Any] = {"max_new_tokens": body["max_new_tokens"], "stop": stop, "slot": slot}
            if self.asked % 2:
                beside = await self.raw.complete(prompt, **options)
                heard = await self.product.ask(body)
            else:
                heard = await self.product.ask(body)
                # what is prepared after an answer must not compute beside the raw engine
                await self.product.settled(body, seconds=SETTLE_SECONDS)
                beside = await self.raw.complete(prompt, **options)
        await self.product.settled(body, seconds=SETTLE_SECONDS)
        self.asked += 1
        self.answers.append((heard, beside))
        return heard

    def figure(self, part: str, name: str, *, value: str, unit: str = "s", better: str = "less") -> Measured:
        """`value` of every answer since the last figure; answers that cannot tell it are left out, pair by pair."""
        kept = [
            (getattr(heard, value), getattr(beside, value) if beside else 0.0)
            for heard, beside in self.answers
            if getattr(heard, value) and (beside is None or getattr(beside, value))
        ]
        raw = tuple(b for _, b in kept) if self.raw is not None else ()
        tokens = sorted(heard.prompt_tokens for heard, _ in self.answers)
        cached = sorted(heard.cached_tokens for heard, _ in self.answers)
        middle = len(tokens) // 2
        note = f"{tokens[middle]} prompt tokens, {cached[middle]} cached" if tokens else ""
        return Measured(part, name, unit, tuple(a for a, _ in kept), raw, better, note)

    def clear(self) -> None:
        """Forget the answers; the next figure begins."""
        self.answers = []
