"""The life of an engine: load, death, restart, idleness, missing and damaged weights. Scripted and real children."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from endpoints import RULES, Endpoint, real_model
from watched import Watched, rest, until, watching

from jupyter_qwen.engine.base import Delta, Engine, EngineUnavailable, Finished, GenerationRequest
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_process import ChildProcess
from jupyter_qwen.engine.process.supervised import SupervisedEngine

COUNTING = "count: 1, 2, 3, 4, 5, 6,"
KINDS = [
    pytest.param("scripted", id="scripted"),
    pytest.param("transformers", id="transformers"),
    pytest.param("llama", id="llama", marks=pytest.mark.model),
]


@pytest.fixture
def config(tmp_path: Path, request: pytest.FixtureRequest) -> EngineConfig:
    kind = getattr(request, "param", "scripted")
    script = tmp_path / "script.json"
    script.write_text(json.dumps(RULES))
    if kind == "llama":
        real_model()
    model = str(request.getfixturevalue("taught_weights")) if kind == "transformers" else None
    return EngineConfig(engine=kind, model=model, script=script, context_tokens=2048, log_folder=tmp_path / "log")


async def ask(engine: Engine, prompt: str = COUNTING, **options: Any) -> str:
    items = [item async for item in engine.generate(GenerationRequest(prompt, **{"max_new_tokens": 12, **options}))]
    assert isinstance(items[-1], Finished)
    return "".join(item.text for item in items if isinstance(item, Delta))


def child_of(watched: Watched) -> psutil.Process:
    return psutil.Process(own_child(watched).pid)


def own_child(watched: Watched) -> ChildProcess:
    running = watched.supervisor.running
    assert running is not None
    assert isinstance(running.child, ChildProcess)
    return running.child


@pytest.mark.parametrize("config", KINDS, indirect=True)
async def test_engine_killed_in_mid_answer_says_so_and_the_next_question_works(config: EngineConfig) -> None:
    async with watching(config) as watched:
        engine = await watched.supervisor.engine()
        stream = engine.generate(GenerationRequest(COUNTING, max_new_tokens=300))
        await anext(stream)
        os.kill(child_of(watched).pid, signal.SIGKILL)
        with pytest.raises(
            EngineUnavailable, match="killed, most likely because the machine ran out of memory"
        ) as death:
            await rest(stream)
        assert death.value.hint.startswith("Ask again")
        assert watched.supervisor.status.state == "crashed"
        assert "killed" in watched.supervisor.status.message
        assert (await ask(await watched.supervisor.engine())).startswith(" 7, 8")
        assert watched.supervisor.status.state == "ready"
        assert watched.supervisor.status.message == ""


async def test_engine_killed_while_nobody_asks_is_noticed_and_started_anew(config: EngineConfig) -> None:
    async with watching(config) as watched:
        await watched.supervisor.engine()
        child_of(watched).kill()
        await until(lambda: watched.supervisor.status.state == "crashed")
        await ask(await watched.supervisor.engine())
        assert watched.states.count("ready") >= 2


async def test_many_first_questions_load_one_engine(config: EngineConfig) -> None:
    async with watching(config) as watched:
        engines = await asyncio.gather(*(watched.supervisor.engine() for _ in range(20)))
        assert len({id(engine) for engine in engines}) == 1
        assert watched.states.count("ready") == 1


async def test_idle_engine_is_unloaded_and_its_process_gone(config: EngineConfig) -> None:
    async with watching(replace(config, idle_minutes=0.2 / 60)) as watched:
        engine = await watched.supervisor.engine()
        process = child_of(watched)
        await ask(engine)
        await until(lambda: watched.supervisor.status.state == "unloaded")
        assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
        assert watched.supervisor.status.memory_bytes is None
        assert await ask(await watched.supervisor.engine())


async def test_engine_is_not_unloaded_while_it_answers(config: EngineConfig) -> None:
    async with watching(replace(config, idle_minutes=0.1 / 60)) as watched:
        engine = await watched.supervisor.engine()
        text = await ask(engine, max_new_tokens=90)  # about 0.7 s at 8 ms a token, several idle limits
        assert text.startswith(" 7, 8")


@pytest.mark.parametrize("config", KINDS, indirect=True)
async def test_key_is_in_no_argument_no_environment_and_no_log(config: EngineConfig, tmp_path: Path) -> None:
    async with watching(config) as watched:
        engine = await watched.supervisor.engine()
        await ask(engine, "a very secret question about count: 1, 2, 3, 4, 5, 6,")
        key = own_child(watched).key
        process = child_of(watched)
        assert len(key) >= 32
        assert key not in " ".join(process.cmdline())
        assert key not in json.dumps(process.environ())
        logs = "".join(path.read_text(errors="replace") for path in (tmp_path / "log").iterdir())
        assert key not in logs
        assert "secret question" not in logs
        assert key not in repr(watched.supervisor.status)


def lets_in(headers: httpx.Headers, origin: str) -> bool:
    """Whether a browser lets a page of `origin` read the answer: the header must be a star or the very origin; llama.cpp
    sends an empty one, which no origin equals. https://fetch.spec.whatwg.org/#concept-cors-check
    """
    allowed = headers.get("access-control-allow-origin")
    return allowed is not None and (allowed.strip() in ("*", "null") or origin in allowed)


@pytest.mark.parametrize("config", KINDS, indirect=True)
async def test_child_listens_on_loopback_only_and_refuses_strangers_and_web_pages(config: EngineConfig) -> None:
    async with watching(config) as watched:
        engine = await watched.supervisor.engine()
        assert isinstance(engine, SupervisedEngine)
        listening = [c for c in child_of(watched).net_connections("inet") if c.status == psutil.CONN_LISTEN]
        assert [connection.laddr.ip for connection in listening] == ["127.0.0.1"]
        page = {"Origin": "https://evil.example"}
        root = engine.http.root
        async with httpx.AsyncClient(timeout=10) as stranger:
            for path in ("/v1/models", "/slots", "/metrics", "/props"):
                assert (await stranger.get(root + path, headers=page)).status_code in (401, 403), path
            for path in ("/v1/completions", "/v1/chat/completions", "/completion", "/infill", "/tokenize"):
                answer = await stranger.post(root + path, json={"prompt": "x"}, headers=page)
                assert answer.status_code in (401, 403, 404), path
                assert not lets_in(answer.headers, page["Origin"])
            keyed = page | {"Authorization": f"Bearer {own_child(watched).key}"}
            answer = await stranger.get(root + "/v1/models", headers=keyed)
            assert answer.status_code == 200
            assert not lets_in(answer.headers, page["Origin"])
            asked = page | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
            answer = await stranger.options(root + "/v1/completions", headers=asked)
            assert not lets_in(answer.headers, page["Origin"])


def test_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = textwrap.dedent(
        f"""
        import asyncio
        from jupyter_qwen.engine.config import EngineConfig
        from jupyter_qwen.engine.process.supervisor import Supervisor

        async def main():
            supervisor = Supervisor(EngineConfig(engine="scripted", log_folder={str(tmp_path)!r}))
            await supervisor.engine()
            print(supervisor.running.child.pid, flush=True)
            await asyncio.sleep(60)

        asyncio.run(main())
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    child.wait(timeout=5)


