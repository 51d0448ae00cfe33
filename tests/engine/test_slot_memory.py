"""KV caches of the real engine in a pool that is too small for everything, and in files beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from endpoints import child_endpoint, real_model

from jupyter_qwen.engine.base import Delta, Finished, GenerationRequest, Lane, Usage
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.engine.process.supervised import SupervisedEngine
from jupyter_qwen.engine.process.supervisor import Supervisor
from jupyter_qwen.engine.slots.cache_files import SlotFiles
from jupyter_qwen.engine.slots.parking import SlotMemory
from jupyter_qwen.engine.slots.plan import SlotPlan

pytestmark = pytest.mark.model


def text_of(name: str, lines: int) -> str:
    return "".join(f"{name}_{number} = {number} + {number * 7}\n" for number in range(lines))


async def cost(engine: HttpEngine | SupervisedEngine, text: str, lane: Lane, owner: str = "a.ipynb") -> Usage:
    request = GenerationRequest(text, max_new_tokens=1, lane=lane, owner=owner)
    async with aclosing(engine.generate(request)) as items:
        return [item async for item in items if isinstance(item, Finished)].pop().usage


@asynccontextmanager
async def a_child(folder: Path, *, context: int, pool: int | None = None) -> AsyncIterator[HttpEngine]:
    """A child of its own, whose slots may be saved below `folder`."""
    config = EngineConfig(slot_folder=folder / "slots")
    settings = child_settings(EngineChoice("llama", "", context_tokens=context, threads=2), config, real_model())
    settings["pool_tokens"] = pool or settings["pool_tokens"]
    endpoint, child = child_endpoint("llama", settings, folder)
    try:
        async with replace(endpoint, plan=SlotPlan(pool)).client() as engine:
            yield engine
    finally:
        child.kill()


async def test_chat_and_completion_never_evict_each_other_in_a_full_pool(tmp_path: Path) -> None:
    # room for two of the three chats, and the completion
    async with a_child(tmp_path, context=512, pool=768) as engine:
        typed = text_of("typed", 8)
        first = await cost(engine, typed, "completion")
        for name in ("one", "two", "three"):
            await cost(engine, text_of(name, 18), "chat", owner=name)
        again = await cost(engine, typed + "t", "completion")
        assert again.cached_tokens >= first.prompt_tokens - 2, "chats took the completion's place"
        last = await cost(engine, text_of("three", 18) + "x", "chat", owner="three")
        assert last.cached_tokens >= last.prompt_tokens - 4, "the completion took the chat's place"


async def test_parked_cache_is_the_users_alone_and_gone_when_its_conversation_is_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "slots"
    prompt = text_of("kept", 22)

    async with a_child(tmp_path, context=1024) as engine:
        memory = SlotMemory(engine, SlotFiles(folder))
        await memory.open()
        await cost(engine, prompt, "chat")
        await cost(engine, text_of("other", 22), "chat", owner="b.ipynb")
        assert [path.stat().st_mode & 0o077 for path in folder.glob("*.kv")] == [0]
        await memory.forget("a.ipynb")
        assert not list(folder.glob("*.kv"))
        assert (await cost(engine, prompt + "z", "chat")).cached_tokens < 20


def test_unloaded_engine_leaves_no_file(tmp_path: Path) -> None:
    config = EngineConfig(
        engine="llama",
        model=str(real_model()),
        context_tokens=1024,
        slot_folder=tmp_path / "slots",
        log_folder=tmp_path,
    )

    async def work() -> None:
        supervisor = Supervisor(config)
        try:
            engine = await supervisor.engine()
            assert isinstance(engine, SupervisedEngine)
            for name in ("one", "two"):
                await cost(engine, text_of(name, 22), "chat", owner=name)
            assert len(list((tmp_path / "slots").glob("*.kv"))) == 1
            await supervisor.unload()
            assert not list((tmp_path / "slots").iterdir())
        finally:
            await supervisor.aclose()

    asyncio.run(asyncio.wait_for(work(), 240))


async def test_notebooks_in_turn_find_their_beginnings_again_in_a_pool_for_one_of_them(tmp_path: Path) -> None:
    async with a_child(tmp_path, context=512, pool=512) as engine:
        memory = SlotMemory(engine, SlotFiles(tmp_path / "slots"))
        await memory.open()
        names = ("one", "two", "three")
        for name in names:
            assert (await cost(engine, text_of(name, 18), "chat", owner=name)).cached_tokens < 20
        for name in names:
            usage = await cost(engine, text_of(name, 18) + "x", "chat", owner=name)
            assert usage.cached_tokens >= usage.prompt_tokens - 4
        assert engine.slots is not None
        assert [held.owner for held in engine.slots.held.values()] == ["three"], "only the last is in the pool"


async def test_what_a_stopped_question_had_read_is_fetched_as_far_as_it_went(tmp_path: Path) -> None:
    long = text_of("long", 40)

    async def stopped(engine: HttpEngine) -> None:
        request = GenerationRequest(long, max_new_tokens=1, lane="chat", owner="a", report_prefill=True)
        async with aclosing(engine.generate(request)) as items:
            async for item in items:
                if isinstance(item, Delta) and item.read is not None and item.read[0] >= item.read[1] // 2:
                    return

    async with a_child(tmp_path, context=1024) as engine:
        memory = SlotMemory(engine, SlotFiles(tmp_path / "slots"))
        await memory.open()
        await stopped(engine)
        await cost(engine, text_of("other", 18), "chat", owner="b")
        again = await cost(engine, long, "chat", owner="a")
        assert again.prompt_tokens // 3 <= again.cached_tokens <= 0.8 * again.prompt_tokens
        await cost(engine, text_of("other", 18), "chat", owner="b")
        whole = await cost(engine, long + "x", "chat", owner="a")
        assert whole.cached_tokens >= whole.prompt_tokens - 4
