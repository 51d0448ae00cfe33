from __future__ import annotations

import ast

import pytest

from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.sql.render import RenderedCell, detect_idiom, render_cell

COLUMNS = (Column("a", "INTEGER"),)


def schema(*, connections: tuple[str, ...] = (), frames: str | None = None) -> Schema:
    tables = tuple(Table((f"t_{name}",), "table", COLUMNS, name) for name in connections)
    if frames:
        tables += (Table(("df",), "dataframe", COLUMNS, library=frames),)
    return Schema(tables, tuple(Connection(name) for name in connections))


def render(sql: str, *sources: str, of: Schema, language: str = "python") -> RenderedCell:
    return render_cell(sql, detect_idiom([Cell(source) for source in sources], of, language))


def test_the_connection_that_exists_is_used() -> None:
    cell = render("SELECT 1;", "import duckdb\ncon = duckdb.connect()", of=schema(connections=("con",)))
    assert cell == RenderedCell('con.sql("""\nSELECT 1\n""").df()')


def test_frames_alone_are_queried_through_the_module_which_is_imported_when_missing() -> None:
    assert render("FROM df", of=schema(frames="pandas")).source == 'import duckdb\n\nduckdb.sql("""\nFROM df\n""").df()'
    assert render("FROM df", "import duckdb as ddb", of=schema(frames="pandas")).source.startswith("ddb.sql(")


def test_a_polars_notebook_gets_polars() -> None:
    assert render("FROM df", "import duckdb\nimport polars as pl", of=schema(frames="polars")).source.endswith(".pl()")
    assert render("FROM df", "import polars\nduckdb.sql('x').df()", of=schema(frames="polars")).source.endswith(".df()")


def test_the_connection_that_owns_the_tables_wins_over_the_last_used() -> None:
    both = schema(connections=("con", "other"))
    idiom = detect_idiom([Cell("con.sql('a')")], both, "python")
    assert render_cell("SELECT * FROM t_other", idiom).source.startswith("other.sql(")
    assert render_cell("SELECT 1", idiom).source.startswith("con.sql(")


def test_a_statement_without_rows_is_executed_since_a_relation_of_it_is_none() -> None:
    assert (
        render("DROP TABLE t_con", of=schema(connections=("con",))).source == 'con.execute("""\nDROP TABLE t_con\n""")'
    )


def test_a_notebook_of_sql_cells_gets_a_sql_cell() -> None:
    assert render("SELECT 1", "%load_ext sql", "%%sql\nFROM a", of=schema()).source == "%%sql\nSELECT 1"
    assert render("SELECT 1", "%%sql duckdb://\nFROM a", of=schema()).source == "%%sql duckdb://\nSELECT 1"
    assert render("SELECT 1", "%%sql out <<\nFROM a", of=schema()).source == "%%sql\nSELECT 1"
    for code in ("{evil()}", "$evil", "con --file x", "x;y", "`id`"):  # IPython evaluates the first two
        assert render("SELECT 1", f"%%sql {code}\nFROM a", of=schema()).source == "%%sql\nSELECT 1"
    assert render("SELECT 1", "%%dql\nFROM a", of=schema()).source == "%%dql\nSELECT 1"


@pytest.mark.parametrize("sql", ["SELECT '{{x}}'", "SELECT 'at :noon'", "SELECT '{% a %}'"])
def test_what_a_magic_would_replace_goes_through_python(sql: str) -> None:
    assert not render(sql, "%%sql\nFROM a", of=schema()).source.startswith("%%sql")


def test_a_cast_is_no_parameter() -> None:
    assert render("SELECT a::DATE", "%%sql\nFROM a", of=schema()).source.startswith("%%sql")


def test_a_connection_that_only_jupysql_has_gets_a_sql_cell_whatever_the_text() -> None:
    of = schema(connections=("%sql duckdb://", "%sql duckdb:///b"))
    assert render("SELECT 1", "%load_ext sql", "%sql duckdb://", of=of).source == "%%sql\nSELECT 1"
    assert render('FROM "t_%sql duckdb:///b"', "%load_ext sql", of=of).source.startswith("%%sql duckdb:///b\n")
    assert render("SELECT '{{x}}'", "%load_ext sql", of=of).source == "%%sql\n{% raw %}SELECT '{{x}}'{% endraw %}"
    assert render("SELECT 'at :noon', a::DATE", "%load_ext sql", of=of).source == "%%sql\nSELECT 'at \\:noon', a::DATE"


def test_a_query_over_a_dataframe_goes_through_python_since_a_magic_does_not_find_variables() -> None:
    of = schema(connections=("con",), frames="pandas")
    assert render("FROM df", "%load_ext sql", "%sql con", of=of).source.startswith("con.sql(")
    assert render("FROM t_con", "%load_ext sql", "%sql con", of=of).source == "%%sql\nFROM t_con"


def test_a_sql_kernel_gets_plain_sql() -> None:
    assert render("SELECT 1", of=schema(), language="sql").source == "SELECT 1;"
    assert render("SELECT 1 -- one", of=schema(), language="SQL").source == "SELECT 1 -- one\n;"


def test_r_and_julia_speak_dbi() -> None:
    assert (
        render("SELECT 1", "library(DBI)\ndb <- dbConnect(duckdb())", of=schema(), language="R").source
        == 'dbGetQuery(db, r"(\nSELECT 1\n)")'
    )
    assert 'r"-(' in render("SELECT '" + ')"' + "'", of=schema(), language="R").source
    julia = render("SELECT '$x'", "db = DBInterface.connect(DuckDB.DB)", of=schema(), language="julia").source
    assert julia == 'DBInterface.execute(db, """\nSELECT \'\\$x\'\n""") |> DataFrame'


def test_an_unknown_language_gets_a_markdown_cell() -> None:
    assert render("SELECT 1", of=schema(), language="rust") == RenderedCell("```sql\nSELECT 1\n```", "markdown")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a\"\"\"b'", "SELECT \"x\"", "SELECT '\\n'", "SELECT '\\'", "SELECT '\"\"\"', ''''''",
        "SELECT 'a\rb'", "SELECT 'a\x00b'",
        "SELECT '\u2028'", "SELECT '%%sql'\n-- !ls\n", "SELECT 1\\", "SELECT \"\"\"\"\"a\"\"\"\"\" '''b'''",
    ],
)  # fmt: skip
def test_the_text_arrives_in_python_exactly(sql: str) -> None:
    source = render(sql, "import duckdb", of=schema()).source
    (literal,) = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    assert literal.strip("\n") == sql.strip().strip("\n")
