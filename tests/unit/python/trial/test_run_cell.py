"""A cell is tried as IPython would run it, on copies, and what it did is told."""

import sys
from collections.abc import Callable, Iterator

import pandas as pd
import polars as pl
import pytest

from jupyter_qwen.python.trial import CellTrial, FrameRows, KernelPython, run_cell
from jupyter_qwen.python.trial.trying import close
from jupyter_qwen.schema.collector.gather import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.worker.warm_process import WarmProcess

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks are Linux's")

ORDERS = pd.DataFrame(
    {
        "day": pd.to_datetime(["2024-01-03", "2024-01-20", "2024-02-03", "2024-02-09"]),
        "kind": ["a", "b", "a", "b"],
        "total": [1, 2, 3, 4],
    }
)
NOTEBOOK = (
    "import pandas as pd\nimport polars as pl\nimport matplotlib.pyplot as plt",
    "RATE = 2\ndef doubled(frame):\n    return frame.assign(total=frame.total * RATE)\nmodel = object()",
)
Try = Callable[..., CellTrial]


@pytest.fixture(scope="module")
def rows() -> FrameRows:
    import duckdb

    con = duckdb.connect()
    con.execute("CREATE TABLE items AS SELECT range AS n, 'x' || range AS label FROM range(10)")
    con.execute("CREATE VIEW seen AS SELECT * FROM items")
    namespace = {"orders": ORDERS, "places": pl.DataFrame({"kind": ["a", "b"], "place": ["Oslo", "Rome"]}), "con": con}
    return FrameRows.from_schema(Schema.from_json(collect(namespace)))


@pytest.fixture(scope="module")
def attempt(rows: FrameRows) -> Iterator[Try]:
    def attempt(code: str, **options: object) -> CellTrial:
        return run_cell(code, rows, setup=NOTEBOOK, time_limit_s=10.0, **options)  # type: ignore[arg-type]

    yield attempt
    close()


def test_value_of_the_last_expression_is_the_result(attempt: Try) -> None:
    trial = attempt("by_kind = orders.groupby('kind')\nby_kind['total'].sum()")
    assert trial.status == "ran"
    assert trial.result is not None
    assert trial.result.type == "pandas.Series"
    assert trial.result.shape == (2,)
    assert trial.result.rows == (("a", 4), ("b", 6))
    assert trial.complete
    assert trial.digest


def test_a_semicolon_hides_the_value_and_an_assignment_shows_what_it_made(attempt: Try) -> None:
    assert attempt("orders.total.sum();").result is None
    made = attempt("monthly = orders.resample('MS', on='day')['total'].sum()").result
    assert made is not None
    assert made.name == "monthly"
    assert made.shape == (2,)


def test_two_ways_to_the_same_rows_have_one_digest(attempt: Try) -> None:
    one = attempt("orders.groupby('kind', as_index=False)['total'].sum()")
    two = attempt("import duckdb\nduckdb.sql('SELECT kind, sum(total) AS t FROM orders GROUP BY kind')")
    other = attempt("orders.groupby('kind', as_index=False)['total'].mean()")
    assert one.digest == two.digest != other.digest


def test_an_error_is_told_with_its_line(attempt: Try) -> None:
    trial = attempt("x = 1\norders['kin']")
    assert trial.status == "fails"
    assert trial.error is not None
    assert (trial.error.kind, trial.error.line) == ("KeyError", 2)
    wrong = attempt("x = 1\nif x\n  pass")
    assert wrong.error is not None
    assert (wrong.error.kind, wrong.error.line) == ("SyntaxError", 2)


def test_an_unknown_name_fails_and_one_without_a_copy_is_not_tried(attempt: Try) -> None:
    unknown = attempt("ordres.head()")
    assert unknown.error is not None
    assert unknown.error.kind == "NameError"
    trial = attempt("model.predict(orders)")
    assert trial.status == "not tried"
    assert "`model`" in trial.reason


def test_functions_constants_and_imports_of_the_notebook_are_there(attempt: Try) -> None:
    trial = attempt("doubled(orders).total.tolist()")
    assert trial.result is not None
    assert trial.result.rows == ((2,), (4,), (6,), (8,))


def test_polars_stays_polars(attempt: Try) -> None:
    trial = attempt("places.lazy().filter(pl.col('place') == 'Oslo').select('kind')")
    assert trial.result is not None
    assert trial.result.rows == (("a",),)
    failing = attempt("places.lazy().select('plase')")
    assert failing.error is not None
    assert failing.error.kind == "ColumnNotFoundError"


