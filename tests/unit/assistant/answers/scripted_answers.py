"""An engine with answers in a list, and two tables to ask about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from jupyter_qwen.engine.base import Capabilities, Delta, Finished, GenerationRequest, Usage
from jupyter_qwen.prompt.model import Message, Prompt
from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table

CITIES = Table(
    ("cities",),
    "dataframe",
    (
        Column("id", "BIGINT"),
        Column("name", "VARCHAR", values=("Rome", "Oslo"), values_complete=True),
        Column("people", "BIGINT"),
    ),
    rows=((1, "Rome", 2_800_000), (2, "Oslo", 700_000)),
    rows_complete=True,
    row_count=2,
)
TRAMS = Table(
    ("trams",),
    "dataframe",
    (Column("city_id", "BIGINT"), Column("line", "BIGINT")),
    rows=((1, 8), (2, 11), (2, 12)),
    rows_complete=True,
    row_count=3,
    foreign_keys=(ForeignKey(("city_id",), "cities", ("id",)),),
)
SCHEMA = Schema((CITIES, TRAMS), privacy="samples")
PROMPT = Prompt("…", messages=(Message("user", "Question: which?"),), prefill="```sql\n")


class ScriptedAnswers:
    """An engine that gives the answers of a list, one a request, each after `delay_seconds`."""

    capabilities = Capabilities()
    context_tokens = 8192

    def __init__(self, *answers: str, delay_seconds: float = 0.0) -> None:
        self.answers = list(answers)
        self.requests: list[GenerationRequest] = []
        self.delay_seconds = delay_seconds
        self.closed = 0

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        self.requests.append(request)
        try:
            await asyncio.sleep(self.delay_seconds)
            text = self.answers.pop(0)
            new_tokens = await self.count_tokens(text)
            whole = new_tokens <= request.max_new_tokens
            yield Delta((text if whole else text[: 3 * request.max_new_tokens]) + "\n")
            usage = Usage(new_tokens=min(new_tokens, request.max_new_tokens))
            yield Finished("stop" if whole else "length", usage)
        finally:
            self.closed += 1

    async def count_tokens(self, text: str) -> int:
        return len(text) // 3

    async def aclose(self) -> None: ...
