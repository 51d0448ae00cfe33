"""Locked settings hold on the server, whatever a user's own front end, magic or script asks for."""

from __future__ import annotations

from typing import Any

import pytest

SECRET = "Zanzibar-7"


@pytest.fixture
def locked() -> dict[str, Any]:
    return {"privacy": "types", "sendCells": False, "inlineCompletion": False, "prepareWhileIdle": False}


@pytest.fixture
def traits() -> dict[str, Any]:
    return {}


@pytest.fixture
def jp_server_config(
    jp_server_config: dict[str, Any], locked: dict[str, Any], traits: dict[str, Any]
) -> dict[str, Any]:
    jp_server_config["QwenExtension"].update(default_settings=locked, locked_settings=sorted(locked), **traits)
    return jp_server_config


def completion(**fields: Any) -> dict[str, Any]:
    return {"prefix": "total = ", "suffix": "", "language": "python", "path": "a.ipynb", "by_key": True, **fields}


@pytest.mark.parametrize(
    ("locked", "traits"), [({"privacy": "types"}, {}), ({}, {"max_privacy": "types"})], ids=["a setting", "a trait"]
)
@pytest.mark.parametrize("wanted", [None, "samples"])
async def test_a_locked_level_bounds_tables_and_errors(api: Any, question: Any, wanted: str | None) -> None:
    cell = {
        "id": "c1", "type": "code", "source": "load(name)",
        "error": {"name": "KeyError", "message": f"'{SECRET}'", "traceback": f"KeyError: '{SECRET}'"},
    }  # fmt: skip
    body = question("why", mode="fix", privacy=wanted, cells=[cell])
    body["schema"]["tables"][0]["rows"] = [[1, SECRET, "1.00"]]
    body["schema"]["tables"][0]["columns"][0]["values"] = [SECRET]
    prompt = (await api("context", body))["prompt"]
    assert SECRET not in prompt
    assert "load(name)" in prompt  # /fix is about this cell
    assert (await api("status"))["max_privacy"] == "types"


async def test_cells_that_may_not_be_sent_are_not(api: Any, question: Any) -> None:
    body = question("what does it do", mode="chat", cells=[{"id": "c1", "type": "code", "source": SECRET}])
    prompt = (await api("context", body))["prompt"]
    assert SECRET not in prompt


async def test_completion_that_is_off_stays_off(ask_events: Any) -> None:
    for fields in ({}, {"by_key": False}, {"warm": True}):
        (event,) = await ask_events("complete", completion(**fields))
        assert (event["text"], event["done"], event["reason"]) == ("", True, "off")


async def test_nothing_is_prepared_where_that_is_locked(api: Any, question: Any) -> None:
    body = question("?")
    answer = await api("warm", body)
    assert answer == {"started": False, "state": "off"}


@pytest.mark.parametrize("locked", [{"inlineCompletionManualOnly": True, "inlineCompletionDisabledLanguages": ["sql"]}])
async def test_completion_by_key_alone(ask_events: Any) -> None:
    assert (await ask_events("complete", completion(by_key=False)))[-1]["reason"] == "by-key"
    assert (await ask_events("complete", completion(language="sql")))[-1]["reason"] == "off"
    assert (await ask_events("complete", completion()))[-1]["reason"] not in ("off", "by-key")
