"""Another user of the machine can open no conversation, and nothing that lies beside them."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows keeps users apart by their profiles")
NOBODY = 65534


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
