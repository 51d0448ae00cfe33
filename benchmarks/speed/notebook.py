"""A notebook of a data analyst's kind whose prompt has about 2,000 tokens, and the changes that a working day makes to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from jupyter_qwen.schema.model import Column, Connection, ForeignKey, Schema, Table
from jupyter_qwen.schema.notebook import Cell

_SUBJECTS = (
    "customers", "orders", "order_lines", "products", "suppliers", "stores", "employees", "payments", "shipments", "returns",
    "invoices", "campaigns", "visits", "contracts", "tickets", "warehouses",
)  # fmt: skip
_COLUMNS = (
    ("name", "VARCHAR"), ("city", "VARCHAR"), ("country", "VARCHAR"), ("status", "VARCHAR"), ("amount", "DECIMAL(10,2)"),
    ("quantity", "INTEGER"), ("created_at", "TIMESTAMP"), ("updated_at", "TIMESTAMP"), ("category", "VARCHAR"),
    ("discount", "DOUBLE"), ("is_active", "BOOLEAN"),
)  # fmt: skip
_STEPS = (
    "{t}_by_city = con.sql('SELECT city, count(*) AS n, sum(amount) AS total FROM {t} GROUP BY city').df()\n"
    "{t}_by_city.sort_values('total', ascending=False).head(10)",
    "recent_{t} = con.sql(\"SELECT * FROM {t} WHERE created_at >= DATE '2024-0{m}-01'\").df()\n"
    "recent_{t}['share'] = recent_{t}['amount'] / recent_{t}['amount'].sum()",
    "{t}_monthly = recent_{t}.groupby(recent_{t}['created_at'].dt.month)['amount'].agg(['sum', 'mean', 'count'])\n"
    "{t}_monthly.columns = ['total', 'average', 'rows']",
)


@dataclass(frozen=True)
class BenchNotebook:
    """`mark` stands in the first table's comment and name: two marks share no prefix beyond the rules."""

    mark: str
    tables: tuple[Table, ...]
    cells: tuple[Cell, ...]

    @classmethod
    def new(cls, mark: str, *, tables: int = 15, cells: int = 22) -> BenchNotebook:
        """A notebook with so many tables of twelve columns and so many cells."""
        made = [_table(f"{mark}_{_SUBJECTS[0]}")]
        made += [_table(_SUBJECTS[i % len(_SUBJECTS)], previous=made[-1].name) for i in range(1, tables)]
        code = [Cell("import duckdb\nimport pandas as pd\n\ncon = duckdb.connect('shop.duckdb')", id="c0")]
        for number in range(1, cells):
            subject = made[number % len(made)].name
            code.append(Cell(_STEPS[number % len(_STEPS)].format(t=subject, m=number % 9 + 1), id=f"c{number}"))
        return cls(mark, tuple(made), tuple(code))

    def edited(self, position: int, version: int) -> BenchNotebook:
        """The same notebook after a cell was changed; `position` counts from the end when negative."""
        cells = list(self.cells)
        cell = cells[position]
        cells[position] = replace(cell, source=f"{cell.source}\nprint('version', {version})")
        return replace(self, cells=tuple(cells))

    def with_table(self, name: str) -> BenchNotebook:
        """The same notebook after a cell has made one more table."""
        return replace(self, tables=(*self.tables, _table(name, previous=self.tables[-1].name)))

    def asked(self, question: str, *, mode: str = "chat", thread: str = "", new_tokens: int = 16) -> dict[str, Any]:
        """The AskRequest of docs/reference/protocol.md."""
        schema = Schema(self.tables, connections=(Connection("con", "shop.duckdb"),), privacy="types")
        return {
            "question": question,
            "mode": mode,
            "thread": thread,
            "language": "python",
            "cells": [{"id": c.id, "type": c.type, "source": c.source, "execution_count": 1} for c in self.cells],
            "active_cell": self.cells[-1].id,
            "schema": schema.to_json(),
            "connection": None,
            "dialect": None,
            "privacy": "types",
            "max_new_tokens": new_tokens,
        }


def _table(name: str, *, previous: str | None = None) -> Table:
    columns = [Column(f"{name.rsplit('_', 1)[-1].rstrip('s')}_id", "INTEGER")]
    columns += [Column(column, kind) for column, kind in _COLUMNS[: 10 if previous else 11]]
    keys: tuple[ForeignKey, ...] = ()
    if previous is not None:
        key = f"{previous.rsplit('_', 1)[-1].rstrip('s')}_id"
        columns.append(Column(key, "INTEGER"))
        keys = (ForeignKey((key,), previous, (key,)),)
    return Table((name,), "table", tuple(columns), connection="con", row_count=1000, foreign_keys=keys)
