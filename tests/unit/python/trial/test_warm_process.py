"""The warm process is there when it is wanted, is replaced when it is gone, and leaves nothing behind."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import psutil
import pytest

from jupyter_qwen.python.trial import FrameRows, KernelPython, run_cell, trying, warm_ahead
from jupyter_qwen.schema.collector.gather import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.worker.confinement.lock import missing
from jupyter_qwen.worker.process import WorkerStopped
from jupyter_qwen.worker.warm_process import WarmProcess, WarmPython

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
JOB = "jupyter_qwen.python.runner.job"


@pytest.fixture
def process() -> Iterator[WarmProcess]:
    process = WarmProcess(WarmPython(sys.executable, JOB))
    yield process
    process.close()


def test_a_warm_process_that_was_killed_is_replaced(process: WarmProcess) -> None:
    process.warm()
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    psutil.Process(first).wait(10)
    process.warm()
    assert process.pid != first


def test_one_that_is_idle_ends_by_itself_and_the_next_job_starts_another() -> None:
    process = WarmProcess(WarmPython(sys.executable, JOB), idle_seconds=3.0)
    process.warm()
    first = process.pid
    assert first is not None
    psutil.Process(first).wait(20)
    process.warm()
    assert process.pid not in (None, first)
    process.close()


def test_its_folder_is_removed_with_it(process: WarmProcess) -> None:
    process.warm()
    folder = Path(psutil.Process(process.pid).cwd())
    assert folder.parent == Path(tempfile.gettempdir())
    process.close()
    assert not folder.exists()


def test_a_program_that_is_no_python_is_told(process: WarmProcess) -> None:
    broken = WarmProcess(WarmPython("/bin/false", JOB))
    with pytest.raises(WorkerStopped, match="ended"):
        broken.warm()
    broken.close()


def test_a_python_without_the_library_says_so_in_the_cells_words(tmp_path: Path) -> None:
    schema = Schema.from_json(collect({"frame": pd.DataFrame({"n": [1]})}))
    here = KernelPython.here()
    system = Path("/usr/bin/python3")
    if not system.exists():
        pytest.skip("there is no other Python here")
    rows = FrameRows.from_schema(schema, KernelPython(str(system), (), here.machine))
    trial = run_cell("import no_such_library", rows, time_limit_s=10.0)
    assert trial.error is not None
    assert trial.error.kind == "ModuleNotFoundError"


def test_warming_ahead_returns_at_once_and_starts_the_process() -> None:
    trying.close()
    rows = FrameRows.from_schema(Schema.from_json(collect({"frame": pd.DataFrame({"n": [1]})})))
    warm_ahead(rows, ["import pandas as pd"])
    until = time.monotonic() + 60
    while not any(process.pid for process in trying._processes.values()):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert run_cell("frame.n.sum()", rows, time_limit_s=10.0).status == "ran"


def test_nothing_is_started_ahead_where_no_trial_may_be() -> None:
    trying.close()
    warm_ahead(FrameRows(off="no"), [])
    warm_ahead(FrameRows(), [])
    assert trying._processes == {}
