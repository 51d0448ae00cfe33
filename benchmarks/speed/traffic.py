"""Several at once: two notebooks on the model, a completion beside a question, and many clients on the scripted engine."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from benchmarks.speed import machine
from benchmarks.speed.notebook import BenchNotebook
from benchmarks.speed.pairs import Measured
from benchmarks.speed.product import Product, serving
from benchmarks.speed.questions import ASKED
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.evaluate.raw import BenchError, Heard, RawEngine
from jupyter_qwen.prompt.tokens import CHAT_STOP

ANSWER = " ".join(f"word{number}" for number in range(60))


async def notebooks(product: Product, raw: RawEngine | None, *, rounds: int) -> AsyncIterator[Measured]:
    """Two notebooks ask in the same moment, both warm; raw: the same two prompts in two slots."""
    pair = [BenchNotebook.new(f"n{secrets.token_hex(3)}", tables=1, cells=5) for _ in range(2)]
    ours: list[Heard] = []
    beside: list[Heard] = []
    for number in range(rounds + 1):
        bodies = [n.asked(ASKED[number % 9], thread=f"{n.mark}.ipynb", new_tokens=32) for n in pair]
        prompts = [await product.prompt(body) for body in bodies]
        heard = await asyncio.gather(*(product.ask(body) for body in bodies))
        answered = []
        if raw is not None:
            answered = await asyncio.gather(
                *(raw.complete(p, max_new_tokens=32, stop=CHAT_STOP, slot=slot) for slot, p in enumerate(prompts))
            )
        if number:  # the first round only warms
            ours += heard
            beside += answered
    yield Measured("two notebooks", "first token", "s", tuple(h.first for h in ours), tuple(h.first for h in beside))
    yield Measured("two notebooks", "whole answer", "s", tuple(h.done for h in ours), tuple(h.done for h in beside))


async def overtaking(product: Product) -> AsyncIterator[Measured]:
    """A completion alone, then one that arrives while a long prompt of another notebook is being processed."""
    alone = [await _complete(product, number) for number in range(3)]
    notebook = BenchNotebook.new(f"o{secrets.token_hex(3)}", tables=4, cells=12)
    question = asyncio.create_task(product.ask(notebook.asked(ASKED[0], thread="overtaken.ipynb", new_tokens=8)))
    beside = []
    for number in range(3):
        await asyncio.sleep(1.5)
        if not question.done():
            beside.append(await _complete(product, 10 + number))
    heard = await question
    yield Measured("completion", "done, nothing else running", "s", tuple(alone))
    note = f"the question: first token after {heard.first:.1f} s, {heard.prompt_tokens} prompt tokens"
    if beside:  # a fast machine has read the prompt before anybody could type
        yield Measured("completion", "done, beside a question in prefill", "s", tuple(beside), note=note)


async def _complete(product: Product, number: int) -> float:
    body = {
        "prefix": f"values_{number} = [1, 2, 3]\ntotal_{number} = ", "suffix": "", "language": "python",
        "path": "typed.ipynb", "thread": "typed.ipynb", "cells": [], "by_key": True,
    }  # fmt: skip
    began = time.perf_counter()
    response = await product.client.post("jupyter-qwen/complete", json=body)
    last = json.loads(response.text.splitlines()[-1])
    if last["type"] == "error":
        raise BenchError(last["message"])
    return time.perf_counter() - began


async def overhead(folder: Path, *, rounds: int) -> AsyncIterator[Measured]:
    """What is left of a question when the engine answers at once: the way there and back, prompt, proof, conversation."""
    script = folder / "script.json"
    script.write_text(json.dumps([{"match": "", "reply": "SELECT count(*) FROM orders"}]))
    async with serving(EngineConfig(engine="scripted", script=script), folder) as product:
        await product.load()
        notebook = BenchNotebook.new("k")
        for mode in ("chat", "sql"):
            await product.ask(notebook.asked("warm up", mode=mode))
            heard = [
                await product.ask(notebook.asked(f"how many orders {number}", mode=mode, thread=f"{mode}.ipynb"))
                for number in range(rounds)
            ]
            firsts = tuple(1000 * h.first for h in heard)
            yield Measured(
                "ours alone", f"first token, {mode}, scripted engine", "ms", firsts, note="15 tables, 22 cells"
            )


async def clients(folder: Path, *, clients: int, questions: int) -> AsyncIterator[Measured]:
    """Many readers on the scripted engine: everything but the model is real. Raises BenchError when anything was lost."""
    script = folder / "script.json"
    script.write_text(json.dumps([{"match": "", "reply": ANSWER, "delay_per_token_ms": 5}]))
    config = EngineConfig(engine="scripted", script=script)
    async with serving(config, folder, choice_seconds=1.0) as product:
        await product.load()
        body = BenchNotebook.new("k", tables=4, cells=10).asked("What is it?", new_tokens=400)
        alone = await product.ask(body)  # imports are not what is measured
        idle_mb = machine.memory_mb(product.process.pid)
        await product.lag()
        cpu, began = machine.cpu_seconds(product.process.pid), time.perf_counter()

        async def one(number: int) -> list[Heard]:
            return [await product.ask({**body, "thread": f"client{number}.ipynb"}) for _ in range(questions)]

        heard = [h for answers in await asyncio.gather(*(one(n) for n in range(clients))) for h in answers]
        wall = time.perf_counter() - began
        used = machine.cpu_seconds(product.process.pid) - cpu
        lag: dict[str, Any] = await product.lag()
        wrong = [h for h in heard if h.text != ANSWER]
        if wrong:
            raise BenchError(
                f"{len(wrong)} of {len(heard)} answers lost or changed pieces, the first: {wrong[0].text!r}"
            )
        part = f"{clients} clients, script"
        yield Measured(part, "whole answer", "s", tuple(h.done for h in heard), note=f"one alone: {alone.done:.2f} s")
        tokens = sum(h.pieces for h in heard)
        note = f"{len(heard)} answers, {tokens} pieces in {wall:.1f} s; none lost, none reordered"
        yield Measured(part, "server processor time for an answer", "ms", (1000 * used / len(heard),), note=note)
        note = f"99 of 100 ticks late by at most {lag['p99_ms']} ms"
        yield Measured(part, "event loop blocked at most", "ms", (lag["worst_ms"],), note=note)
        note = "without what other programs took from it"
        yield Measured(part, "event loop computing at a stretch", "ms", (lag["worst_cpu_ms"],), note=note)
        grown = machine.memory_mb(product.process.pid)
        yield Measured(part, "memory of the server", "MB", (grown,), note=f"{idle_mb:.0f} MB before; no model in it")
