"""docs/howto/jupyterhub.md: what the spawner hands over holds against a user's own configuration files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from benchmarks.speed.jupyter_process import jupyter_server


@pytest.mark.parametrize(
    ("arguments", "variables", "level"),
    [
        (("--QwenExtension.max_privacy=names",), {}, "names"),
        ((), {"JUPYTER_CONFIG_PATH": "{image}"}, "types"),
        ((), {}, "values"),  # nothing holds against the user's file
    ],
)
def test_arguments_and_the_first_folder_hold_against_a_users_own_files(
    tmp_path: Path, arguments: Sequence[str], variables: Mapping[str, str], level: str
) -> None:
    image, user = tmp_path / "image", tmp_path / "config"
    image.mkdir()
    user.mkdir()
    (image / "jupyter_server_config.json").write_text(json.dumps({"QwenExtension": {"max_privacy": "types"}}))
    opposed = {"QwenExtension": {"max_privacy": "values", "locked_settings": []}}
    for name in ("jupyter_server_config", "jupyter_jupyter_qwen_config", "jupyter_config"):
        (user / f"{name}.json").write_text(json.dumps(opposed))
    handed_over = {"HOME": str(tmp_path), **{name: value.format(image=image) for name, value in variables.items()}}
    with jupyter_server(tmp_path, *arguments, script=[], variables=handed_over) as server:
        assert server.call("status")["max_privacy"] == level
