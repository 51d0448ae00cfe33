"""What the contract suite speaks to: a running endpoint of one kind or another."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.engine.builds.server_facts import LlamaServer, ask
from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.process.child_process import ChildProcess
from jupyter_qwen.engine.slots.plan import SlotPlan
from jupyter_qwen.models.store import ModelStore

NUMBERS = ",".join(f" {number}" for number in range(7, 400))
RULES = [
    {"match": r"slow prefill", "reply": "done", "prefill_ms_per_token": 5},
    {"match": r"count: 1, 2, 3, 4, 5, 6,$", "reply": NUMBERS, "delay_per_token_ms": 8},
    {"match": r"<\|fim_prefix\|>def add.*<\|fim_middle\|>$", "reply": "a + b"},
    {"match": r"crash now", "reply": "one two three four five", "crash_after_tokens": 3, "delay_per_token_ms": 5},
]


@dataclass
class Endpoint:
    """A running endpoint and how to speak to it."""

    kind: str
    url: str
    key: str
    pid: int
    log: Path
    plan: SlotPlan = field(default_factory=SlotPlan)

    @asynccontextmanager
    async def client(self, **options: Any) -> AsyncIterator[HttpEngine]:
        """A fresh client."""
        plan = None if self.kind in ("openai", "yours") else self.plan
        engine = HttpEngine(self.url, options.pop("key", self.key), slots=plan, **options)
        try:
            yield engine
        finally:
            await engine.aclose()


def real_model() -> Path:
    path = ModelStore().path()
    if path is None:
        pytest.skip("the default model is not here: jupyter qwen model pull")
    return path


def own_server() -> LlamaServer:
    """The llama-server that QWEN_TEST_LLAMA_SERVER names; the test is skipped where it names none."""
    named = os.environ.get("QWEN_TEST_LLAMA_SERVER")
    if not named:
        pytest.skip("QWEN_TEST_LLAMA_SERVER names no llama-server")
    server = ask(Path(named), "named for the tests")
    assert not server.unusable
    return server


def child_endpoint(kind: str, settings: dict[str, Any], folder: Path) -> tuple[Endpoint, ChildProcess]:
    child = ChildProcess(f"jupyter_qwen.engine.children.{kind}", settings, log_folder=folder)
    ready = child.ready.result(120)
    return Endpoint(kind, ready.url, child.key, child.pid, child.log), child
