"""What a notebook's cells would load, from their source and the files that they name."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loading_cases import CASES, SALES

from jupyter_qwen.assistant.loadable import describe_loadable, loadable
from jupyter_qwen.demo.demo_folder import RIDES_NOTEBOOK, SHOP_NOTEBOOK, build_demo
from jupyter_qwen.python.loading.cell_steps import plan_of
from jupyter_qwen.python.loading.notebook_file import NotebookFile
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.sql.files.place import SUFFIXES, NotebookFolder
from jupyter_qwen.sql.validate import prove


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a file of three rows is read."""
    monkeypatch.setattr("jupyter_qwen.sql.files.looking.SECONDS", 60.0)
    monkeypatch.setattr("jupyter_qwen.assistant.tables_of_cells._DESCRIBE_SECONDS", 60.0)
    monkeypatch.setattr("jupyter_qwen.assistant.tables_of_cells.SECONDS", 600.0)


@pytest.fixture
def folder(tmp_path: Path) -> NotebookFolder:
    (tmp_path / "sales.csv").write_text(SALES)
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute("CREATE TABLE orders AS SELECT range AS id, 1.5::DECIMAL(10,2) AS amount FROM range(5)")
    return NotebookFolder(tmp_path, "notebook.ipynb")


@pytest.fixture
def till(folder: NotebookFolder) -> NotebookFolder:
    """The folder with a SQLite file."""
    with closing(sqlite3.connect(folder.path / "till.db")) as database:
        database.executescript(
            "CREATE TABLE receipts (id INTEGER, amount REAL); INSERT INTO receipts VALUES (1, 2.5), (2, 3);"
        )
    return folder


def cells_of(*sources: str) -> list[Cell]:
    return [Cell(source, id=str(number)) for number, source in enumerate(sources)]


@pytest.mark.parametrize("name", CASES)
def test_tables_are_known_by_name_and_type_before_their_cells_ran(name: str, folder: NotebookFolder) -> None:
    sources, expected = CASES[name]
    found = loadable(cells_of(*sources), folder, "samples").schema
    told = {
        ".".join(table.reference): (
            ", ".join(f"{column.name} {column.type}" for column in table.columns),
            "".join(table.loading.cells) if table.loading else None,
        )
        for table in found.tables
    }
    assert told == expected


def test_a_query_is_proved_against_what_is_not_loaded_yet(folder: NotebookFolder) -> None:
    cells = cells_of('import duckdb\ncon = duckdb.connect("shop.duckdb")')
    seen = loadable(cells, folder, "samples").schema.visible_from("con")
    assert prove("SELECT sum(amount) FROM orders", seen).verdict == "bound"
    assert prove("SELECT sum(total) FROM orders", seen).verdict == "rejected"


@pytest.mark.parametrize("level", ["names", "types", "values", "samples"])
def test_no_more_is_told_than_the_privacy_level_allows(level: str, folder: NotebookFolder) -> None:
    cells = cells_of('import pandas as pd\ndf = pd.read_csv("sales.csv")\nk = pd.DataFrame({"a": ["secret"]})')
    told = describe_loadable(cells, folder.path, "notebook.ipynb", level)
    text = str(told)
    assert ("north" in text) == (level in ("values", "samples"))
    assert ("VARCHAR" in text) == (level != "names")
    assert "secret" not in text
    for part in ("schema", "offered"):
        assert Schema.from_json(told[part]).privacy == level


def test_files_that_nothing_loads_are_offered_with_the_line_that_would_in_the_notebooks_idiom(
    folder: NotebookFolder,
) -> None:
    def offered(*sources: str) -> dict[str, str]:
        found = loadable(cells_of(*sources), folder, "samples").offered
        return {table.name: table.loading.code for table in found if table.loading is not None}

    assert offered("import pandas as p") == {
        "sales": 'sales = p.read_csv("sales.csv")',
        "orders": 'import duckdb\n\nshop = duckdb.connect("shop.duckdb", read_only=True)',
    }
    assert offered("import polars as pl")["sales"] == 'sales = pl.read_csv("sales.csv")'
    assert offered("import duckdb\ncon = duckdb.connect()")["sales"] == 'sales = con.read_csv("sales.csv")'
    assert offered()["sales"] == 'import duckdb\n\nsales = duckdb.read_csv("sales.csv")'
    assert offered("sales = 1\nimport pandas as pd\nsales = pd.DataFrame({'a': [1]})")["sales_file"].startswith(
        "sales_file = "
    )
    assert "sales" not in offered('import pandas as pd\ndf = pd.read_csv("sales.csv")')


