"""Downloads beside a running engine: what the status says, stopping, failing, and the model that comes by itself afterwards."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from watched import Watched, until, watching

from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.models import catalog
from jupyter_qwen.models.catalog import find
from jupyter_qwen.models.errors import SourceUnavailable
from jupyter_qwen.models.sources import Fetch
from jupyter_qwen.models.store import ModelStore

ONE = "Qwen2.5-Coder-0.5B-Instruct"
OTHER = "CodeQwen1.5-7B-Chat"  # no digest of ours, so that any bytes will do


class Tap:
    """A source that gives a piece whenever the test lets it."""

    name = "a tap"

    def __init__(self) -> None:
        self.open = threading.Semaphore(0)
        self.broken = False
        self.ended = threading.Event()

    def append(self, fetch: Fetch) -> str | None:
        try:
            self._pour(fetch)
        finally:
            self.ended.set()

    def _pour(self, fetch: Fetch) -> None:
        with fetch.partial.open("ab") as out:
            while fetch.partial.stat().st_size < 1000:
                while not self.open.acquire(timeout=0.05):
                    fetch.check_cancelled()
                if self.broken:
                    raise SourceUnavailable("the line broke")
                out.write(b"x" * 100)
                out.flush()
                fetch.on_bytes(fetch.partial.stat().st_size, 1000)


@pytest.fixture
def tap() -> Tap:
    return Tap()


Running = Callable[..., AbstractAsyncContextManager[Watched]]


@pytest.fixture
def running(tmp_path: Path, tap: Tap, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A supervisor of the scripted engine, for which a file named like the model is model enough."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"match": "", "reply": "hello"}]))
    entry = find(ONE)
    assert entry.gguf is not None
    (tmp_path / entry.gguf.name).write_bytes(b"GGUF")
    # the other one's gigabytes are not what this test moves about
    monkeypatch.setattr("jupyter_qwen.models.store.check_space", lambda *_: None)

    def go(model: str = ONE) -> AbstractAsyncContextManager[Watched]:
        config = EngineConfig(
            engine="scripted",
            script=script,
            model=model,
            context_tokens=2048,
            models_folder=tmp_path,
            log_folder=tmp_path,
        )
        return watching(config, store=ModelStore(tmp_path, sources=[tap]))

    return go


async def test_engine_answers_on_while_another_model_is_fetched(running: Running, tap: Tap) -> None:
    async with running() as (supervisor, _):
        await supervisor.load()
        pulling = asyncio.create_task(supervisor.pull_model(OTHER))
        tap.open.release(3)
        await until(lambda: supervisor.status.progress and supervisor.status.progress.done_bytes >= 100)
        status = supervisor.status
        assert status.state == "ready"
        assert status.pulling == find(OTHER)
        assert status.model == find(ONE)
        engine = await supervisor.engine()
        assert await engine.count_tokens("one two") > 0
        supervisor.cancel_pull()
        await pulling
        assert (supervisor.status.state, supervisor.status.pulling, supervisor.status.progress) == ("ready", None, None)
        assert supervisor.status.message == "The download was stopped."


async def test_switch_to_a_model_that_is_on_its_way_shows_its_download(running: Running, tap: Tap) -> None:
    async with running() as (supervisor, _):
        await supervisor.load()
        pulling = asyncio.create_task(supervisor.pull_model(OTHER))
        tap.open.release(1)
        await until(lambda: supervisor.status.pulling is not None)
        status = await supervisor.switch(OTHER, context_tokens=2048)
        assert status.state == "downloading"
        assert status.model == find(OTHER)
        status = await supervisor.switch(ONE)
        assert status.state == "unloaded"
        await supervisor.load()
        assert supervisor.status.state == "ready"
        assert supervisor.status.pulling == find(OTHER)
        supervisor.cancel_pull()
        await pulling


async def test_download_that_fails_says_why_and_the_engine_stays(running: Running, tap: Tap) -> None:
    async with running() as (supervisor, _):
        await supervisor.load()
        tap.broken = True
        tap.open.release(1)
        status = await supervisor.pull_model(OTHER)
        assert status.state == "ready"
        assert "a tap: the line broke" in status.message
        assert "Copy codeqwen" in status.hint


async def test_server_that_ends_takes_along_the_download_of_a_request_that_is_gone(running: Running, tap: Tap) -> None:
    async with running() as (supervisor, _):
        pulling = asyncio.create_task(supervisor.pull_model(OTHER))
        tap.open.release(1)
        await until(lambda: supervisor.status.progress)
        pulling.cancel()
        await asyncio.wait({pulling})
        await supervisor.aclose()
        assert tap.ended.is_set()


async def test_absent_model_comes_with_progress_and_is_loaded_by_itself(
    running: Running, tap: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = find(OTHER)
    assert entry.gguf is not None
    small = replace(entry, gguf=replace(entry.gguf, bytes=1000))
    monkeypatch.setattr(catalog, "MODELS", tuple(small if row == entry else row for row in catalog.MODELS))

    async with running(OTHER) as (supervisor, heard):
        assert (await supervisor.refresh()).state == "absent"
        tap.open.release(100)
        status = await supervisor.pull_model(OTHER)
        assert status.state == "ready", status
        states = [status.state for status in heard]
        assert states.index("downloading") < states.index("loading") < states.index("ready")
        done = [s.progress.done_bytes for s in heard if s.state == "downloading" and s.progress]
        assert done == sorted(done)
        assert done[-1] == 1000
