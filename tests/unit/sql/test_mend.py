from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table
from jupyter_qwen.sql.mend import RULES, mend, mend_values
from jupyter_qwen.sql.validate import prove

CASES = Path(__file__).parent / "cases"


def blocks(name: str) -> list[str]:
    return (CASES / name).read_text(encoding="utf-8").split("\n\n")[1:]


def pairs() -> list[tuple[str, str, str]]:
    found = []
    for block in blocks("mend.sql"):
        match = re.fullmatch(r"-- (.*?)\n(.*?);\n-- becomes\n(.*?);\n?", block, re.DOTALL)
        assert match, block
        found.append((match[1], match[2], match[3]))
    return found


@pytest.mark.parametrize(("rules", "before", "after"), pairs(), ids=[f"{n}-{p[0]}" for n, p in enumerate(pairs())])
def test_a_query_becomes_what_the_case_says(rules: str, before: str, after: str, shop: Schema) -> None:
    assert prove(before, shop).verdict == "rejected"
    proof = mend(before, shop)
    assert proof.sql == after
    assert proof.verdict == "bound"
    assert ", ".join(repair.name for repair in proof.repairs) == rules


@pytest.mark.parametrize(("rules", "before", "after"), pairs()[:8])
def test_each_repair_says_why_and_can_be_taken_back(rules: str, before: str, after: str, shop: Schema) -> None:
    proof = mend(before, shop)
    assert proof.repairs[0].before == before
    assert proof.repairs[-1].after == proof.sql
    for first, second in zip(proof.repairs, proof.repairs[1:], strict=False):
        assert first.after == second.before
    assert all(repair.reason.endswith(".") and repair.before != repair.after for repair in proof.repairs)


@pytest.mark.parametrize("sql", [block.strip().removesuffix(";") for block in blocks("mend__invalid.sql")])
def test_what_cannot_be_mended_for_certain_stays_as_it_was(sql: str, shop: Schema) -> None:
    proof = mend(sql, shop)
    assert (proof.verdict, proof.sql, proof.repairs) == ("rejected", sql, ())


def test_a_query_that_binds_is_not_touched(shop: Schema) -> None:
    sql = "select  NAME   -- mine\nfrom customers"
    assert mend(sql, shop).sql == sql


def test_every_rule_has_a_case() -> None:
    shown = {name for rules, _, _ in pairs() for name in rules.split(", ")}
    elsewhere = {"struct-field"}
    assert {rule.__name__.replace("_", "-") for rule in RULES} == shown | elsewhere


def test_a_field_of_a_struct_is_found() -> None:
    schema = Schema((Table(("test",), "table", (Column("person", "STRUCT(name VARCHAR, id INTEGER)"),)),))
    proof = mend("SELECT name FROM test WHERE id > 3", schema)
    assert proof.sql == "SELECT person.name AS name FROM test WHERE person.id > 3"


def test_nothing_that_writes_comes_out_of_a_repair(shop: Schema) -> None:
    proof = mend("SELECT nmae FROM customers; DROP TABLE customers", shop)
    assert proof.kind in ("query", "other")
    assert "DROP" not in proof.sql or proof.verdict == "rejected"


def test_a_value_is_replaced_only_when_one_alone_is_the_same_but_for_case_and_accents(shop: Schema) -> None:
    proof = mend_values("SELECT name FROM customers WHERE country = 'peru' OR country IN ('NORWAY', 'France')", shop)
    assert proof.sql == "SELECT name FROM customers WHERE country = 'Perú' OR country IN ('Norway', 'France')"
    assert [repair.name for repair in proof.repairs] == ["same-value", "same-value"]
    untouched = mend_values("SELECT name FROM customers WHERE country = 'US'", shop)
    assert untouched.repairs == ()


def test_no_repair_compares_a_column_with_itself(shop: Schema) -> None:
    proof = mend("SELECT c.name FROM customers c JOIN orders o ON c.customer_id = o.customer_id", shop)
    assert proof.verdict == "bound"
    assert "o.customer_id = o.customer_id" not in proof.sql
    assert not [d for d in proof.diagnostics if d.code == "equals-itself"]


def test_a_name_in_full_within_reach_comes_before_a_join_to_another_table() -> None:
    carriers = Table(
        ("carriers",),
        "table",
        (Column("carrier_id", "INTEGER"), Column("name", "VARCHAR")),
        primary_key=("carrier_id",),
    )
    buyers = Table(
        ("buyers",), "table", (Column("id", "INTEGER"), Column("firmname", "VARCHAR"), Column("carrier_id", "INTEGER")),
        primary_key=("id",), foreign_keys=(ForeignKey(("carrier_id",), "carriers", ("carrier_id",)),),
    )  # fmt: skip
    schema = Schema((carriers, buyers))

    proof = mend("SELECT b.name FROM buyers b WHERE b.name = 'Ann'", schema)
    assert proof.sql == "SELECT b.firmname AS name FROM buyers AS b WHERE b.firmname = 'Ann'"
    assert [repair.name for repair in proof.repairs] == ["named-in-full"]

    # a state's code is no state: the other table has it
    states = Table(("states",), "table", (Column("code", "INTEGER"), Column("state", "VARCHAR")), primary_key=("code",))
    towns = Table(
        ("towns",), "table", (Column("town", "VARCHAR"), Column("state_code", "INTEGER")),
        foreign_keys=(ForeignKey(("state_code",), "states", ("code",)),),
    )  # fmt: skip
    assert "JOIN states" in mend("SELECT t.state FROM towns t", Schema((states, towns))).sql


def told(*values: str) -> Schema:
    rows = tuple((value, 1.0) for value in values)
    columns = (Column("told on", "VARCHAR"), Column("n", "DOUBLE"))
    return Schema((Table(("notes",), "table", columns, rows=rows, rows_complete=True),))


def test_a_text_is_read_by_the_format_of_its_values() -> None:
    proof = mend('SELECT year("told on"), count(*) FROM notes GROUP BY 1', told("1/8/1990", "12/25/2003", "2/3/2001"))
    assert proof.sql == "SELECT YEAR(STRPTIME(\"told on\", '%m/%d/%Y')), count(*) FROM notes GROUP BY 1"

    proof = mend('SELECT sum("told on") FROM notes', told("$1,200.00", "$3.50", "$7.25"))
    assert "REPLACE(REPLACE(\"told on\", '$', ''), ',', '')" in proof.sql


def test_a_cast_that_no_value_survives_is_no_repair() -> None:
    proof = mend('SELECT avg("told on") FROM notes', told("often", "never", "rarely"))
    assert proof.verdict == "rejected"
    assert "TRY_CAST" in mend('SELECT avg("told on") FROM notes', told("12", "n/a", "7.5 or so")).sql


def test_no_alias_is_found_by_comparing_a_column_with_itself(shop: Schema) -> None:
    proof = mend("SELECT o.id FROM customers c JOIN orders o ON o.customer_id = x.customer_id", shop)
    assert "o.customer_id = o.customer_id" not in proof.sql
