"""Another user of the machine can open no conversation, nothing that lies beside them, and cannot ask the engine."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.sql.elsewhere import worker

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows keeps users apart by their profiles")
NOBODY = 65534
# What another user may try: list folders, read and change files, ask the engine with no key and with one that is made up.
STRANGER = """
import json, os, sys, urllib.error, urllib.request
paths, url = json.loads(sys.argv[1]), sys.argv[2]
got = []
for path in paths:
    for mode in ("rb", "r+b"):
        try:
            os.listdir(path) if os.path.isdir(path) else open(path, mode).close()
            got.append(path)
        except OSError:
            pass
codes = []
for route in ("/v1/models", "/v1/completions", "/v1/chat/completions", "/slots"):
    for key in ({}, {"Authorization": "Bearer guessed"}):
        body = json.dumps({"prompt": "x"}).encode() if "completions" in route else None
        try:
            codes.append(urllib.request.urlopen(urllib.request.Request(url + route, body, key), timeout=20).status)
        except urllib.error.HTTPError as error:
            codes.append(error.code)
print(json.dumps([os.getuid(), got, codes]))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that anybody may walk through, as many homes are."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], home: Path) -> dict[str, Any]:
    jp_server_config["QwenExtension"]["threads_folder"] = str(home / "threads")
    return jp_server_config


def _files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def _all(home: Path) -> list[Path]:
    return list(home.rglob("*"))


def _read_by_nobody(path: Path) -> bool:
    command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "cat", str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


async def test_conversations_are_closed_to_others(ask_events: Any, question: Any, home: Path) -> None:
    before = os.umask(0o000)  # the most open that a system can be set to
    try:
        await ask_events("ask", question("how many orders"))
    finally:
        os.umask(before)
    files = _files(home)
    assert any(path.suffix == ".json" for path in files)
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    for folder in {path.parent for path in files}:
        assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0, folder
    if os.geteuid() == 0 and shutil.which("setpriv"):
        assert not any(_read_by_nobody(path) for path in files)


@pytest.fixture
def in_the_open(home: Path, jp_environ: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written outside of conversations goes below `home` as well, where others may walk."""
    for name in ("runtime", "state", "cache", "tmp"):
        (home / name).mkdir()
        (home / name).chmod(0o777)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(home / "runtime"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(home / "tmp"))


async def test_engine_runtime_files_and_the_workers_folder_give_another_user_nothing(
    in_the_open: None, ask_events: Any, question: Any, home: Path, jp_serverapp: Any
) -> None:
    worker.close()  # the next one makes its folder where this test looks
    before = os.umask(0o000)
    try:
        answer = (await ask_events("ask", question("how many orders")))[-1]
    finally:
        os.umask(before)
    assert answer["blocks"][0]["verdict"] == "bound"
    made = [path for path in _all(home) if path.parent != home]
    (described,) = [path for path in made if path.name.startswith("jupyter_qwen-engine-") and path.suffix == ".json"]
    assert any(path.name.startswith("jupyter-qwen-worker-") for path in made)
    within = [path for path in made if path.is_file() or path.parent == home / "tmp"]
    assert within
    for path in within:
        inside = any(stat.S_IMODE(up.stat().st_mode) & 0o077 == 0 for up in path.parents if up.is_relative_to(home))
        assert inside or stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    who, got, codes = await _as_stranger(within, json.loads(described.read_text())["url"])
    assert set(codes) <= {401, 404}
    assert codes[:4] == [401] * 4
    assert who != NOBODY or got == []


async def _as_stranger(paths: list[Path], url: str) -> tuple[int, list[str], list[int]]:
    """Who tried (this very user unless root runs the tests), what it could open, and what the engine said to it."""
    python: tuple[str, ...] = (sys.executable,)
    as_nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *python)
    if os.geteuid() == 0 and shutil.which("setpriv"):
        tried = await asyncio.to_thread(subprocess.run, [*as_nobody, "-c", ""], capture_output=True, check=False)
        python = as_nobody if tried.returncode == 0 else python
    command = [*python, "-c", STRANGER, json.dumps([str(path) for path in paths]), url]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    who, got, codes = json.loads(done.stdout)
    return who, got, codes
