"""A trial with a real kernel: its own Python, its own frames, and nothing in it changed."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.evaluate.live_notebook import LiveNotebook
from jupyter_qwen.python.trial import FrameRows, run_cell
from jupyter_qwen.worker.confinement.lock import missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
CELLS = [
    "import duckdb\nimport pandas as pd",
    "frame = pd.DataFrame({'n': range(5)}, index=list('abcde'))\nframe.attrs['note'] = 'mine'\n"
    "con = duckdb.connect()\ncon.execute('CREATE TABLE t AS SELECT 1 AS a')\nhalf = frame.n.sum() / 2",
]
#: Variables, modules, the frame itself, options, files of the folder, tables and settings of the connection, descriptors that
#: stay open, environment, folder, search path, warnings, random numbers to come.
LOOK = (
    "__import__('IPython').display.JSON([sorted(get_ipython().user_ns), sorted(__import__('sys').modules), frame.to_json(), "
    "frame.attrs, str(pd.options.display.max_rows), sorted(__import__('os').listdir('.')), "
    "sorted(t[0] for t in con.sql('SHOW TABLES').fetchall()), len(__import__('os').listdir('/proc/self/fd')), "
    "con.sql('SELECT name, value FROM duckdb_settings() ORDER BY ALL').fetchall(), sorted(__import__('os').environ.items()), "
    "__import__('os').getcwd(), __import__('sys').path, str(__import__('warnings').filters), "
    "hash(__import__('random').getstate()), str(__import__('numpy').random.get_state())])"
)
CHANGES_ALL = """import os, random, sys, warnings
import numpy as np
frame.drop(columns='n', inplace=True)
con.execute('DROP TABLE t')
con.execute("SET threads = 1")
pd.options.display.max_rows = 3
os.environ['MINE'] = '1'
sys.path.insert(0, '/')
warnings.simplefilter('error')
random.seed(1)
np.random.seed(1)
half"""


def test_a_trial_leaves_the_kernel_as_it_was(tmp_path: Path) -> None:
    async def notebook() -> tuple[Any, FrameRows, Any]:
        async with LiveNotebook(tmp_path) as live:
            await live.run(CELLS)
            await live.schema("samples", "?")  # what DuckDB itself loads when its tables are first listed
            before = (await live.value(LOOK))["application/json"]
            rows = FrameRows.from_schema(await live.schema("samples", "?"))
            trial = await asyncio.to_thread(
                run_cell,
                CHANGES_ALL,
                rows,
                setup=CELLS,
                time_limit_s=10.0,
            )
            return before, rows, (trial, (await live.value(LOOK))["application/json"])

    before, rows, (trial, after) = asyncio.run(notebook())
    assert trial.status == "ran", trial
    assert trial.result is not None
    assert trial.result.rows == ((5.0,),)
    assert trial.complete
    assert rows.python is not None
    assert rows.python.executable == sys.executable
    assert after == before