async def test_switching_settings_while_running_ends_the_old_child(config: EngineConfig, tmp_path: Path) -> None:
    async with watching(config) as watched:
        await watched.supervisor.engine()
        old = child_of(watched)
        other = tmp_path / "other.json"
        other.write_text(json.dumps([{"reply": "the other script"}]))
        status = await watched.supervisor.configure(replace(config, script=other))
        assert status.state == "unloaded"
        assert not old.is_running()
        assert await ask(await watched.supervisor.engine(), "hello") == "the other script"


@pytest.mark.parametrize(("questions", "at_once"), [(2, 2), (None, 5)])
async def test_questions_of_one_server_to_a_shared_endpoint_are_bounded(
    scripted: Endpoint, questions: int | None, at_once: int
) -> None:
    config = EngineConfig(
        engine="openai", openai_base_url=scripted.url, openai_key=scripted.key, openai_questions=questions
    )
    async with watching(config) as watched:
        engine = await watched.supervisor.engine()
        asked = asyncio.gather(*(ask(engine, max_new_tokens=150) for _ in range(5)))
        most = 0
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {scripted.key}"}) as client:
            while not asked.done():
                most = max(most, (await client.get(scripted.url + "/metrics")).json()["running"])
        assert len(await asked) == 5
        assert most == at_once
