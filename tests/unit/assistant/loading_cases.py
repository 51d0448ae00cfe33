"""Notebooks as lists of cells, and the tables that they would make: name, columns with types, cells to run."""

from __future__ import annotations

SALES = "day,region,amount,note\n2024-01-01,north,1.5,a\n2024-01-02,south,2.5,\n"
SALES_IN_PANDAS = "day VARCHAR, region VARCHAR, amount DOUBLE, note VARCHAR"
SALES_IN_DUCKDB = "day DATE, region VARCHAR, amount DOUBLE, note VARCHAR"
PD = "import pandas as pd"

CASES: dict[str, tuple[list[str], dict[str, tuple[str, str]]]] = {
    "pandas": ([PD, 'df = pd.read_csv("sales.csv")'], {"df": (SALES_IN_PANDAS, "01")}),
    "an alias, a keyword": (
        ['import pandas as p\ndf = p.read_csv(filepath_or_buffer="sales.csv")'],
        {"df": (SALES_IN_PANDAS, "0")},
    ),
    "from import": (['from pandas import read_csv\ndf = read_csv("sales.csv")'], {"df": (SALES_IN_PANDAS, "0")}),
    "a folder in a constant": ([PD, 'D = "."', 'df = pd.read_csv(f"{D}/sales.csv")'], {"df": (SALES_IN_PANDAS, "012")}),
    "pathlib": (
        [PD + "\nfrom pathlib import Path", 'DATA = Path("data") / ".."\ndf = pd.read_csv(DATA / "sales.csv")'],
        {"df": (SALES_IN_PANDAS, "01")},
    ),
    "os.path": ([PD + '\nimport os\ndf = pd.read_csv(os.path.join(".", "sales.csv"))'], {"df": (SALES_IN_PANDAS, "0")}),
    "dates": (
        [PD, 'df = pd.read_csv("sales.csv", parse_dates=["day"])'],
        {"df": ("day TIMESTAMP, region VARCHAR, amount DOUBLE, note VARCHAR", "01")},
    ),
    "chosen columns": (
        [PD, 'df = pd.read_csv("sales.csv", usecols=["day", "amount"])'],
        {"df": ("day VARCHAR, amount DOUBLE", "01")},
    ),
    "index": ([PD, 'df = pd.read_csv("sales.csv", index_col=0)'], {"df": ("region VARCHAR, amount DOUBLE, note VARCHAR", "01")}),
    "a column that is added, one that is converted": (
        [PD, 'df = pd.read_csv("sales.csv")', 'df["day"] = pd.to_datetime(df["day"])\ndf["x"] = 1'],
        {"df": ("day TIMESTAMP, region VARCHAR, amount DOUBLE, note VARCHAR, x ", "012")},
    ),
    "rows that are filtered, columns that are renamed": (
        [PD, 'df = pd.read_csv("sales.csv").dropna().rename(columns={"amount": "eur"})', 'n = df[df.region == "north"]'],
        {
            "df": ("day VARCHAR, region VARCHAR, eur DOUBLE, note VARCHAR", "01"),
            "n": ("day VARCHAR, region VARCHAR, eur DOUBLE, note VARCHAR", "012"),
        },
    ),
    "what nobody can know": ([PD, 'df = pd.read_csv("sales.csv").merge(other)', "df2 = make()"], {}),
    "a frame that becomes something else": ([PD, 'df = pd.read_csv("sales.csv")', "df = clean(df)"], {}),
    "in a function": ([PD, 'def f():\n    df = pd.read_csv("sales.csv")'], {}),
    "written out": (
        [PD + '\nk = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1, None], "d": [True, False], "e": [1.5, 2]})'],
        {"k": ("a BIGINT, b VARCHAR, c DOUBLE, d BOOLEAN, e DOUBLE", "0")},
    ),
    "written out in less": (
        [PD + '\nk = pd.DataFrame({"a": [1] * 2 + [2], "b": ["x", "y"] * 3, "c": [[1]] * 2, "d": [1] * 99999})'],
        {"k": ("a BIGINT, b VARCHAR, c , d ", "0")},
    ),
    "polars": (['import polars as pl\ndf = pl.scan_csv("sales.csv").collect()'], {"df": (SALES_IN_PANDAS, "0")}),
    "polars with dates": (
        ['import polars as pl\ndf = pl.read_csv("sales.csv", try_parse_dates=True)'],
        {"df": (SALES_IN_DUCKDB, "0")},
    ),
    "a relation": (['import duckdb\nsales = duckdb.read_csv("sales.csv")'], {"sales": (SALES_IN_DUCKDB, "0")}),
    "a query on a file": (
        ['import duckdb\ndf = duckdb.sql("SELECT region, sum(amount) AS total FROM \'sales.csv\' GROUP BY 1").df()'],
        {"df": ("region VARCHAR, total DOUBLE", "0")},
    ),
    "a database": (['import duckdb\ncon = duckdb.connect("shop.duckdb")'], {"orders": ("id BIGINT, amount DECIMAL(10,2)", "0")}),
    "a database, read only": (
        ["import duckdb", 'con = duckdb.connect(database="shop.duckdb", read_only=True)'],
        {"orders": ("id BIGINT, amount DECIMAL(10,2)", "01")},
    ),
    "a table from a file": (
        ["import duckdb\ncon = duckdb.connect()", "con.execute(\"CREATE TABLE s AS SELECT * FROM 'sales.csv'\")"],
        {"s": (SALES_IN_DUCKDB, "01")},
    ),
    "a view on a table from a file": (
        [
            "import duckdb\ncon = duckdb.connect()",
            "con.sql(\"CREATE OR REPLACE TABLE s AS FROM read_csv('sales.csv', delim=',')\")",
            'con.sql("CREATE VIEW v AS SELECT region, max(amount) AS most FROM s GROUP BY region")',
        ],
        {"s": (SALES_IN_DUCKDB, "01"), "v": ("region VARCHAR, most DOUBLE", "012")},
    ),
    "declared columns": (
        ["import duckdb", 'duckdb.execute("CREATE TABLE o (id INTEGER PRIMARY KEY, tags VARCHAR[], p DECIMAL(10,2))")'],
        {"o": ("id INT, tags TEXT[], p DECIMAL(10, 2)", "01")},
    ),
    "rows that come later": (
        ['import duckdb\nduckdb.execute("CREATE TABLE o (id INTEGER)")', "duckdb.execute(\"INSERT INTO o VALUES (1)\")"],
        {"o": ("id INT", "01")},
    ),
    "a table that is dropped": (['import duckdb\nduckdb.sql("CREATE TABLE o (id INTEGER)")\nduckdb.sql("DROP TABLE o")'], {}),
    "an attached database": (
        ["import duckdb\ncon = duckdb.connect()", "con.execute(\"ATTACH 'shop.duckdb' AS shop (READ_ONLY)\")"],
        {"shop.main.orders": ("id BIGINT, amount DECIMAL(10,2)", "01")},
    ),
    "a closed connection": (['import duckdb\nwith duckdb.connect("shop.duckdb") as con:\n    pass'], {}),
    "a frame from a database": (
        ['import duckdb\nwith duckdb.connect("shop.duckdb") as con:\n    df = con.sql("FROM orders").df()'],
        {"df": ("id BIGINT, amount DECIMAL(10,2)", "0")},
    ),
    "magic": (
        ["%load_ext sql", "%sql duckdb:///shop.duckdb", "%%sql\nCREATE VIEW v AS SELECT id FROM orders"],
        {"orders": ("id BIGINT, amount DECIMAL(10,2)", "01"), "v": ("id BIGINT", "012")},
    ),
    "magic on a connection": (
        ["%load_ext sql\nimport duckdb", "con = duckdb.connect()", "%sql con", "%%sql\nCREATE TABLE t (a INTEGER)"],
        {"t": ("a INT", "0123")},
    ),
    "broken code": (["def (", PD, 'df = pd.read_csv("sales.csv")'], {"df": (SALES_IN_PANDAS, "12")}),
    "another folder": (["%cd elsewhere", PD + '\ndf = pd.read_csv("sales.csv")'], {}),
    "a path known later": ([PD + '\ndf = pd.read_csv(input())\nimport duckdb\ncon = duckdb.connect(name())'], {}),
    "skipped rows": ([PD, 'df = pd.read_csv("sales.csv", skiprows=1)'], {}),
}  # fmt: skip
