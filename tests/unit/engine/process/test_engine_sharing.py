"""Records of engines in the runtime folder: whom they are believed, and when they are thrown away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import pytest

from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.process.sharing import PREFIX, Registry, Shared, identity

CHOICE = EngineChoice("scripted", "", context_tokens=8192, threads=2)


@pytest.fixture
def process() -> Iterator[int]:
    """A process that runs: any will do."""
    running = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield running.pid
    running.kill()
    running.wait()


@pytest.fixture
def record(tmp_path: Path, process: int) -> tuple[Registry, Shared]:
    """A record as another server would have written it."""
    registry = Registry(tmp_path)
    shared = registry.publish(
        CHOICE, "w", pid=process, url="http://127.0.0.1:1", key="secret-key", device="CPU", dtype=""
    )
    shared = replace(shared, server_pid=os.getppid())
    write(registry, shared)
    return registry, shared


def write(registry: Registry, shared: Shared) -> None:
    (registry.folder / f"{PREFIX}{shared.child_pid}.json").write_text(json.dumps(asdict(shared)))


def test_engine_of_another_server_is_found(record: tuple[Registry, Shared]) -> None:
    registry, shared = record
    assert registry.find(CHOICE, "w")[0] == shared
    assert "secret-key" not in repr(shared)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": "other", "label": "Qwen 7B"}, "runs another model, Qwen 7B"),
        ({"context_tokens": 2048}, "2,048 tokens of context"),
        ({"threads": 7}, "7 threads"),
        ({"engine": "llama"}, "runs the llama engine"),
        ({"version": "0.0.0"}, "another installation"),
        ({"package": "/elsewhere"}, "another installation"),
    ],
)
def test_engine_of_another_kind_is_left_alone_and_the_reason_is_told(
    record: tuple[Registry, Shared], change: dict[str, object], words: str
) -> None:
    registry, shared = record
    write(registry, replace(shared, **change))  # type: ignore[arg-type]
    found, said = registry.find(CHOICE, "w")
    assert found is None
    assert words in said


def test_record_that_others_may_write_is_not_believed(record: tuple[Registry, Shared]) -> None:
    registry, shared = record
    (registry.folder / f"{PREFIX}{shared.child_pid}.json").chmod(0o622)
    assert registry.find(CHOICE, "w") == (None, "")


def test_record_of_a_process_that_is_gone_is_removed(record: tuple[Registry, Shared], process: int) -> None:
    registry, _ = record
    ended = psutil.Process(process)
    ended.kill()
    ended.wait(timeout=5)
    assert registry.find(CHOICE, "w") == (None, "")
    assert list(registry.folder.glob(f"{PREFIX}*.json")) == []


def test_number_that_another_process_has_now_is_not_taken_for_the_engine(record: tuple[Registry, Shared]) -> None:
    registry, shared = record
    write(registry, replace(shared, child_began=shared.child_began - 1000))
    assert registry.find(CHOICE, "w")[0] is None


def test_record_of_another_machine_on_the_same_home_is_ignored_and_kept(record: tuple[Registry, Shared]) -> None:
    registry, shared = record
    write(registry, replace(shared, host="other:1"))
    assert registry.find(CHOICE, "w") == (None, "")
    assert len(list(registry.folder.glob(f"{PREFIX}*.json"))) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 3}'])
def test_file_that_is_no_record_is_ignored(tmp_path: Path, text: str) -> None:
    file = tmp_path / f"{PREFIX}1.json"
    file.write_text(text)
    file.chmod(0o600)
    assert Registry(tmp_path).find(CHOICE, "w") == (None, "")


def test_guests_are_counted_while_they_live(record: tuple[Registry, Shared], process: int) -> None:
    registry, shared = record
    assert registry.last_use_by_guests(process) is None
    registry.lease(shared)
    age = registry.last_use_by_guests(process)
    assert age is not None
    assert age < 5
    (registry.folder / f"{PREFIX}{process}-guest-999999999").touch()
    registry.release(shared)
    assert registry.last_use_by_guests(process) is None
    registry.withdraw(process)
    assert list(registry.folder.iterdir()) == []


@pytest.mark.parametrize("hours", [-3, 3])
def test_clock_that_was_set_keeps_no_model_loaded_for_a_guest_that_rests(
    record: tuple[Registry, Shared], process: int, hours: int
) -> None:
    registry, shared = record
    registry.lease(shared)
    (file,) = registry.folder.glob("*-guest-*")
    moved = file.stat().st_mtime + hours * 3600  # as a file looks when the clock was set after it had been touched
    os.utime(file, (moved, moved))
    first = registry.last_use_by_guests(process)
    time.sleep(0.2)
    age = registry.last_use_by_guests(process)
    assert first is not None
    assert age is not None
    assert first < 0.2 <= age < 60
    registry.lease(shared)
    age = registry.last_use_by_guests(process)
    assert age is not None
    assert age < 0.2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own record does not move with the clock")
def test_record_tells_processes_apart_by_times_that_do_not_move_with_the_clock(record: tuple[Registry, Shared]) -> None:
    _, shared = record
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    assert uptime - 60 < shared.child_began < uptime + 1
    assert shared.host.endswith(Path("/proc/sys/kernel/random/boot_id").read_text().strip())


def test_weights_that_were_changed_are_other_weights(tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"1")
    before = identity(file)
    file.write_bytes(b"22")
    assert identity(file) != before
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.safetensors").write_bytes(b"1")
    assert "a.safetensors" in identity(tmp_path / "folder")
