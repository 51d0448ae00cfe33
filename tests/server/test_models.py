"""Models from the panel's side: the list, switching, what is refused and how, licences, an administrator's lock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.models.machine import Machine
from jupyter_qwen.server.app import STATUS_SCHEMA

SMALL = "Qwen/Qwen2.5-Coder-0.5B-Instruct"
SMALL_FILE = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
WITHOUT_FIM = "Qwen/Qwen2-1.5B-Instruct"


@pytest.fixture
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one small model; no Hugging Face cache and no Hub."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / SMALL_FILE).write_bytes(b"GGUF, as far as a script is concerned")
    return folder


@pytest.fixture
def jp_server_config(
    jp_server_config: dict[str, Any], models_folder: Path, request: pytest.FixtureRequest
) -> dict[str, Any]:
    jp_server_config["QwenExtension"]["models_folder"] = str(models_folder)
    jp_server_config["QwenExtension"].update(getattr(request, "param", {}))
    return jp_server_config


@pytest.fixture
def post(api: Any) -> Callable[..., Any]:
    async def send(route: str, **body: Any) -> Any:
        return await api(route, body)

    return send


@pytest.fixture
def until(api: Any) -> Callable[..., Any]:
    async def wait(state: str) -> dict[str, Any]:
        for _ in range(400):
            status: dict[str, Any] = await api("status")
            if status["state"] == state:
                return status
            await asyncio.sleep(0.02)
        raise AssertionError(f"never {state}: {status}")

    return wait


async def test_every_model_says_whether_it_fits_here_and_why(api: Any) -> None:
    rows = {row["id"]: row for row in (await api("models"))["models"]}
    small = rows[SMALL]
    assert (small["on_disk"], small["fits"], small["fim"], small["current"]) == (True, True, True, False)
    assert "GB of memory are available" in small["fits_reason"]
    assert "llama" in small["engines"]
    assert not rows["Qwen/Qwen2.5-Coder-7B-Instruct"]["on_disk"]
    assert rows["Qwen/Qwen2.5-Coder-7B-Instruct"]["max_context"] == 131_072
    assert rows["Qwen/Qwen2.5-Coder-7B-Instruct"]["licence"] == "Apache-2.0"
    assert "fill in the middle" in rows[WITHOUT_FIM]["fim_reason"]
    assert "not for commercial use" in rows["Qwen/Qwen2.5-Coder-3B-Instruct"]["notice"]


async def test_switched_model_loads_and_is_the_current_one(post: Any, until: Any, api: Any) -> None:
    status = await post("engine/switch", model="qwen2.5-coder-0.5b-instruct", context_tokens=4096)
    assert status["model"]["id"] == SMALL
    assert status["context_tokens"] == 4096
    ready = await until("ready")
    assert ready["model"]["label"] == "Qwen2.5-Coder 0.5B Instruct"
    assert ready["kv_bytes"] > 0
    assert ready["switchable"] is True
    rows = (await api("models"))["models"]
    assert [row["id"] for row in rows if row["current"]] == [SMALL]


async def test_conversation_goes_on_with_the_model_switched_to(
    post: Any, until: Any, ask_events: Any, question: Any
) -> None:
    await ask_events("ask", question("how many orders"))
    await post("engine/switch", model=SMALL)
    assert (await ask_events("ask", question("how many orders")))[-1]["type"] == "answer"
    assert (await until("ready"))["model"]["id"] == SMALL


async def test_model_that_is_not_here_is_absent_with_size_source_and_licence(post: Any) -> None:
    status = await post("engine/switch", model="Qwen2.5-Coder-7B-Instruct", context_tokens=2048)
    assert status["state"] == "absent"
    for words in ("Qwen2.5-Coder 7B Instruct", "GB from Qwen/Qwen2.5-Coder-7B-Instruct-GGUF", "Apache-2.0"):
        assert words in status["message"]
    assert "model pull Qwen2.5-Coder-7B-Instruct" in status["hint"]


async def test_model_without_fill_in_the_middle_says_why_it_does_not_complete(post: Any, models_folder: Path) -> None:
    (models_folder / "qwen2-1_5b-instruct-q4_k_m.gguf").write_bytes(b"GGUF")
    status = await post("engine/switch", model=WITHOUT_FIM)
    assert status["inline_completion"] is False
    assert "Qwen2 1.5B Instruct was not trained to fill in the middle" in status["inline_completion_reason"]


async def test_unknown_model_is_refused_with_near_names_and_nothing_changes(
    post: Any, refusal: Any, until: Any, ask_events: Any, question: Any
) -> None:
    await post("engine/switch", model=SMALL)
    await until("ready")
    code, body = await refusal(post("engine/switch", model="Qwen2.5-Codr-7B-Instruct"))
    assert code == 400
    assert "Qwen2.5-Coder-7B-Instruct" in body["message"]
    assert (await until("ready"))["model"]["id"] == SMALL


async def test_model_that_does_not_fit_is_refused_and_one_that_fits_is_named(
    post: Any, refusal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_qwen.models.fit.machine", lambda: Machine(4, 8 * 2**30, 6 * 2**30))
    code, body = await refusal(post("engine/switch", model="Qwen2.5-Coder-32B-Instruct"))
    assert (code, body["code"]) == (409, "does-not-fit")
    assert "GB of memory are available" in body["message"]
    assert "would fit" in body["hint"]


@pytest.mark.parametrize("body", [{}, {"model": ""}, {"model": 3}, {"model": SMALL, "engine": "openai"},
                                  {"model": SMALL, "context_tokens": -1}])  # fmt: skip
async def test_request_that_makes_no_sense_is_refused_in_a_sentence(
    post: Any, refusal: Any, body: dict[str, Any]
) -> None:
    code, answer = await refusal(post("engine/switch", **body))
    assert code == 400
    assert answer["message"].endswith(".")


@pytest.mark.parametrize("jp_server_config", [{"allow_model_switch": False}], indirect=True)
async def test_administrators_lock_is_stated_and_holds_for_downloads_too(post: Any, api: Any, refusal: Any) -> None:
    assert (await api("status"))["switchable"] is False
    await post("engine/unload")  # the lock holds while no model is loaded, too
    code, body = await refusal(post("models/pull", model=SMALL))
    assert (code, body["code"]) == (403, "locked")
    code, body = await refusal(post("engine/switch", model=SMALL))
    assert (code, body["code"]) == (403, "locked")
    assert "administrator" in body["message"]
    assert "allow_model_switch" in body["hint"]


async def test_licence_that_is_not_free_is_shown_before_anything_is_fetched(
    post: Any, refusal: Any, until: Any
) -> None:
    code, body = await refusal(post("models/pull", model="Qwen2.5-Coder-3B-Instruct"))
    assert (code, body["code"]) == (400, "licence")
    assert "not for commercial use" in body["hint"]
    await post("engine/switch", model=SMALL)
    await until("ready")
    status = await post("models/pull", model="Qwen2.5-Coder-3B-Instruct", accept_licence=True)
    assert status["pulling"] == {"id": "Qwen/Qwen2.5-Coder-3B-Instruct", "label": "Qwen2.5-Coder 3B Instruct"}
    assert status["state"] == "ready", "a download of another model does not stop the one that answers"


async def test_every_step_of_a_switch_is_an_event_that_its_schema_allows(
    post: Any, until: Any, jp_serverapp: Any
) -> None:
    heard: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data)

    await until("ready")  # the server's first status registers the schema and loads the script
    jp_serverapp.event_logger.add_listener(schema_id=STATUS_SCHEMA, listener=listen)
    await post("engine/switch", model=SMALL)
    await until("ready")
    await asyncio.sleep(0.05)  # listeners are called in tasks of their own
    states = [status["state"] for status in heard]
    assert states.index("unloaded") < states.index("loading") < states.index("ready")
    last = heard[-1]
    assert last["model"]["id"] == SMALL
    assert {"dtype", "threads", "kv_bytes", "sharing", "switchable", "reason", "context_tokens"} <= set(last)