def test_a_connection_has_copies_of_its_tables(attempt: Try) -> None:
    trial = attempt("con.sql('SELECT count(*) AS n, max(label) AS l FROM items').df()")
    assert trial.result is not None
    assert trial.result.rows == ((10, "x9"),)
    assert "`seen`" in attempt("con.sql('SELECT * FROM seen').df()").reason


def test_what_was_printed_and_displayed_is_told(attempt: Try) -> None:
    assert attempt("print('hello')").printed == "hello\n"
    shown = attempt("display(orders.head(2))\nNone").result
    assert shown is not None
    assert shown.shape == (2, 3)


def test_a_figure_is_told_by_its_axes_with_a_picture_on_request(attempt: Try) -> None:
    trial = attempt("orders.plot(x='day', y='total', title='Totals')", thumbnail=True)
    assert trial.figure is not None
    assert trial.figure.png is not None
    assert trial.figure.png.startswith(b"\x89PNG")
    axes = trial.figure.axes[0]
    assert (axes.title, axes.x, axes.marks, axes.empty) == ("Totals", "day", (("line", 1),), False)
    bare = attempt("fig, ax = plt.subplots()\nax.bar(orders.kind, orders.total)")
    assert bare.figure is not None
    assert bare.figure.png is None
    assert bare.figure.axes[0].marks == (("bar", 4),)
    empty = attempt("plt.bar(orders[orders.total > 9].kind, orders[orders.total > 9].total)")
    assert empty.figure is not None
    assert empty.figure.axes[0].empty


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("pd.read_csv('sales.csv')", "reads a file"),
        ("orders.to_csv('out.csv')", "writes a file"),
        ("with open('x') as f:\n    print(f.read())", "opens a file"),
        ("import requests\nrequests.get('http://x')", "network"),
        ("import subprocess", "processes"),
        ("import os\nos.system('ls')", "program"),
        ("!pip install x", "command of IPython"),
        ("x = %sql SELECT 1", "command of IPython"),
        ("input('?')", "waits for input"),
        ("import sqlite3", "database"),
        ("get_ipython().run_line_magic('time', '')", "IPython"),
        ("from pathlib import Path\nPath('x').read_text()", "reads a file"),
        ("import asyncio\nawait asyncio.sleep(0)", "awaits"),
        ("exit()", "ends the kernel"),
    ],
)
def test_what_no_trial_can_judge_is_not_tried_and_says_why(attempt: Try, code: str, reason: str) -> None:
    trial = attempt(code)
    assert trial.status == "not tried"
    assert reason in trial.reason


@pytest.mark.parametrize(
    "code",
    ["%matplotlib inline\norders.shape", "import io\npd.read_csv(io.StringIO('a\\n1')).shape", "orders.to_csv()[:3]"],
)
def test_what_stays_in_memory_is_tried(attempt: Try, code: str) -> None:
    assert attempt(code).status == "ran"


def test_each_trial_starts_from_the_same_copies(attempt: Try) -> None:
    attempt("orders.drop(orders.index, inplace=True)\npd.DataFrame.head = None")
    trial = attempt("len(orders.head())")
    assert trial.result is not None
    assert trial.result.rows == ((4,),)


def test_a_sample_is_called_one() -> None:
    frame = pd.DataFrame({"n": range(50_000)})
    schema = Schema.from_json(collect({"big": frame}))
    trial = run_cell("big.n.max()", FrameRows.from_schema(schema), time_limit_s=10.0)
    assert trial.status == "ran"
    assert not trial.complete
    assert trial.sampled[0].table == "big"
    assert trial.sampled[0].of == 50_000
    assert trial.sampled[0].rows < 50_000


def test_a_kernel_elsewhere_is_not_tried_and_says_so(rows: FrameRows) -> None:
    away = FrameRows(rows.frames, rows.schema, python=KernelPython("/usr/bin/python3", (), "another-host"))
    assert "another machine" in run_cell("1", away).reason
    assert "not known" in run_cell("1", FrameRows()).reason


def test_where_no_lock_is_to_be_had_nothing_is_started(rows: FrameRows, monkeypatch: pytest.MonkeyPatch) -> None:
    close()
    monkeypatch.setattr(sys, "platform", "darwin")
    started: list[object] = []
    monkeypatch.setattr(WarmProcess, "run", lambda *arguments: started.append(arguments))
    trial = run_cell("1", rows)
    assert (trial.status, started) == ("not tried", [])
    assert "macOS" in trial.reason


def test_below_samples_nothing_is_tried(rows: FrameRows) -> None:
    lower = FrameRows.from_schema(rows.schema.at_privacy("types"))
    trial = run_cell("orders.shape", lower)
    assert (trial.status, lower.schema.trial) == ("not tried", None)
    assert "privacy level is *types*" in trial.reason
