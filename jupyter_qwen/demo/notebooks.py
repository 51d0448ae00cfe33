"""What the demo's notebooks say: for people of SQL, and for people of pandas."""

from __future__ import annotations

from typing import Any

_SHOP_INTRO = """\
# Ask your data

The two cells below load an outdoor shop: eight tables in `shop.duckdb` and two DataFrames. In a demo that `jupyter qwen demo` has
just made they run by themselves. Ask in the **Qwen** panel on the right, or press one of its three questions.

The answer streams from the model on your own machine. Its SQL is proved against the tables before you can insert it: the badge
says *bound*. **Insert** puts it into a new cell below the active one. In a code cell, wait a moment while you type and grey text
completes the line; `Tab` accepts it. What words such as *revenue* mean here stands in `qwen.md`."""

_SHOP_TABLES = """\
import duckdb
import pandas as pd

con = duckdb.connect("shop.duckdb")
con.sql("SHOW TABLES")"""

_SHOP_FRAMES = """\
targets = pd.DataFrame(
    {
        "category_name": ["Tents", "Sleeping Bags", "Backpacks", "Footwear", "Stoves", "Climbing"] * 2,
        "year": [2024] * 6 + [2025] * 6,
        "target_revenue": [
            240_000, 120_000, 115_000, 110_000, 60_000, 90_000,
            260_000, 125_000, 120_000, 120_000, 65_000, 95_000,
        ],
    }
)
# Switzerland has two representatives: a join on country alone counts its orders twice
regions = pd.DataFrame(
    {
        "country": ["Germany", "Austria", "Switzerland", "Switzerland", "France", "Italy", "Spain", "Netherlands", "Poland"],
        "region": ["Central", "Central", "Central", "Central", "South", "South", "South", "North", "North"],
        "sales_rep": ["Keller", "Hofer", "Meier", "Dubois", "Dubois", "Rossi", "Garcia", "Jansen", "Nowak"],
    }
)
targets"""

_MAGIC = """\
## The same from a cell

`%%qwen` works in JupyterLab, Notebook, VS Code and a terminal. The query lands in the next cell."""

_RIDES_INTRO = """\
# Ask your DataFrames

The cell below loads the year 2024 of a bicycle hire: four CSV files as four DataFrames. Ask in the **Qwen** panel on the right,
or press one of its three questions. A query over DataFrames runs in DuckDB; `/python` asks for pandas, `/plot` for a chart."""

_RIDES_FRAMES = """\
import duckdb
import pandas as pd

rides = pd.read_csv("rides.csv", parse_dates=["started_at"])
stations = pd.read_csv("stations.csv")
bikes = pd.read_csv("bikes.csv")
weather = pd.read_csv("weather.csv")
rides.head()"""


def _code(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def _markdown(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def _notebook(cells: list[dict[str, Any]], loads: list[str], questions: list[str]) -> dict[str, Any]:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "jupyter_qwen": {"loads": loads, "questions": questions},
        },
        "cells": cells,
    }


def shop_notebook() -> dict[str, Any]:
    """The shop, in nbformat. Its metadata names the cells that load it and three questions to begin with."""
    return _notebook(
        [
            _markdown("intro", _SHOP_INTRO),
            _code("tables", _SHOP_TABLES),
            _code("frames", _SHOP_FRAMES),
            _markdown("magic", _MAGIC),
            _code("load", "%load_ext jupyter_qwen"),
            _code("ask", "%%qwen sql\nthe ten customers with the highest revenue in 2024, with their country"),
        ],
        ["tables", "frames"],
        [
            "monthly revenue per product category in 2024",
            "the three products with the highest revenue in each category",
            "plot the revenue per month in 2024",
        ],
    )


def rides_notebook() -> dict[str, Any]:
    """The bicycle hire, in nbformat."""
    return _notebook(
        [
            _markdown("intro", _RIDES_INTRO),
            _code("frames", _RIDES_FRAMES),
            _code("mine", ""),
        ],
        ["frames"],
        [
            "number of rides per district of the start station",
            "the three start stations with the most rides in each district",
            "plot the number of rides per month",
        ],
    )
