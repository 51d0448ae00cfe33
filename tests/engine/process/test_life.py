"""One owner of the engine's life: who waits for a load does not own it, and nothing that ends an engine waits for one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from watched import rest, until, watching

from jupyter_qwen.engine.base import Delta, Engine, EngineUnavailable, Finished, GenerationRequest
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process import sharing
from jupyter_qwen.models import fit

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a load is held up with a named pipe")
RULES = [
    {"match": "dies at once", "reply": "never", "crash_after_tokens": 0},
    {"match": "slow prefill", "reply": "read it all", "prefill_ms_per_token": 10},
    {"match": "slowly", "reply": "one two three four five six seven", "delay_per_token_ms": 200},
    {"match": "", "reply": "hello"},
]


@pytest.fixture
def config(tmp_path: Path) -> EngineConfig:
    script = tmp_path / "script.json"
    script.write_text(json.dumps(RULES))
    return EngineConfig(engine="scripted", script=script, context_tokens=2048, log_folder=tmp_path / "log")


@pytest.fixture
def slow(config: EngineConfig, tmp_path: Path) -> EngineConfig:
    """An engine that loads until somebody writes its script into a pipe."""
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    return replace(config, script=pipe)


def go_on(config: EngineConfig) -> None:
    """Let the engine that loads from `config`'s pipe come to its end."""
    Path(str(config.script)).write_text(json.dumps(RULES))


OF_OTHER_TESTS: set[int] = set()


@pytest.fixture(autouse=True)
def engines_of_other_tests() -> None:
    """The contract suite keeps its engines for the whole session: they are not what is watched here."""
    OF_OTHER_TESTS.clear()
    OF_OTHER_TESTS.update(children())


def children() -> list[int]:
    return [
        child.pid for child in psutil.Process().children()
        if child.pid not in OF_OTHER_TESTS
        and child.status() != psutil.STATUS_ZOMBIE and "engine.children" in " ".join(child.cmdline())
    ]  # fmt: skip


async def began(work: Awaitable[Any]) -> asyncio.Task[Any]:
    """A task that waits for the load of a child that is there."""
    task = asyncio.ensure_future(work)
    await until(children)
    return task


async def ask(engine: Engine, prompt: str, **options: Any) -> str:
    items = [item async for item in engine.generate(GenerationRequest(prompt, **options))]
    assert isinstance(items[-1], Finished)
    return "".join(item.text for item in items if isinstance(item, Delta))


async def test_question_that_is_stopped_while_the_model_loads_leaves_the_load_to_the_others(slow: EngineConfig) -> None:
    async with watching(slow) as (supervisor, _):
        first = await began(supervisor.engine())
        second = asyncio.create_task(supervisor.engine())
        loading = children()
        first.cancel()
        await asyncio.wait({first})
        await asyncio.sleep(0.3)
        assert children() == loading
        go_on(slow)
        assert await ask(await second, "anything") == "hello"


async def test_load_that_nobody_waits_for_any_more_comes_to_its_end(slow: EngineConfig) -> None:
    async with watching(slow) as (supervisor, _):
        only = await began(supervisor.engine())
        only.cancel()
        await asyncio.wait({only})
        go_on(slow)
        await until(lambda: supervisor.status.state == "ready")


async def test_unload_ends_a_load_at_once_and_says_so_to_who_waits(slow: EngineConfig) -> None:
    async with watching(slow) as (supervisor, _):
        waiting = await began(supervisor.engine())
        status = await asyncio.wait_for(supervisor.unload(), 2)
        assert (status.state, status.message) == ("unloaded", "")
        assert children() == []
        with pytest.raises(EngineUnavailable, match="Loading the model was stopped"):
            await waiting


async def test_switch_ends_a_load_and_who_waited_gets_the_new_model(slow: EngineConfig, config: EngineConfig) -> None:
    async with watching(slow) as (supervisor, _):
        waiting = await began(supervisor.engine())
        await asyncio.wait_for(supervisor.configure(config), 2)
        assert await ask(await waiting, "anything") == "hello"
        assert len(children()) == 1
        assert supervisor.status.state == "ready"


async def test_server_that_ends_while_the_model_loads_does_not_wait_for_it(slow: EngineConfig) -> None:
    async with watching(slow) as (supervisor, _):
        waiting = await began(supervisor.engine())
        await asyncio.wait_for(supervisor.aclose(), 2)
        assert children() == []
        with pytest.raises(EngineUnavailable):
            await waiting
        with pytest.raises(EngineUnavailable, match="about to end"):
            await supervisor.engine()


