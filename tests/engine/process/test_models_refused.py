"""What a user reads of a model that is missing, damaged, unknown, too large or none at all, and how one gets here."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from endpoints import real_model
from watched import watching

from jupyter_qwen.engine.base import EngineRefused, EngineUnavailable
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.models.catalog import DEFAULT_GGUF
from jupyter_qwen.models.machine import Machine
from jupyter_qwen.models.store import ModelStore


async def test_missing_model_is_named_with_the_command_that_fetches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))

    async with watching(
        EngineConfig(engine="llama", models_folder=tmp_path / "models", context_tokens=2048)
    ) as watched:
        with pytest.raises(EngineUnavailable, match=r"Qwen2\.5-Coder 1\.5B Instruct is not on this machine") as error:
            await watched.supervisor.engine()
        assert "jupyter qwen model pull" in error.value.hint
        assert watched.supervisor.status.state == "absent"
        assert (await watched.supervisor.refresh()).state == "absent"


async def test_damaged_model_file_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    file = tmp_path / DEFAULT_GGUF.name
    with file.open("wb") as sparse:
        sparse.truncate(DEFAULT_GGUF.bytes or 0)

    async with watching(EngineConfig(engine="llama", models_folder=tmp_path, context_tokens=2048)) as watched:
        with pytest.raises(EngineUnavailable, match="damaged") as error:
            await watched.supervisor.engine()
        assert "pull --force" in error.value.hint
        assert watched.supervisor.status.state == "absent"
        assert watched.supervisor.status.model_file == str(file)


async def test_file_that_is_no_model_fails_in_the_child_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "mine.gguf"
    file.write_bytes(b"not a model at all" * 1000)

    async with watching(
        EngineConfig(engine="llama", model=str(file), context_tokens=2048, log_folder=tmp_path)
    ) as watched:
        with pytest.raises(EngineUnavailable, match=r"could not start|exit code|crashed"):
            await watched.supervisor.engine()
        assert watched.supervisor.status.state == "crashed"


async def test_unknown_model_names_near_ones(tmp_path: Path) -> None:
    async with watching(EngineConfig(engine="llama", model="Qwen2.5-Koder-7B", models_folder=tmp_path)) as watched:
        with pytest.raises(EngineRefused, match=r"Qwen2\.5-Coder-7B"):
            await watched.supervisor.engine()


async def test_model_too_large_for_the_machine_is_refused_and_a_smaller_one_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_qwen.models.fit.machine", lambda: Machine(4, 8 * 2**30, 6 * 2**30))

    huge = EngineConfig(engine="llama", model="Qwen2.5-Coder-32B-Instruct", models_folder=tmp_path)
    async with watching(huge) as watched:
        with pytest.raises(EngineUnavailable, match=r"needs .* GB") as error:
            await watched.supervisor.engine()
        assert "would fit" in error.value.hint


async def test_script_that_is_no_script_is_refused_at_the_start(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('[{"match": "x", "replies": 3}]')

    async with watching(EngineConfig(engine="scripted", script=script, log_folder=tmp_path)) as watched:
        with pytest.raises(EngineUnavailable, match="unknown fields: replies"):
            await watched.supervisor.engine()


@pytest.mark.model
async def test_finished_download_loads_the_model_and_a_damaged_file_is_mended(tmp_path: Path) -> None:
    """With a source of ours that has the real file; the state goes through downloading, checking and loading to ready."""
    weights = real_model()

    class Here:
        name = "a disk in this test"

        def append(self, fetch: Any) -> None:
            shutil.copyfile(weights, fetch.partial)
            fetch.on_bytes(fetch.file.bytes, fetch.file.bytes)

    (tmp_path / DEFAULT_GGUF.name).write_bytes(b"damaged")

    store = ModelStore(tmp_path, sources=[Here()])
    async with watching(
        EngineConfig(engine="llama", models_folder=tmp_path, context_tokens=2048), store=store
    ) as watched:
        status = await watched.supervisor.load()
        assert status.state == "absent"
        status = await watched.supervisor.pull_model()
        assert status.state == "ready", status
        assert watched.states.index("downloading") < watched.states.index("ready")
