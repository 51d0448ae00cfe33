"""One configuration: what the settings editor, the administrator and the magic agree on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.server.settings import BUILT_IN, Administration, user_settings


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    jp_server_config["QwenExtension"].update(
        default_settings={"privacy": "types", "maxCells": 5}, locked_settings=["privacy", "sendCells"]
    )
    return jp_server_config


def _write(folder: Path, text: str) -> None:
    file = folder / "jupyter_qwen" / "plugin.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")


async def test_locked_settings_keep_the_administrators_value_and_others_the_users(api: Any, jp_serverapp: Any) -> None:
    _write(
        Path(jp_serverapp.config_dir) / "lab" / "user-settings",
        '{\n  // by hand\n  "privacy": "samples", "sendCells": false, "maxCells": "many", "cellMetadata": false,\n}',
    )
    found = (await api("settings"))["settings"]
    assert found == {**BUILT_IN, "privacy": "types", "maxCells": 5, "cellMetadata": False}


async def test_the_page_is_told_of_defaults_and_locks(jp_serverapp: Any) -> None:
    told = json.loads(jp_serverapp.web_app.settings["page_config_data"]["qwenSettings"])
    assert told == {"defaults": {"privacy": "types", "maxCells": 5}, "locked": ["privacy", "sendCells"]}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"'])
def test_a_settings_file_that_cannot_be_read_counts_as_empty(tmp_path: Path, text: str) -> None:
    _write(tmp_path, text)
    assert user_settings(tmp_path) == {}


def test_comments_without_jupyterlabs_reader_are_told_and_break_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "json5", None)
    _write(tmp_path, '{\n  // by hand\n  "maxCells": 3}')
    assert user_settings(tmp_path) == {}
    assert "json5 is not installed" in caplog.text


def test_a_settings_file_that_was_changed_is_read_again(tmp_path: Path) -> None:
    assert user_settings(tmp_path) == {}
    _write(tmp_path, '{"maxCells": 3}')
    assert user_settings(tmp_path) == {"maxCells": 3}
    (tmp_path / "jupyter_qwen" / "plugin.jupyterlab-settings").write_text('{"maxCells": 12}', encoding="utf-8")
    assert user_settings(tmp_path) == {"maxCells": 12}


@pytest.mark.parametrize(
    "by_hand", [{"privacy": "everything"}, {"maxCells": 0}, {"maxCells": True}, {"inlineDebounce": 5001}, {"colour": 1}]
)
def test_values_that_the_list_does_not_allow_are_left_out(by_hand: dict[str, Any]) -> None:
    assert Administration().effective(by_hand) == BUILT_IN


@pytest.mark.parametrize(("wanted", "state"), [(True, "done"), (False, "off")])
async def test_nothing_is_prepared_where_the_user_has_switched_it_off(
    wanted: bool, state: str, api: Any, loaded: Any, jp_serverapp: Any, question: Callable[..., dict[str, Any]]
) -> None:
    _write(Path(jp_serverapp.config_dir) / "lab" / "user-settings", json.dumps({"prepareWhileIdle": wanted}))
    await loaded()

    async def warmth() -> str:
        body = question("ignored", mode="auto")
        return (await api("warm", body))["state"]

    while (found := await warmth()) not in ("done", "off"):
        pass
    assert found == state


def test_misspelt_names_are_told() -> None:
    wishes = Administration(defaults={"privcy": "types"}, locked=["sendCell", "privacy"])
    assert wishes.unknown() == ["privcy", "sendCell"]