async def test_load_that_fails_for_a_reason_of_the_disk_is_told_and_leaves_loading(
    config: EngineConfig, tmp_path: Path
) -> None:
    gone = replace(config, script=tmp_path / "gone.json", share=True, runtime_folder=tmp_path)

    async with watching(gone) as (supervisor, _):
        with pytest.raises(EngineUnavailable, match=r"could not be started: .*gone\.json"):
            await supervisor.engine()
        assert supervisor.status.state == "crashed"
        assert "gone.json" in supervisor.status.message


async def test_graphics_card_is_asked_off_the_event_loop(config: EngineConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = fit.machine, []

    def machine() -> fit.Machine:
        asked.append(threading.current_thread())
        return real()

    monkeypatch.setattr(fit, "machine", machine)

    async with watching(config) as (supervisor, _):
        await supervisor.switch("Qwen2.5-Coder-0.5B-Instruct", context_tokens=2048)
        assert asked
        assert threading.main_thread() not in asked


async def test_child_that_dies_before_it_is_published_is_explained_and_leaves_nothing(
    config: EngineConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sharing.Registry.publish

    def publish(self: sharing.Registry, *arguments: Any, pid: int, **options: Any) -> sharing.Shared:
        os.kill(pid, signal.SIGKILL)
        while psutil.pid_exists(pid):
            time.sleep(0.01)
        return real(self, *arguments, pid=pid, **options)

    monkeypatch.setattr(sharing.Registry, "publish", publish)

    async with watching(replace(config, share=True, runtime_folder=tmp_path / "runtime")) as (supervisor, _):
        with pytest.raises(EngineUnavailable, match="The engine was killed"):
            await supervisor.engine()
        assert supervisor.status.state == "crashed"


async def test_engine_that_died_while_idle_costs_no_answer_and_no_count(config: EngineConfig) -> None:
    async with watching(config) as (supervisor, heard):
        engine = await supervisor.engine()
        for _ in range(2):
            os.kill(children()[0], signal.SIGKILL)
            assert await ask(engine, "anything") == "hello"
        os.kill(children()[0], signal.SIGKILL)
        assert await engine.count_tokens("one two") == 3
        states = [status.state for status in heard]
        assert states.count("loading") >= 3
        assert supervisor.status.state == "ready"


async def test_engine_that_dies_before_the_first_word_is_asked_once_more(config: EngineConfig) -> None:
    async with watching(config) as (supervisor, _):
        engine, text, killed = await supervisor.engine(), "", False
        request = GenerationRequest("slow prefill " * 60, report_prefill=True)
        async for item in engine.generate(request):
            if isinstance(item, Delta) and item.read and not killed:
                killed = True
                os.kill(children()[0], signal.SIGKILL)
            text += item.text if isinstance(item, Delta) else ""
        assert killed
        assert text == "read it all"


async def test_prompt_that_kills_the_engine_twice_ends_in_one_sentence(config: EngineConfig) -> None:
    async with watching(config) as (supervisor, heard):
        engine = await supervisor.engine()
        with pytest.raises(EngineUnavailable, match="exit code 9"):
            await ask(engine, "dies at once")
        assert [status.state for status in heard].count("ready") == 2


async def test_engine_that_was_unloaded_on_purpose_is_not_started_for_an_old_question(config: EngineConfig) -> None:
    async with watching(config) as (supervisor, _):
        engine = await supervisor.engine()
        stream = engine.generate(GenerationRequest("slowly"))
        await anext(stream)
        await supervisor.unload()
        with pytest.raises(EngineUnavailable, match="The model was unloaded"):
            await rest(stream)
        with pytest.raises(EngineUnavailable, match="The model was unloaded"):
            await ask(engine, "anything")
        assert supervisor.status.state == "unloaded"


async def test_engine_is_not_unloaded_while_tokens_are_counted(config: EngineConfig) -> None:
    async with watching(replace(config, idle_minutes=0.3 / 60)) as (supervisor, _):
        engine = await supervisor.engine()
        (pid,) = children()
        os.kill(pid, signal.SIGSTOP)
        counting = asyncio.create_task(engine.count_tokens("one two"))
        await asyncio.sleep(1)
        os.kill(pid, signal.SIGCONT)
        assert await counting == 3
        assert children() == [pid]
