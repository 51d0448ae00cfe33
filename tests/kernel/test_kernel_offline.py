"""Nothing leaves the machine: a session in a network namespace where every packet beyond loopback is counted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SESSION = Path(__file__).parent / "offline_session.py"


def _refused() -> str:
    """Why no namespace can be made here; empty where one can."""
    if shutil.which("unshare") is None:
        return "needs unshare (Linux)"
    tried = subprocess.run(["unshare", "-rn", "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"no network namespace may be made here: {tried.stderr.strip()}"


@pytest.mark.timeout(600)
def test_a_whole_session_sends_no_packet_beyond_loopback(tmp_path: Path) -> None:
    if why := _refused():
        pytest.skip(why)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("JPY_", "JUPYTER"))},
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = ["unshare", "-rn", sys.executable, str(SESSION), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=590)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["probe"] >= 2  # what leaves would be noticed
    assert told["told"] == ["answer", "completion", "[7]\n"]
    assert told["session"] == 0
