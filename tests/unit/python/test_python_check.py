"""Generated Python against the notebook: imports are added, invented names and columns are told."""

from __future__ import annotations

import pytest

from jupyter_qwen.python.check import check_python
from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.schema.notebook import Cell

SCHEMA = Schema(
    tables=(
        Table(("sales",), "dataframe", (Column("Order_Date", "DATE"), Column("total", "DOUBLE")), library="pandas"),
        Table(("orders",), "table", (Column("id", "INTEGER"),), "con"),
    ),
    connections=(Connection("con"),),
)


def told(source: str, *cells: str, schema: Schema | None = SCHEMA) -> list[tuple[str, int | None, int | None]]:
    found = check_python(source, schema, [Cell(text) for text in cells])
    return [(item.message, item.line, item.column) for item in found.diagnostics]


def test_a_missing_import_is_added_above_the_code() -> None:
    found = check_python("plt.plot(sales['total'])\nplt.show()", SCHEMA, [Cell("import pandas as pd")])
    assert found.source == "import matplotlib.pyplot as plt\n\nplt.plot(sales['total'])\nplt.show()"
    assert [repair.name for repair in found.repairs] == ["missing-import"]
    assert found.repairs[0].after == found.source
    assert not found.diagnostics


@pytest.mark.parametrize(
    ("source", "cell"),
    [
        ("plt.show()", "import matplotlib.pyplot as plt"),
        ("import matplotlib.pyplot as plt\nplt.show()", ""),
        ("def f():\n    import matplotlib.pyplot as plt\n    plt.show()", ""),
        ("plt = 3\nplt", ""),
    ],
)
def test_what_is_imported_already_is_not_imported_again(source: str, cell: str) -> None:
    found = check_python(source, SCHEMA, [Cell(cell)])
    assert found.source == source
    assert not found.repairs


def test_imports_go_below_magics_and_comments() -> None:
    found = check_python("%matplotlib inline\n# the chart\n@np.vectorize\ndef f(x):\n    return x", SCHEMA, [])
    assert found.source.split("\n")[:4] == ["%matplotlib inline", "# the chart", "import numpy as np", ""]


def test_an_invented_name_is_told_with_its_place_and_what_it_may_mean() -> None:
    assert told("x = 1\nprint(sale['total'])") == [("No cell of this notebook defines sale.", 2, 7)]
    found = check_python("print(sale)", SCHEMA, [])
    assert found.diagnostics[0].candidates == ("sales",)


def test_a_table_that_is_taken_for_a_variable_is_read_first() -> None:
    found = check_python("import pandas as pd\n# the chart\norders.plot()", SCHEMA, [Cell("con = duckdb.connect()")])
    assert found.source == 'import pandas as pd\n# the chart\norders = con.sql("FROM orders").df()\norders.plot()'
    assert [repair.name for repair in found.repairs] == ["table-as-variable"]
    assert not found.diagnostics


def test_a_table_that_is_too_large_to_be_read_unasked_says_how() -> None:
    large = Schema(
        tables=(Table(("events",), "table", (Column("id", "INTEGER"),), "con", row_count=90_000_000),),
        connections=(Connection("con"),),
    )
    (found,) = check_python("events.plot()", large, []).diagnostics
    assert found.message == "events is a DuckDB table and no variable."
    assert found.hint == 'Read it with con.sql("FROM events").df().'


def test_a_table_of_several_parts_is_quoted() -> None:
    part = Schema(
        tables=(Table(("my db", "main", "orders"), "table", (Column("id", "INTEGER"),), "con"),),
        connections=(Connection("con"),),
    )
    found = check_python("orders.head()", part, [])
    assert found.source == 'orders = con.sql("FROM \\"my db\\".main.orders").df()\norders.head()'


@pytest.mark.parametrize(
    "cell",
    [
        "limit = 3",
        "def limit(): ...",
        "for limit in range(3): pass",
        "from settings import limit",
        "%%sql limit <<\nSELECT 1",
        "%sql limit << SELECT 1",
        "%%qwen sql --out limit\nq",
        "with open('f') as limit: pass",
        "(limit := 2)",
        "this is not ( python\nlimit = 3",
        "from settings import *",
        "%run settings.py",
        "%store -r",
    ],
)
def test_what_a_cell_may_have_defined_is_no_invention(cell: str) -> None:
    assert told("print(limit)", cell) == []


