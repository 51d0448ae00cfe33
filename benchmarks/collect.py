"""How long the schema collector takes: many tables, many frames, one large table. Run: python -m benchmarks.collect"""

from __future__ import annotations

import time
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from jupyter_qwen.schema.collect import collect


def many_tables(tables: int = 1_000, columns: int = 20) -> dict[str, Any]:
    """A connection with so many tables of 40 rows."""
    con = duckdb.connect()
    chosen = ", ".join(f"'v' || (i % {j + 3}) AS c{j}" if j % 3 else f"i AS c{j}" for j in range(columns))
    con.execute("BEGIN")
    for index in range(tables):
        con.execute(f"CREATE TABLE t{index} AS SELECT {chosen} FROM range(40) t(i)")
    con.execute("COMMIT")
    return {"con": con}


def many_frames(frames: int = 500, *, dtype: str | None = None) -> dict[str, Any]:
    """So many frames of 20 columns and 1,000 rows, half of them text."""
    texts = pd.Series([f"x{k % 17}" for k in range(1_000)], dtype=dtype)
    numbers = np.arange(1_000)
    return {
        f"df{i}": pd.DataFrame(
            {**{f"c{j}": numbers + j for j in range(10)}, **{f"s{j}": texts.copy() for j in range(10)}}
        )
        for i in range(frames)
    }


def large_table(rows: int = 20_000_000) -> dict[str, Any]:
    con = duckdb.connect()
    con.execute(
        f"""CREATE TABLE big AS SELECT i, 'name' || (i % 300) AS n, i % 7 AS k, random() AS r, 'city' || (i % 50) AS c
        FROM range({rows}) t(i)"""
    )
    return {"con": con}


def measure(label: str, namespace: dict[str, Any], *levels: str) -> None:
    for level in levels:
        start = time.perf_counter()
        found = collect(namespace, privacy=level)
        seconds = time.perf_counter() - start
        rows = sum(len(table["rows"]) for table in found["tables"])
        print(
            f"{label:32} {level:8} {seconds:6.3f} s  {len(found['tables']):5} tables  {rows:6} rows  {found['notes'] or ''}"
        )


def main() -> None:
    measure("DuckDB, 1,000 tables × 20", many_tables(), "names", "types", "values", "samples")
    measure("500 frames × 20", many_frames(dtype="str"), "types", "samples")
    measure("500 frames × 20, object texts", many_frames(dtype="object"), "types", "samples")
    large = large_table()
    measure("DuckDB, 20 million rows", large, "samples")
    measure("frame, 5 million rows", {"df": large["con"].sql("FROM big LIMIT 5000000").df()}, "samples")


if __name__ == "__main__":
    main()
