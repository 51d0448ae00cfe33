"""The generated cells, run as they stand in a process of their own, for every library and every kind of result."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from chart_results import RESULTS, columns_of

from jupyter_qwen.python.chart.chart_cell import Library, chart_cell
from jupyter_qwen.python.chart.chart_choice import plan_chart
from jupyter_qwen.python.chart.wanted import Kind, read_request
from jupyter_qwen.sql.render.cell import python_text

KINDS: tuple[Kind, ...] = ("line", "area", "bar", "barh", "scatter", "histogram", "pie", "box")
LIBRARIES: tuple[Library, ...] = ("matplotlib", "pandas", "altair", "plotly")
#: Where no trial could tell values, and for every kind that can be named.
ASKED = ("months", "years", "quarters", "lines", "few bars", "groups", "two measures", "raw rows", "no rows: months")


def cell_for(question: str, sql: str, library: Library, kind: Kind | None = None, *, seen: bool = True) -> str:
    """The cell for a result; `seen` is false where no trial could tell values."""
    columns, complete = columns_of(sql, rows=1000 if seen else 0)
    request = read_request(question)
    chart = plan_chart(columns, request.subject, wanted=kind or request.kind, complete=complete and seen)
    assert chart is not None
    return chart_cell(f"data = con.sql({python_text(sql)}).df()", "data", chart, library)


def run(cells: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("run_chart_cells.py"))],
        input=json.dumps(list(cells.items())), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_result_is_drawn_by_a_cell_that_runs_as_it_stands(library: Library) -> None:
    pytest.importorskip(library)
    cells = {name: cell_for(question, sql, library) for name, (question, sql) in RESULTS.items()}
    cells |= {f"unseen: {name}": cell_for(*RESULTS[name], library, seen=False) for name in ASKED}
    done = run(cells)
    assert {name: (told["error"], cells[name]) for name, told in done.items() if "error" in told} == {}


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_kind_that_can_be_asked_for_runs_too(library: Library) -> None:
    pytest.importorskip(library)
    cells = {f"{kind}: {name}": cell_for(*RESULTS[name], library, kind) for kind in KINDS for name in ASKED}
    done = run(cells)
    assert {name: (told["error"], cells[name]) for name, told in done.items() if "error" in told} == {}


def test_figures_have_marks_captions_and_no_labels_that_touch() -> None:
    names = [name for name in RESULTS if not name.startswith(("no rows", "all NULL"))]
    done = run({name: cell_for(*RESULTS[name], "matplotlib") for name in names})
    for name in names:
        (figure,) = done[name]["figures"]
        assert figure["axes"] == 1, name
        assert figure["marks"] > 0, name
        assert figure["title"], name
        assert all(figure["labels"]), name
        assert figure["touching"] == [], name


def test_an_empty_result_draws_empty_axes_with_their_captions() -> None:
    done = run({"empty": cell_for(*RESULTS["no rows: months"], "matplotlib")})
    assert done["empty"]["figures"][0]["title"] == "Revenue per month in euros"
    assert done["empty"]["figures"][0]["labels"] == ["Month", "Revenue (EUR)"]


def test_no_more_than_twenty_bars_and_eight_lines() -> None:
    done = run({name: cell_for(*RESULTS[name], "matplotlib") for name in ("1000 categories", "many lines")})
    assert done["1000 categories"]["figures"][0]["marks"] == 20
    assert done["many lines"]["figures"][0]["marks"] == 8