@pytest.mark.parametrize(
    "source",
    [
        "[x for x in sales['total']]",
        "f = lambda y: y + 1",
        "def g(a, *b, c=1, **d):\n    return a, b, c, d",
        "try:\n    pass\nexcept ValueError as error:\n    print(error)",
        "class A:\n    z = 1\n    def m(self):\n        return __class__, self.z",
        "print(_, In, Out, display, get_ipython())",
        "import os.path\nos.path.join('a', 'b')",
        "con.sql('FROM orders').df()",
        "match sales:\n    case {'a': q}:\n        print(q)",
        "def counter():\n    global n\n    n = 1\nprint(n)",
    ],
)
def test_names_that_python_itself_binds_are_none(source: str) -> None:
    assert told(source) == []


def test_a_column_that_does_not_exist_is_told_with_those_that_do() -> None:
    (found,) = check_python("sales['totl'].sum()", SCHEMA, []).diagnostics
    assert (found.message, found.line, found.column) == ("sales has no column 'totl'.", 1, 7)
    assert found.candidates[0] == "total"


def test_a_column_that_differs_in_case_and_underscores_is_written_as_it_is() -> None:
    found = check_python("é = sales[['order date', 'total']]\nsales['OrderDate'].max()", SCHEMA, [])
    assert found.source == "é = sales[['Order_Date', 'total']]\nsales['Order_Date'].max()"
    assert [repair.name for repair in found.repairs] == ["column-spelling"] * 2
    assert not found.diagnostics


@pytest.mark.parametrize(
    "source",
    [
        "sales['margin'] = 1\nsales['margin'].sum()",
        "sales = sales.rename(columns={'total': 'sum'})\nsales['sum']",
        "sales.columns = ['a', 'b']\nsales['a']",
        "other['nothing'] if False else None\nother = 1",
    ],
)
def test_columns_of_a_frame_that_changes_are_left_alone(source: str) -> None:
    assert [item for item in told(source) if "column" in item[0]] == []


def test_a_column_that_an_earlier_cell_added_is_known() -> None:
    assert told("sales['margin'].sum()", "sales['margin'] = 1") == []


def test_what_a_cell_has_loaded_is_not_loaded_again() -> None:
    cell = Cell("import pandas as pd\nsales = pd.read_csv(\n    'sales.csv')")
    found = check_python("import pandas as pd\nsales = pd.read_csv('sales.csv')\nsales['total'].sum()", SCHEMA, [cell])
    assert found.source == "import pandas as pd\nsales['total'].sum()"
    assert [repair.name for repair in found.repairs] == ["loaded-already"]


@pytest.mark.parametrize(
    "source",
    [
        "sales = pd.read_csv('other.csv')\nsales['total'].sum()",
        "copy = pd.read_csv('sales.csv')\ncopy",
        "sales = pd.read_csv('sales.csv')",
        "x = 1; sales = pd.read_csv('sales.csv')",
    ],
)
def test_what_is_not_the_same_load_stays(source: str) -> None:
    cell = Cell("import pandas as pd\nsales = pd.read_csv('sales.csv')")
    assert check_python(source, SCHEMA, [cell]).source == source


def test_nothing_is_said_of_a_kernel_that_was_not_seen() -> None:
    assert told("print(sale['x'])", schema=None) == []
    assert check_python("np.zeros(3)", None, []).source == "import numpy as np\n\nnp.zeros(3)"


@pytest.mark.parametrize("source", ["def f(:", "x = \x00", "(" * 500, ""])
def test_what_is_no_python_comes_back_as_it_is(source: str) -> None:
    assert check_python(source, SCHEMA, []).source == source


def test_of_what_a_cell_did_to_a_frame_no_half_is_done_again() -> None:
    done = (
        "sales = pd.read_csv('sales.csv')\nsales['total'] = sales['total'].map({'1': 1.0})\nsales.dropna(inplace=True)"
    )
    cell = Cell(f"import pandas as pd\n{done}")
    assert check_python(f"{done}\nsales['total'].mean()", SCHEMA, [cell]).source == "sales['total'].mean()"
    again = "sales['total'] = sales['total'].map({'1': 1.0})"
    assert check_python(again, SCHEMA, [cell]).source == again, "asked for alone, it is done"


def test_a_frame_is_loaded_again_for_a_column_that_it_has_no_longer() -> None:
    cell = Cell("import pandas as pd\nsales = pd.read_csv('sales.csv')\nsales = sales.drop(columns='city')")
    source = "data = 1\nsales = pd.read_csv('sales.csv')\nsales['city'].nunique()"
    assert check_python(source, SCHEMA, [cell]).source == source
