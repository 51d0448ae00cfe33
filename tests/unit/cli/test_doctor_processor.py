"""`jupyter qwen doctor` says what of the processor lies idle, and the one command that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_qwen.cli import doctor
from jupyter_qwen.engine.builds.server_facts import LlamaServer
from jupyter_qwen.engine.config import EngineConfig

HAS = ("AVX2", "AVX512", "AVX512_VNNI", "AMX_INT8")


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[LlamaServer]:
    """What is found beside the wheel, nothing at first, on a processor with AMX."""
    here: list[LlamaServer] = []
    monkeypatch.setattr(doctor, "features", lambda: HAS)
    monkeypatch.setattr(doctor, "wheel_instructions", lambda: ("SSE3", "AVX2", "FMA"))
    monkeypatch.setattr(doctor, "found", lambda: tuple(here))
    return here


def checks(config: EngineConfig | None = None) -> dict[str, doctor.Check]:
    return {check.name: check for check in doctor._processor(config or EngineConfig(llama_server="auto"))}


@pytest.mark.usefixtures("servers")
def test_what_the_wheel_leaves_idle_is_named_with_the_command_that_mends_it() -> None:
    told = checks()["wheel's llama.cpp"]
    assert (told.ok, told.needed, told.mend) == (False, False, "jupyter qwen engine build")
    assert told.found == "uses AVX2; AVX-512, VNNI, AMX lie idle"


def test_llama_server_that_uses_more_mends_it(servers: list[LlamaServer]) -> None:
    servers.append(LlamaServer(Path("/x"), "on PATH", "b1", instructions=("AVX2", "AVX512", "AVX512_VNNI")))
    told = checks()
    assert told["wheel's llama.cpp"].ok
    assert told["llama-server"].found == "llama-server b1 (on PATH): uses AVX2, AVX-512, VNNI; AMX lie idle"


@pytest.mark.usefixtures("servers")
def test_who_wants_the_wheel_alone_is_not_told_to_build() -> None:
    assert checks(EngineConfig(llama_server="none"))["wheel's llama.cpp"].ok
