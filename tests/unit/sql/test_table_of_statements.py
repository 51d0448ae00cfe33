"""Hostile statements, of which none passes unasked, and honest ones, which pass. Both lists are data files in ``cases``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.sql.validate import prove

CASES = Path(__file__).parent / "cases"
#: How characters that no editor shows are written in the files.
SHOWN = {"␍": "\r", "␣": "\u00a0", "␢": "\u200b", "␛": "\ufeff"}
TABLES = {
    "customers": "id INTEGER, name VARCHAR, country VARCHAR, born DATE, email VARCHAR",
    "orders": "id INTEGER, customer_id INTEGER, ordered_at TIMESTAMP, total DOUBLE, status VARCHAR, tags VARCHAR[], "
    "info STRUCT(a INTEGER; city VARCHAR), doc JSON",
    "prices": "ticker VARCHAR, moment TIMESTAMP, price DOUBLE",
    "trades": "ticker VARCHAR, moment TIMESTAMP, shares INTEGER",
    "employees": "id INTEGER, name VARCHAR, manager_id INTEGER, dept VARCHAR, salary INTEGER",
    "cities": "country VARCHAR, name VARCHAR, year INTEGER, population INTEGER",
    "monthly_sales": "empid INTEGER, dept VARCHAR, jan INTEGER, feb INTEGER, mar INTEGER",
}


def paragraphs(name: str) -> list[str]:
    text = (CASES / name).read_text(encoding="utf-8")
    for shown, meant in SHOWN.items():
        text = text.replace(shown, meant)
    head = re.match(r"((?:-- .*\n)+)([A-Z])", text)
    assert head is not None
    return [part.strip("\n") for part in text[head.end(1) :].split("\n\n")]


def columns(text: str) -> tuple[Column, ...]:
    parts = (part.split(" ", 1) for part in text.split(", "))
    return tuple(Column(name, kind.replace(";", ",")) for name, kind in parts)


SCHEMA = Schema(
    tuple(Table((name,), "table", columns(text), "con") for name, text in TABLES.items()), (Connection("con"),)
)
HOSTILE, HONEST = paragraphs("hostile.sql"), paragraphs("honest.sql")


def test_both_lists_hold_at_least_150_statements_each_once() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 150
    assert len(set(HONEST)) == len(HONEST) >= 150


@pytest.mark.parametrize("sql", HOSTILE)
def test_a_hostile_statement_is_asked_about_or_refused(sql: str) -> None:
    proof = prove(sql, SCHEMA)
    assert proof.needs_consent or proof.verdict == "rejected", proof


def test_no_hostile_statement_passes_and_99_of_100_honest_ones_do() -> None:
    asked = [sql for sql in HONEST if (p := prove(sql, SCHEMA)).needs_consent or p.verdict != "bound"]
    assert len(asked) <= len(HONEST) // 100, asked
