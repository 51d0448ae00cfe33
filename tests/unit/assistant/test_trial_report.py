from __future__ import annotations

import base64
import json

from jupyter_qwen.assistant.events import Block, BlockJudged, encode
from jupyter_qwen.assistant.trial_report import (
    THUMBNAIL_BYTES,
    ColumnReport,
    ErrorReport,
    FigureReport,
    ResultReport,
    SampleReport,
    TrialReport,
    thumbnail_uri,
)

PNG = b"\x89PNG\r\n\x1a\n"


def test_trial_of_a_block_travels_as_the_protocol_says() -> None:
    trial = TrialReport(
        "ran",
        result=ResultReport(
            "DataFrame", (12, 2), (ColumnReport("month", "datetime64[ns]"), ColumnReport("n", "int64"))
        ),
        sampled=(SampleReport("orders", 200, 60_000),),
        figure=FigureReport("A line chart."),
        seconds=0.1,
    )
    block = json.loads(json.dumps(encode(BlockJudged(Block(0, "python", "x", trial=trial)))))["block"]
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
        "figure": {"alt": "A line chart.", "thumbnail": ""},
        "seconds": 0.1,
        "same_in_sql": False,
    }


def test_failing_trial_says_what_was_raised_and_where() -> None:
    event = encode(
        BlockJudged(Block(0, "python", "x", trial=TrialReport("fails", error=ErrorReport("KeyError", "'a'", 3))))
    )
    assert event["block"]["trial"]["error"] == {"kind": "KeyError", "message": "'a'", "line": 3}


def test_thumbnail_is_a_small_png_or_nothing() -> None:
    assert base64.b64decode(thumbnail_uri(PNG + b"x").removeprefix("data:image/png;base64,")) == PNG + b"x"
    assert thumbnail_uri(None) == thumbnail_uri(b"") == ""
    assert thumbnail_uri(b"<svg onload=alert(1)>") == ""
    assert thumbnail_uri(PNG + b"x" * THUMBNAIL_BYTES) == ""
