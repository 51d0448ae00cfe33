"""Real child processes for the contract suite, one of each kind for the whole session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoints import RULES, Endpoint, child_endpoint, own_server, real_model

from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.models.store import ModelStore


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "script.json"
    path.write_text(json.dumps(RULES))
    return path


@pytest.fixture(scope="session")
def scripted(script: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    endpoint, child = child_endpoint(
        "scripted", {"script": str(script), "context_tokens": 2048}, tmp_path_factory.mktemp("log")
    )
    yield endpoint
    child.kill()


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    choice = EngineChoice("llama", "", context_tokens=2048, threads=2)
    settings = child_settings(choice, EngineConfig(), real_model())
    endpoint, child = child_endpoint("llama", settings, tmp_path_factory.mktemp("log"))
    yield endpoint
    child.kill()


@pytest.fixture(scope="session")
def llama_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A llama-server that is not the wheel's, started as the product starts it."""
    config = EngineConfig(slot_folder=tmp_path_factory.mktemp("slots"))
    choice = EngineChoice("llama", "", context_tokens=2048, threads=2, server=own_server())
    settings = child_settings(choice, config, real_model())
    endpoint, child = child_endpoint("llama_server", settings, tmp_path_factory.mktemp("log"))
    yield endpoint
    child.kill()


@pytest.fixture(scope="session")
def taught_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of Qwen2's architecture that has learnt the suite's answers in a process of its own: torch stays out of here."""
    folder = tmp_path_factory.mktemp("weights") / "taught"
    subprocess.run([sys.executable, str(Path(__file__).with_name("tiny_weights.py")), str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def transformers(taught_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    settings = {"model": str(taught_weights), "context_tokens": 16384, "pool_tokens": 32768, "threads": 1}
    endpoint, child = child_endpoint("transformers", settings, tmp_path_factory.mktemp("log"))
    yield endpoint
    child.kill()


@pytest.fixture(scope="session")
def safetensors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The default model through the transformers engine: what a decode step of 150 ms does to the same promises."""
    folder = ModelStore().folder / "qwen2.5-coder-1.5b-instruct"
    if not any(folder.glob("*.safetensors")):
        pytest.skip("the default model is not here as safetensors: jupyter qwen model pull --format safetensors")
    settings = {"model": str(folder), "context_tokens": 2048, "pool_tokens": 3072, "threads": 2}
    endpoint, child = child_endpoint("transformers", settings, tmp_path_factory.mktemp("log"))
    endpoint.kind = "safetensors"
    yield endpoint
    child.kill()


@pytest.fixture(scope="session")
def openai(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """Somebody else's llama.cpp server: started without any of our code, with settings that are not ours."""
    log = tmp_path_factory.mktemp("log") / "independent.log"
    script = Path(__file__).with_name("independent_server.py")
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, str(script), str(real_model())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sink, env={**os.environ, "INDEPENDENT_KEY": "sk-independent"},
        )  # fmt: skip
    assert process.stdout is not None
    url = process.stdout.readline().decode().strip()
    assert url.startswith("http://"), log.read_text()
    yield Endpoint("openai", url + "/v1", "sk-independent", process.pid, log)
    process.kill()
    process.wait()


@pytest.fixture(scope="session")
def yours(tmp_path_factory: pytest.TempPathFactory) -> Endpoint:
    """One that runs already and is named in the environment: vLLM is too large to be installed with the tests."""
    url = os.environ.get("QWEN_TEST_ENDPOINT")
    if not url:
        pytest.skip("QWEN_TEST_ENDPOINT names no endpoint, and QWEN_TEST_ENDPOINT_KEY no key")
    log = tmp_path_factory.mktemp("log") / "none.log"
    log.touch()
    return Endpoint("yours", url.rstrip("/"), os.environ.get("QWEN_TEST_ENDPOINT_KEY", ""), 0, log)


ENGINES = [
    pytest.param("scripted", id="scripted"),
    pytest.param("transformers", id="transformers"),
    pytest.param("safetensors", id="safetensors", marks=[pytest.mark.model, pytest.mark.slow]),
    pytest.param("llama", id="llama", marks=pytest.mark.model),
    pytest.param("llama_server", id="llama_server", marks=pytest.mark.model),
    pytest.param("openai", id="openai", marks=pytest.mark.model),
    pytest.param("yours", id="yours", marks=pytest.mark.slow),
]


@pytest.fixture(params=ENGINES)
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]