def test_the_line_of_an_offer_makes_the_table_that_was_offered(
    folder: NotebookFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.path)
    for source in ("import pandas as pd", "import polars as pl", "import duckdb"):
        table = next(t for t in loadable(cells_of(source), folder, "samples").offered if t.name == "sales")
        assert table.loading is not None
        space: dict[str, object] = {"duckdb": duckdb}
        exec(f"{source}\n{table.loading.code}", space)
        columns = list(space["sales"].columns)
        assert columns == [column.name for column in table.columns]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("gone.csv", "is not there"),
        ("empty.csv", "it is empty"),
        ("notes.txt", "is no data file"),
        ("../outside.csv", "outside of the server's folder"),
        (".hidden.csv", "is hidden"),
        ("link.csv", "reached by a link"),
        ("bad\0.csv", "cannot be"),
    ],
)
def test_an_opened_file_that_cannot_be_read_is_told_with_the_reason(
    path: str, said: str, folder: NotebookFolder
) -> None:
    for name in ("empty.csv", "notes.txt", ".hidden.csv"):
        (folder.path / name).write_text("")
    (folder.path / "link.csv").symlink_to(folder.path / "sales.csv")
    found = loadable(cells_of("import duckdb"), folder, "samples", [path])
    assert said in " ".join(found.notes)
    assert {table.name for table in found.offered} == {"sales", "orders"}


def test_without_a_folder_no_file_is_read_and_it_is_said(folder: NotebookFolder) -> None:
    cells = cells_of('import pandas as pd\ndf = pd.read_csv("sales.csv")\nk = pd.DataFrame({"a": [1]})')
    found = loadable(cells, None, "samples")
    assert [table.name for table in found.schema.tables] == ["k"]
    assert "elsewhere" in found.schema.notes[0]
    assert "elsewhere" in loadable(cells, None, "samples", ["sales.csv"]).notes[0]
    assert found.offered == ()


def test_the_file_dialog_shows_what_the_server_reads() -> None:
    text = (Path(__file__).parents[3] / "src" / "context" / "data-files.ts").read_text(encoding="utf-8")
    listed = text.split("export const SUFFIXES = [", 1)[1].split("]", 1)[0]
    assert re.findall(r"'([^']+)'", listed) == list(SUFFIXES)


_OPENS = 'import sqlite3\nconn = sqlite3.connect("till.db")'


def test_tables_of_a_sqlite_file_that_a_cell_opens_come_with_the_line_that_loads_them(till: NotebookFolder) -> None:
    found = loadable(cells_of(_OPENS, "import duckdb"), till, "samples")
    (table,) = found.schema.tables
    assert (table.name, table.connection) == ("receipts", "till")
    assert [(column.name, column.type) for column in table.columns] == [("id", "BIGINT"), ("amount", "DOUBLE")]
    assert table.loading is not None
    assert table.loading.code == (
        "import duckdb\n\ntill = duckdb.connect()\n"
        "till.execute(\"ATTACH 'till.db' AS sqlite_file (TYPE sqlite, READ_ONLY)\")"
        '  # DuckDB fetches its sqlite extension for it, once\ntill.execute("USE sqlite_file")'
    )
    assert "till" in [connection.name for connection in found.schema.connections]
    assert {offered.name for offered in found.offered} == {"sales", "orders"}
    assert prove("SELECT sum(amount) FROM receipts", found.schema.visible_from("till")).verdict == "bound"


