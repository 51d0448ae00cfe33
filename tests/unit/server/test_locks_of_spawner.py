"""docs/howto/jupyterhub.md: what the spawner hands over holds against a user's own configuration files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def served(folder: Path, arguments: Sequence[str], variables: Mapping[str, str]) -> Iterator[Any]:
    """A server with a user's own files, started with what a spawner hands over; gives a GET of its routes."""
    image, user, runtime = (folder / name for name in ("image", "user", "runtime"))
    for made in (image, user, runtime):
        made.mkdir()
    (image / "jupyter_server_config.json").write_text(json.dumps({"QwenExtension": {"max_privacy": "types"}}))
    opposed = {"QwenExtension": {"max_privacy": "values", "locked_settings": []}}
    for name in ("jupyter_server_config", "jupyter_jupyter_qwen_config", "jupyter_config"):
        (user / f"{name}.json").write_text(json.dumps(opposed))
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("JPY_", "JUPYTER"))},
        "JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_CONFIG_DIR": str(user), "HOME": str(folder),
        **{name: value.format(image=image) for name, value in variables.items()},
    }  # fmt: skip
    command = [
        sys.executable, "-m", "jupyter_server", "--allow-root", "--ServerApp.open_browser=False", "--ServerApp.port=0",
        "--ServerApp.jpserver_extensions={'jupyter_qwen': True}", "--QwenExtension.engine=scripted",
        f"--QwenExtension.threads_folder={folder / 'threads'}", *arguments,
    ]  # fmt: skip
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    try:
        yield _getter(runtime / f"jpserver-{process.pid}.json", process)
    finally:
        process.terminate()
        process.wait(30)


def _getter(description: Path, process: subprocess.Popen[bytes]) -> Any:
    until = time.monotonic() + 60
    while not description.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    told = json.loads(description.read_text())

    def get(route: str) -> Any:
        request = urllib.request.Request(
            f"{told['url']}jupyter-qwen/{route}", headers={"Authorization": f"token {told['token']}"}
        )
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.URLError as error:  # the file is written a moment before the server listens
                if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > until:
                    raise
                time.sleep(0.1)

    return get


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
    with served(tmp_path, arguments, variables) as get:
        assert get("status")["max_privacy"] == level
