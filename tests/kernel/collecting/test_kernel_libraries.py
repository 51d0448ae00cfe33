"""``%%qwen`` beside the libraries that notebooks run SQL with: its cell is written as theirs are, and runs."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from notebooks import opened

from benchmarks.speed.jupyter_process import JupyterServer

SALES = "CREATE TABLE orders AS SELECT i AS id FROM range(7) t(i)"
NOTEBOOKS = {
    "con.sql": (
        ["import duckdb\ncon = duckdb.connect()", f"con.sql('{SALES}')", "con.sql('FROM orders').df()"],
        'con.sql("""',
        "DataFrame",
    ),
    "the module duckdb": (["import duckdb", f"duckdb.sql('{SALES}')"], 'duckdb.sql("""', "DataFrame"),
    "JupySQL with a connection of its own": (
        ["%load_ext sql", "%sql duckdb://", f"%%sql\n{SALES}"],
        "%%sql\n",
        "ResultSet",
    ),
    "JupySQL with a connection of the notebook's": (
        ["import duckdb\ncon = duckdb.connect()", "%load_ext sql", "%sql con", f"%%sql\n{SALES}"],
        "%%sql\n",
        "ResultSet",
    ),
    "ibis": (["import ibis\ncon = ibis.duckdb.connect()", f"con.raw_sql('{SALES}')"], "con.con.sql(", "DataFrame"),
    "polars": (
        ["import polars as pl\norders = pl.DataFrame({'id': range(7)})"],
        'import duckdb\n\nduckdb.sql("""',
        "DataFrame",
    ),
    "a frame beside JupySQL": (
        ["import pandas as pd, duckdb\ncon = duckdb.connect()\norders = pd.DataFrame({'id': range(7)})",
         "%load_ext sql", "%sql con"],
        'con.sql("""',
        "DataFrame",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_cell_is_written_as_the_notebook_writes_its_own_and_runs(
    name: str, started: JupyterServer, folder: Path
) -> None:
    # by its distribution: in a run of all tests a folder of ours makes the name `sql` importable
    if "JupySQL" in name and not next(metadata.distributions(name="jupysql"), None):
        pytest.skip("JupySQL is not installed: pip install jupysql duckdb-engine")
    cells, beginning, kind = NOTEBOOKS[name]
    with opened(started, folder, f"{name}.ipynb") as notebook:
        for cell in cells:
            assert notebook.run(cell)["reply"]["status"] == "ok", cell
        notebook.run("%load_ext jupyter_qwen")
        asked = notebook.run("%%qwen sql\nhow many orders are there")
        assert asked["reply"]["status"] == "ok", asked
        assert "bound" in asked["shown"][0]["text/markdown"]
        (cell,) = asked["next"]
        assert cell.startswith(beginning)
        assert notebook.run(cell)["reply"]["status"] == "ok"
        assert notebook.run("print(type(_).__name__)")["text"] == f"{kind}\n"
        assert notebook.run("%%qwen sql --out counted\nhow many orders are there")["reply"]["status"] == "ok"
        assert notebook.run("print(type(counted).__name__, counted['n'].to_list())")["text"] == "DataFrame [7]\n"