def test_sqlite_in_a_notebook_of_pandas_is_loaded_by_pandas(
    till: NotebookFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = loadable(cells_of("import pandas as pd"), till, "samples")
    table = next(table for table in found.offered if table.name == "receipts")
    assert table.loading is not None
    monkeypatch.chdir(till.path)
    space: dict[str, object] = {}
    exec(f"import pandas as pd\n{table.loading.code}", space)
    frame: object = space["receipts"]
    assert list(getattr(frame, "columns")) == ["id", "amount"]  # noqa: B009 (a frame of pandas, which has no types)


def test_what_pandas_reads_through_sqlite3_is_known_by_name_and_type(till: NotebookFolder) -> None:
    query = 'df = pd.read_sql("SELECT id, max(amount) AS most FROM receipts GROUP BY id", conn)'
    found = loadable(cells_of(_OPENS, "import pandas as pd", query), till, "samples").schema
    table = next(table for table in found.tables if table.name == "df")
    assert [(column.name, column.type) for column in table.columns] == [("id", "BIGINT"), ("most", "DOUBLE")]
    assert table.loading is not None
    assert table.loading.cells == ("0", "1", "2")
    assert "receipts" in [table.name for table in found.tables]


def test_an_attached_sqlite_file_is_loaded_by_the_cell_that_attaches_it(till: NotebookFolder) -> None:
    attach = "con.execute(\"ATTACH 'till.db' AS t (TYPE sqlite)\")"
    (table,) = loadable(cells_of("import duckdb\ncon = duckdb.connect()", attach), till, "samples").schema.tables
    assert table.reference == ("t", "main", "receipts")
    assert table.loading is not None
    assert table.loading.cells == ("0", "1")


@pytest.mark.parametrize(
    "source",
    ['import sqlite3\nc = sqlite3.connect(":memory:")', 'import sqlite3\nc = sqlite3.connect("gone.db")',
     "import sqlite3\nc = sqlite3.connect(name())",
     'import sqlite3, pandas as pd\nc = sqlite3.connect("till.db")\nc = 1\ndf = pd.read_sql("SELECT 1", c)'],
)  # fmt: skip
def test_what_sqlite_holds_only_later_is_not_told(source: str, till: NotebookFolder) -> None:
    found = loadable(cells_of(source), till, "samples").schema
    assert [table.name for table in found.tables if table.loading and table.loading.cells] == []


_ODD = """
import pandas as pd | import duckdb | con = duckdb.connect('shop.duckdb') | con.execute( | x = x + x | df = pd.read_csv(p) | %sql
%load_ext | %sql duckdb:// | %%sql | 'a' * 99 | df[ | f'{a!r:>9}' | with open('x') as f: pass | df = df[df] | import | del df
con.sql('CREATE VIEW v AS FROM v') | p = '\\ud800' | pd.DataFrame({1: [2]}) | df['a'] = df | lambda: (yield) | ((((((
conn = sqlite3.connect(p) | pd.read_sql(1, conn) | import sqlite3
a, *b = df = 1 | df = pd.DataFrame({**x}) | import os.path as p | con = con.execute('ATTACH x')
import duckdb as duckdb, pandas | from . import x | df = pd.read_csv(*a, **b) | Path()
df = pd.read_csv('sales.csv', dtype={1: int}, names=[1]) | df = df.drop(columns=df)
"""
_FRAGMENTS = st.sampled_from([part.strip() for line in _ODD.splitlines() for part in line.split(" | ")])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(_FRAGMENTS | st.text(max_size=20), max_size=6).map("\n".join), max_size=6))
def test_no_source_makes_the_reader_raise(sources: list[str]) -> None:
    loadable(cells_of(*sources), None, "types")


def test_a_magic_above_code_that_is_broken_still_loads(folder: NotebookFolder) -> None:
    found = loadable(cells_of("%sql duckdb:///shop.duckdb\ndef ("), folder, "types").schema
    assert [table.name for table in found.tables] == ["orders"]


def test_cells_without_ids_of_their_own_do_no_harm(folder: NotebookFolder) -> None:
    cells = [Cell("import pandas as pd"), Cell('df = pd.read_csv("sales.csv")')]
    assert [table.name for table in loadable(cells, folder, "types").schema.tables] == ["df"]


def test_a_text_that_doubles_itself_stays_small() -> None:
    doubling = "\n".join(
        ["a = 'x' * 1", "a = 'xxxxxxxx'", *["a = a + a"] * 200, "import pandas as pd", "df = pd.read_csv(a)"]
    )
    assert plan_of(cells_of(doubling)).steps == ()


def notebook(path: Path, source: str) -> None:
    path.write_text(json.dumps({"metadata": {}, "cells": [{"id": "a", "cell_type": "code", "source": source}]}))


def test_files_of_another_notebook_come_last_and_not_at_all_beside_tables_of_ones_own(folder: NotebookFolder) -> None:
    for name in ("a.csv", "b.csv", "big_b.csv"):
        (folder.path / name).write_text(SALES)
    notebook(folder.path / "other.ipynb", 'import pandas as pd\nb = pd.read_csv("b.csv")')
    notebook(folder.path / "notebook.ipynb", 'pd.read_csv("a.csv")')  # as it was saved; its cells are told
    (folder.path / "broken.ipynb").write_text('{"cells": [')

    def offered(*sources: str) -> list[str]:
        found = loadable(cells_of(*sources), folder, "types").offered
        return list(dict.fromkeys(table.loading.source for table in found if table.loading))

    assert offered("1 + 1") == ["a.csv", "big_b.csv", "sales.csv", "shop.duckdb", "b.csv"]
    assert offered('import pandas as pd\ndf = pd.read_csv("sales.csv")') == ["a.csv", "big_b.csv", "shop.duckdb"]


def test_a_demo_offers_no_file_of_its_other_notebook(tmp_path: Path) -> None:
    build_demo(tmp_path / "demo")
    for name in (SHOP_NOTEBOOK, RIDES_NOTEBOOK):
        cells = [Cell.from_json(cell) for cell in NotebookFile.read(tmp_path / "demo" / name).cells]
        found = loadable(cells, NotebookFolder(tmp_path / "demo", name), "types")
        assert found.schema.tables
        assert found.offered == ()
