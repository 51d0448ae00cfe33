from __future__ import annotations

import base64
import json

from jupyter_qwen.assistant.events import Block, BlockJudged, encode
from jupyter_qwen.assistant.trial_report import THUMBNAIL_BYTES, report_of, thumbnail_uri
from jupyter_qwen.python.trial import CellTrial, Figure, Result, TrialError
from jupyter_qwen.python.trial.model import Axes
from jupyter_qwen.sql.first_rows import TableRead

PNG = b"\x89PNG\r\n\x1a\n"


def test_trial_of_a_block_travels_as_the_protocol_says_without_its_rows() -> None:
    trial = CellTrial(
        "ran", result=Result("DataFrame", "sums", (12, 2), (("month", "datetime64[ns]"), ("n", "int64")), (("Ann", 1),)),
        digest="d", sampled=(TableRead("orders", 200, 60_000),), printed="Ann", seconds=0.1,
        figure=Figure("matplotlib", (Axes("Orders", "month"), Axes("", "", "n"))),
    )  # fmt: skip
    block = json.loads(json.dumps(encode(BlockJudged(Block(0, "python", "x", trial=report_of(trial))))))["block"]
    assert block["trial"] == {
        "status": "ran",
        "reason": "",
        "error": None,
        "result": {
            "type": "DataFrame",
            "shape": [12, 2],
            "columns": [{"name": "month", "dtype": "datetime64[ns]"}, {"name": "n", "dtype": "int64"}],
        },
        "complete": False,
        "sampled": [{"table": "orders", "rows": 200, "of": 60_000}],
        "figure": {"alt": "Orders, month; n", "thumbnail": ""},
        "seconds": 0.1,
        "same_in_sql": False,
    }


def test_failing_trial_says_what_was_raised_and_where() -> None:
    trial = report_of(CellTrial("fails", error=TrialError("KeyError", "'a'", 3)))
    event = encode(BlockJudged(Block(0, "python", "x", trial=trial)))
    assert event["block"]["trial"]["error"] == {"kind": "KeyError", "message": "'a'", "line": 3}


def test_thumbnail_is_a_small_png_or_nothing() -> None:
    assert base64.b64decode(thumbnail_uri(PNG + b"x").removeprefix("data:image/png;base64,")) == PNG + b"x"
    assert thumbnail_uri(None) == thumbnail_uri(b"") == ""
    assert thumbnail_uri(b"<svg onload=alert(1)>") == ""
    assert thumbnail_uri(PNG + b"x" * THUMBNAIL_BYTES) == ""
