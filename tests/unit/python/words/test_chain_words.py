"""Chains of pandas and the line read aloud for each: `chains_read_aloud.txt`, made by the code, then read line by line."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from jupyter_qwen.assistant.answers.blocks import code_block
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.python.words import cell_in_words
from jupyter_qwen.python.words.chained_cell import query_of
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema

PAIRS = [
    tuple(pair.split("\n=> "))
    for pair in (Path(__file__).parent / "chains_read_aloud.txt").read_text("utf-8").strip().split("\n\n")
]
NOTHING_SAID = [
    'orders.merge(customers, on="customer_id", how="left").groupby("city")["amount"].sum()',
    'orders.groupby("country")["amount"].apply(lambda x: x.max() - x.min())',
    'orders.pivot_table(index="country", columns="status", values="amount", aggfunc="sum")',
    'orders.groupby("country")["amount"].transform("sum")',
    'orders["amount"].cumsum()',
    "orders.plot()",
    'other.groupby("x").size()',
    "for x in orders: print(x)",
    "orders",
    'orders["amount"].value_counts(normalize=True)',
    'orders.groupby("country")["amount"].sum() / orders["amount"].sum()',
    'orders[orders["amount"] > orders["amount"].mean()]',
    'orders.sort_values("amount").head(5)["amount"].sum()',
    'orders.groupby("nothing")["amount"].sum()',
    'orders.rename(columns={"amount": "quantity"})["quantity"].sum()',
    'print(len(orders))\nprint(orders["amount"].sum())',
    'orders["country"].value_counts().value_counts()',
    'orders[orders["status"].str.contains("l.te")]',
    'orders.groupby("country", dropna=False).size()',
    'orders.head(5).groupby("country").size()',
]


def frames() -> dict[str, pd.DataFrame]:
    orders = pd.DataFrame(
        {
            "order_id": range(1, 13),
            "customer_id": [1, 2, 3, 1, 2, 9, 1, 2, 3, 1, 2, 2],
            "country": ["DE", "FR", "DE", "ES", "DE", "FR", "IT", "DE", "PT", "ES", "FR", "DE"],
            "status": ["open", "late", "paid"] * 4,
            "amount": [5.0, 120, 1500, 12, 18.5, 310, 7, 99, 101, 250, 13, 45],
            "quantity": [1, 2, 3, 4, 5, 6] * 2,
            "ordered_at": pd.date_range("2023-10-02", periods=12, freq="17D"),
        }
    )
    customers = pd.DataFrame({"customer_id": [1, 2, 3], "name": ["Ada", "Ben", "Cy"], "city": ["Bonn", "Ulm", "Bonn"]})
    return {"orders": orders, "customers": customers}


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema.from_json(collect(frames()))


def test_there_are_enough_of_them() -> None:
    assert len(PAIRS) >= 40


@pytest.mark.parametrize(("cell", "line"), PAIRS)
def test_a_chain_reads_as_a_person_would_read_it(cell: str, line: str, schema: Schema) -> None:
    assert cell_in_words(cell, schema) == line


@pytest.mark.parametrize("cell", [cell for cell, _ in PAIRS])
def test_the_query_behind_the_words_gives_what_the_chain_gives(cell: str, schema: Schema) -> None:
    query = query_of(cell, schema)
    assert query is not None
    with duckdb.connect() as con:
        for name, frame in frames().items():
            con.register(name, frame)
        asked = con.execute(query.sql(dialect="duckdb")).fetchall()
    if "merge(" in cell and len(asked[0]) > 3:  # all columns of both: pandas has the key once
        assert len(asked) == len(ran(cell))
    else:
        assert plain(asked) == plain(ran(cell))


def ran(cell: str) -> list[tuple[Any, ...]]:
    """The rows of what the cell shows, with its groups."""
    space: dict[str, Any] = {"pd": pd, **frames()}
    shown: list[Any] = []
    space["print"] = shown.append
    *before, last = ast.parse(cell).body
    exec(compile(ast.Module(before, []), "cell", "exec"), space)
    if isinstance(last, ast.Expr):
        result = eval(compile(ast.Expression(last.value), "cell", "eval"), space)
    else:
        exec(compile(ast.Module([last], []), "cell", "exec"), space)
        result = space[ast.unparse(last).split(" =")[0]]
    result = shown[0] if shown else result
    if isinstance(result, pd.Series):
        result = result.reset_index()
    if isinstance(result, pd.DataFrame):
        named = [name for name in result.index.names if name is not None]
        return list((result.reset_index() if named else result).itertuples(index=False, name=None))
    return [(each,) for each in result] if hasattr(result, "__len__") else [(result,)]


def plain(rows: list[tuple[Any, ...]]) -> list[str]:
    """Rows to compare, in any order: equal sums may stand in either."""
    return sorted("|".join(sorted(text(value) for value in row)) for row in rows)


def text(value: Any) -> str:
    if isinstance(value, pd.Period):
        return str(value.start_time.date())
    if isinstance(value, str):
        return value
    if hasattr(value, "date") and not isinstance(value, (int, float)):
        return str(value.date())
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return f"{float(value):.4f}"


@pytest.mark.parametrize("cell", NOTHING_SAID)
def test_of_what_is_not_plain_nothing_is_said(cell: str, schema: Schema) -> None:
    assert cell_in_words(cell, schema) is None


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "zählt orders je country, meiste zuerst"),
        ("es", "cuenta orders por country, más primero"),
        ("fr", "compte orders par country, du plus au moins"),
        ("zh-CN", "按 country 统计 orders 的数量，从多到少"),
    ],
)
def test_the_line_is_in_the_language_of_the_interface(language: str, line: str, schema: Schema) -> None:
    assert cell_in_words('orders["country"].value_counts()', schema, language) == line


def test_of_tables_that_nobody_has_seen_nothing_is_said() -> None:
    assert cell_in_words("len(orders)", None) is None
    assert cell_in_words("len(orders)", Schema(())) is None


def test_block_of_python_carries_its_words(schema: Schema) -> None:
    block = code_block("python", "len(orders)", Question("?", schema=schema, locale="de"))
    assert block.words == "zählt orders"
