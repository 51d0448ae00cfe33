"""A worker that hangs, eats, dies or chatters harms nobody, and the next job finds another one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_qwen.worker import process as process_module
from jupyter_qwen.worker.keeper import Keeper
from jupyter_qwen.worker.limits import HELD_BY_KERNEL, MEBIBYTE, WorkerLimits
from jupyter_qwen.worker.process import WorkerFailed, WorkerStopped

LINUX = pytest.mark.skipif(not HELD_BY_KERNEL, reason="needs /proc")


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    found = Keeper("jobs_for_tests", WorkerLimits(answer_bytes=MEBIBYTE))
    yield found
    found.close()


def ask(keeper: Keeper, job: str, seconds: float = 20.0, **arguments: Any) -> Any:
    return keeper.call(job, json.dumps(arguments), seconds)


def test_values_arrive_as_they_were_sent(keeper: Keeper) -> None:
    for value in (None, 1.5, "é\ud800", [1, {"a": "b\0"}]):
        assert ask(keeper, "echo", value=value) == value


def test_a_job_that_never_ends_is_killed_and_the_next_one_is_done(keeper: Keeper) -> None:
    ask(keeper, "echo", value=1)
    before, started = keeper.pid, time.monotonic()
    with pytest.raises(WorkerStopped, match="stopped after"):
        ask(keeper, "loop", seconds=0.3)
    assert time.monotonic() - started < 5
    assert ask(keeper, "echo", value=2) == 2
    assert keeper.pid != before
    assert before is not None
    assert not psutil.pid_exists(before)


def test_a_job_that_waits_without_computing_is_killed_later_but_killed(keeper: Keeper) -> None:
    started = time.monotonic()
    with pytest.raises(WorkerStopped):
        keeper.call("wait", '{"seconds": 60}', 0.2)
    assert time.monotonic() - started < 10


@LINUX
def test_memory_is_limited_by_the_kernel_and_the_worker_survives_it(keeper: Keeper) -> None:
    with pytest.raises(WorkerStopped, match="memory"):
        ask(keeper, "eat", megabytes=2000)
    assert keeper.pid is not None
    peak = Path(f"/proc/{keeper.pid}/status").read_text().split("VmHWM:")[1].split()[0]
    assert int(peak) * 1024 < 512 * MEBIBYTE
    assert ask(keeper, "eat", megabytes=50) == 50


def test_where_no_kernel_holds_the_limit_the_parent_kills_what_eats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "HELD_BY_KERNEL", False)
    watched = Keeper("jobs_for_tests", WorkerLimits(memory_bytes=150 * MEBIBYTE))
    try:
        with pytest.raises(WorkerStopped, match="memory"):
            ask(watched, "eat", megabytes=100_000)
        assert ask(watched, "echo", value=1) == 1
    finally:
        watched.close()


def test_a_job_that_takes_its_process_along_is_told_and_the_next_one_is_done(keeper: Keeper) -> None:
    with pytest.raises(WorkerStopped, match=r"ended \(3\)"):
        ask(keeper, "die", code=3)
    assert ask(keeper, "echo", value=1) == 1


def test_a_worker_that_died_while_idle_is_replaced_unseen(keeper: Keeper) -> None:
    ask(keeper, "echo", value=1)
    assert keeper.pid is not None
    victim = psutil.Process(keeper.pid)
    victim.kill()
    victim.wait(5)
    assert ask(keeper, "echo", value=2) == 2


def test_an_error_in_a_job_keeps_its_words_and_the_worker(keeper: Keeper) -> None:
    before = keeper.pid
    with pytest.raises(WorkerFailed, match="LookupError: no such thing"):
        ask(keeper, "fail")
    assert keeper.pid == before


def test_a_result_that_is_too_long_is_refused_on_its_side(keeper: Keeper) -> None:
    with pytest.raises(WorkerStopped, match="bytes"):
        ask(keeper, "long", size=2 * MEBIBYTE)
    assert ask(keeper, "long", size=1000) == "x" * 1000


def test_what_a_job_prints_does_not_reach_the_pipe(keeper: Keeper) -> None:
    assert ask(keeper, "print") is None
    assert ask(keeper, "echo", value=1) == 1


def test_the_worker_has_no_environment_of_ours_and_a_folder_of_its_own(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    keeper.close()
    found = ask(keeper, "surroundings")
    assert set(found["environment"]) <= {
        "MALLOC_ARENA_MAX",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "SYSTEMROOT",
        "LC_CTYPE",
    }
    assert found["files"] == ["errors.txt"]
    assert Path(found["folder"]) != Path.cwd()
    keeper.close()
    assert not Path(found["folder"]).exists()


@LINUX
def test_the_worker_inherits_no_descriptor(keeper: Keeper, tmp_path: Path) -> None:
    with (tmp_path / "private.txt").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        keeper.close()
        found = ask(keeper, "descriptors")
    assert not [name for name in found if "private" in name or name.startswith("socket:")]
    assert len([name for name in found if name.startswith("pipe:")]) == 2


def test_a_warm_worker_is_the_one_that_does_the_job(keeper: Keeper) -> None:
    keeper.close()
    assert keeper.pid is None
    keeper.warm()
    started = keeper.pid
    assert started is not None
    keeper.warm()
    assert ask(keeper, "echo", value=1) == 1
    assert keeper.pid == started


def test_many_threads_share_one_worker(keeper: Keeper) -> None:
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(ask(keeper, "echo", value=n))) for n in range(20)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(20))


def test_the_worker_ends_with_its_parent_even_in_the_middle_of_a_job() -> None:
    code = (
        "import threading, time\n"
        "from jupyter_qwen.worker.keeper import Keeper\n"
        "keeper = Keeper('jobs_for_tests')\n"
        "keeper.call('echo', '{\"value\": 1}', 30)\n"
        "threading.Thread(target=keeper.call, args=('loop', '{}', 600), daemon=True).start()\n"
        "print(keeper.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    root = str(Path(process_module.__file__).parents[2])
    path = os.pathsep.join([root, str(Path(__file__).parent), *(p for p in sys.path if p)])
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        folder = Path(child.cwd())
        time.sleep(0.3)
        parent.kill()
    child.wait(10)
    assert not folder.exists()


def test_a_worker_that_has_no_room_for_its_folder_is_told_and_started_later(
    keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: no folder can be made."""
    keeper.close()
    monkeypatch.setattr(process_module.tempfile, "tempdir", str(tmp_path / "gone"))
    keeper.warm()
    with pytest.raises(WorkerStopped, match=r"could not be started.*gone"):
        ask(keeper, "echo", value=1)
    (tmp_path / "gone").mkdir()
    assert ask(keeper, "echo", value=2) == 2
    keeper.close()


