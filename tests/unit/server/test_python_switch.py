"""An administrator switches trials of Python off; then no request brings what a trial needs."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.python.trial import FrameRows, run_cell
from jupyter_qwen.schema.collector.gather import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.server.locks import Locks
from jupyter_qwen.server.runtime import Runtime
from jupyter_qwen.server.settings import Administration


@pytest.mark.parametrize("wanted", [True, False])
def test_switched_off_on_the_server_nothing_is_tried_whoever_asks(wanted: bool, tmp_path: Path) -> None:
    runtime = Runtime(
        EngineConfig(engine="scripted"), limits=AnswerLimits(), threads_folder=tmp_path, root_dir="", max_privacy="samples",
        load_on_start=False, try_python=wanted, locks=Locks(Administration(defaults={}, locked=frozenset())),
        on_status=lambda status: None, log=logging.getLogger("test"),
    )  # fmt: skip
    body: dict[str, Any] = {"question": "?", "schema": collect({"orders": pd.DataFrame({"n": [1]})})}
    rows = FrameRows.from_schema(Schema.from_json(runtime.bounded(body)["schema"]))
    trial = run_cell("orders.n.sum()", rows)
    assert ("switched off" in trial.reason) is not wanted
    assert bool(rows.python) is wanted
