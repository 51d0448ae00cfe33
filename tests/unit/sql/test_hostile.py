"""Two hundred names and values that break careless code: nothing here may break a quote, a bind, a repair or a cell."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator

import duckdb
import pytest

from jupyter_qwen.schema.model import Column, Connection, Schema, Table
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.schema.quoting import RESERVED, quote_identifier, quote_reference, quote_text
from jupyter_qwen.sql.mend import mend
from jupyter_qwen.sql.read.parse import Statement, parse
from jupyter_qwen.sql.render import detect_idiom, render_cell
from jupyter_qwen.sql.trial import run
from jupyter_qwen.sql.validate import prove

PIECES = [
    *(
        '"',
        "'",
        '""',
        "'''",
        '"""',
        "`",
        "\n",
        "\r\n",
        "\t",
        ";",
        "--",
        "/*",
        "*/",
        "$$",
        "$1",
        "?",
        "\\",
        "%",
        "{",
        "}",
    ),
    *(
        "{{x}}",
        "[",
        "]",
        "(",
        ")",
        ".",
        ",",
        " ",
        "#",
        "@",
        "😀",
        "日本",
        "é",
        "ß",
        "İ",
        "<|im_end|>",
        "<|fim_middle|>",
    ),
    *(
        "DROP TABLE t",
        "select",
        "GROUP",
        "a",
        "B",
        "7",
        "\u200b",
        "\u202e",
        "\x01",
        ":name",
        "%%sql",
        "!ls",
        "<script>",
    ),
]


def hostile_names() -> list[str]:
    """Every piece alone, keywords, very long names, and mixtures of pieces: 200 in all, the same each time."""
    chance = random.Random(1)
    names = list(PIECES) + sorted(RESERVED)[::3][:40] + ["x" * 300, '"' * 300, "é" * 300, " " * 3]
    while len(names) < 200:
        names.append("".join(chance.choices(PIECES, k=chance.randint(2, 6))))
    return names


NAMES = hostile_names()


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def test_there_are_two_hundred_of_them() -> None:
    assert len(NAMES) == 200


@pytest.mark.parametrize("name", NAMES, ids=[str(i) for i in range(len(NAMES))])
def test_a_hostile_name_binds_runs_and_arrives_in_the_cell(name: str, database: duckdb.DuckDBPyConnection) -> None:
    table = Table(
        (name,),
        "table",
        (Column(name, "VARCHAR"), Column("other one", "INTEGER")),
        "con",
        1,
        None,
        (),
        (),
        ((name, 1),),
        True,
    )
    schema = Schema((table,), (Connection("con"),))
    column = quote_identifier(name)
    sql = f"SELECT {column}, count(*) FROM {quote_reference((name,))} WHERE {column} = {quote_text(name)} GROUP BY {column}"

    statement = parse(sql)
    assert isinstance(statement, Statement)
    assert (statement.kind, statement.consent) == ("query", ())
    assert prove(sql, schema).verdict == "bound"
    assert run(sql, schema).rows == ((name, 1),)

    source = render_cell(sql, detect_idiom([Cell("con = 1")], schema)).source
    literals = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    with duckdb.connect() as con:
        con.execute(
            f"CREATE TABLE {quote_identifier(name, always=True)} ({quote_identifier(name, always=True)} VARCHAR)"
        )
        assert con.execute(literals[-1]).fetchall() == []


@pytest.mark.parametrize("name", NAMES[::4], ids=[str(i) for i in range(0, len(NAMES), 4)])
def test_a_mistake_beside_a_hostile_name_is_diagnosed_or_mended_never_a_crash(name: str) -> None:
    columns = (Column(name, "VARCHAR", values=(name,), values_complete=True), Column("amount", "INTEGER"))
    schema = Schema(
        (Table((name,), "table", columns, "con"), Table(("plain",), "table", (Column("amount", "INTEGER"),), "con"))
    )
    table = quote_identifier(name)
    for sql in (
        f"SELECT amonut FROM {table}",
        f"SELECT p.{table} FROM plain p JOIN {table} AS q ON p.amount = q.amount",
        f"SELECT amount FROM {name}",
        f"SELECT {name} FROM plain",
        f"SELECT amount FROM plain WHERE amount = '{name}'",
    ):
        proof = mend(sql, schema)
        assert proof.verdict in ("bound", "unchecked", "rejected")
        if proof.verdict == "bound" and not proof.needs_consent:
            trial = run(proof.sql, schema)
            assert trial.status == "ok" or trial.diagnostic is None or trial.diagnostic.code == "conversion-error"