def test_a_killed_worker_that_cannot_be_replaced_at_once_is_replaced_later(
    keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(keeper, "echo", value=1)
    monkeypatch.setattr(process_module.tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(WorkerStopped, match="stopped after"):
        ask(keeper, "loop", seconds=0.3)
    monkeypatch.undo()
    assert ask(keeper, "echo", value=2) == 2


@LINUX
def test_a_request_too_large_for_the_worker_ends_it_and_the_next_one_finds_another() -> None:
    small = Keeper("jobs_for_tests", WorkerLimits(memory_bytes=64 * MEBIBYTE))
    try:
        with pytest.raises(WorkerStopped, match="more memory than it may have"):
            ask(small, "echo", value="x" * (200 * MEBIBYTE))
        assert ask(small, "echo", value=1) == 1
    finally:
        small.close()


def test_a_child_that_reads_no_more_is_killed_while_something_is_sent(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(keeper, "echo", value=1)
    assert keeper.pid is not None
    monkeypatch.setattr(process_module, "SEND_SECONDS", 0.5)
    psutil.Process(keeper.pid).suspend()
    with pytest.raises(WorkerStopped):
        ask(keeper, "echo", value="x" * MEBIBYTE)
    assert ask(keeper, "echo", value=2) == 2


def test_a_worker_that_has_grown_is_replaced_between_two_jobs(keeper: Keeper) -> None:
    ask(keeper, "echo", value=1)
    before = keeper.pid
    ask(keeper, "keep", megabytes=10)
    assert keeper.pid == before
    ask(keeper, "keep", megabytes=300)
    assert keeper.pid != before
    assert ask(keeper, "echo", value=2) == 2
