"""Nothing that a cell does in the locked process gets out, and the next cell is tried as if nothing had been.

The text of a cell is not looked at here: the lock alone must hold.
"""

import json
import os
import platform
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from escapes import FILES, KERNEL, PROCESSES, RUIN, SIGNALS, SOCKETS

from jupyter_qwen.python.trial.received import Unreadable, read_trial
from jupyter_qwen.worker.confinement.lock import missing
from jupyter_qwen.worker.warm_process import JobLimits, WarmProcess, WarmPython

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
HELD = {**FILES, **SOCKETS, **PROCESSES, **SIGNALS, **KERNEL}
_NUMBERED = "call("

_CELL = """
import ctypes, json, os, socket, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
CANARY, SERVER, WARM = {canary!r}, {server}, {warm}
def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
def fails(action, *arguments):
    try:
        action(*arguments)
    except OSError:
        return True
    return False
def escape():
{code}
out = "held"
try:
    escape()
    out = "out"
except Exception as error:
    out = "held: " + type(error).__name__
out
"""
Run = Callable[..., "tuple[str, str]"]


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("users") / "canary.txt"
    path.write_text("sing")
    return path


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmProcess]:
    os.environ["JUPYTER_QWEN_ESCAPE"] = "secret"
    process = WarmProcess(WarmPython(sys.executable, "jupyter_qwen.python.runner.job"))
    process.warm(("numpy", "pandas"))
    yield process
    process.close()
    del os.environ["JUPYTER_QWEN_ESCAPE"]


@pytest.fixture
def run(warm: WarmProcess, canary: Path) -> Run:
    def run(code: str, seconds: float = 0.25) -> tuple[str, str]:
        """How the job ended, and what its cell gave."""
        cell = _CELL.format(canary=str(canary), server=os.getpid(), warm=warm.pid, code=textwrap.indent(code, "    "))
        request = {
            "code": cell, "setup": "", "rows": 5, "thumbnail": False, "frames": [], "connections": [], "values": {},
            "own_folders": [],
        }  # fmt: skip
        ended = warm.run(json.dumps(request).encode(), (), JobLimits(seconds=seconds))
        if ended.end != "done":
            return ended.end, ended.words
        try:
            trial = read_trial(ended.body)
        except Unreadable as error:
            return "unreadable", str(error)
        return "done", str(trial.result.rows[0][0]) if trial.result and trial.result.rows else trial.reason

    return run


def _all_is_well(warm: WarmProcess, canary: Path, run: Run, before: int | None) -> None:
    assert warm.pid == before, "the warm process was lost"
    assert psutil.Process(warm.pid).children(recursive=True) == []
    assert canary.read_text() == "sing"
    assert [path.name for path in canary.parent.iterdir()] == ["canary.txt"]
    assert run("pass", 5.0) == ("done", "out")


@pytest.mark.parametrize("name", HELD)
def test_no_escape_gets_out(name: str, run: Run, warm: WarmProcess, canary: Path) -> None:
    if _NUMBERED in HELD[name] and platform.machine() != "x86_64":
        pytest.skip("the numbers of system calls are those of x86_64")
    before = warm.pid
    end, told = run(HELD[name], 5.0)
    assert end == "done"
    assert told.startswith("held: "), told
    assert told.removeprefix("held: ") not in ("NameError", "TypeError", "AttributeError", "SyntaxError"), told  # ours
    _all_is_well(warm, canary, run, before)


@pytest.mark.parametrize("name", RUIN)
def test_what_ruins_its_own_process_ends_with_it(name: str, run: Run, warm: WarmProcess, canary: Path) -> None:
    if name == "machine code" and platform.machine() != "x86_64":
        pytest.skip("the code is that of x86_64")
    before = warm.pid
    run(RUIN[name])
    _all_is_well(warm, canary, run, before)


def test_ways_out_are_at_least_sixty() -> None:
    assert len(HELD) + len(RUIN) >= 60


def test_a_lie_is_about_its_own_cell_alone(run: Run) -> None:
    lie = json.dumps(
        {"status": "ran", "result": {"type": "str", "name": "", "shape": None, "columns": [], "rows": [["lie"]]}}
    )
    assert run(f"os.write(3, {lie!r}.encode())\nos._exit(0)", 5.0) == ("done", "lie")
    assert run("pass", 5.0) == ("done", "out")
