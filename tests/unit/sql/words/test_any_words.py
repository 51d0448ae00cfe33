"""Whatever sqlglot can read: no query stops the words, and taking a step into its reader changes no result."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from string import Formatter

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_qwen.language.phrasebook import LANGUAGES, phrases
from jupyter_qwen.prompt.shapes.library import Pair, library
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.tree import syntax_tree
from jupyter_qwen.sql.words import in_words
from jupyter_qwen.sql.words.inlining import inlined

CASES = Path(__file__).parents[1] / "cases"


@lru_cache
def opened(setup: str) -> tuple[duckdb.DuckDBPyConnection, Schema]:
    con = duckdb.connect()
    con.execute(setup)
    return con, Schema.from_json(collect({"con": con}))


def named(pair: Pair) -> str:
    return f"{pair.shape}, line {pair.line}"


@pytest.mark.parametrize("pair", library(), ids=named)
def test_every_query_of_the_shapes_has_a_line_in_every_language(pair: Pair) -> None:
    schema = opened(pair.database.setup)[1]
    lines = {language: in_words(pair.sql, schema, language) for language in LANGUAGES}
    assert all(lines.values())
    assert len(set(lines.values())) == len(LANGUAGES)
    for line in lines.values():
        assert line is not None
        assert not re.search(r"\{\w+\}", line)


@pytest.mark.parametrize("pair", library(), ids=named)
def test_a_step_taken_into_its_reader_changes_no_result(pair: Pair) -> None:
    con = opened(pair.database.setup)[0]
    tree = syntax_tree(pair.sql)
    if tree is None:
        pytest.skip("sqlglot does not read it")
    before = con.execute(pair.sql).fetchall()
    after = con.execute(inlined(tree).sql("duckdb")).fetchall()
    assert sorted(map(repr, after)) == sorted(map(repr, before))


@pytest.mark.parametrize("name", ["honest.sql", "hostile.sql", "mend.sql", "mend__invalid.sql"])
def test_no_query_of_the_other_tests_stops_the_words(name: str, shop: Schema) -> None:
    for sql in re.split(r";\s*\n", (CASES / name).read_text("utf-8")):
        for language in LANGUAGES:
            told = in_words(sql, shop, language)
            assert told is None or told.strip()


def test_every_phrase_has_every_language_and_the_same_parts() -> None:
    for key, templates in phrases().items():
        parts = {
            language: {name for _, name, _, _ in Formatter().parse(text) if name}
            for language, text in templates.items()
        }
        assert set(templates) == set(LANGUAGES), key
        assert len(set(map(frozenset, parts.values()))) == 1, key


OPERATORS = ["+", "-", "*", "/", "//", "=", "<>", ">=", "<", "AND", "OR", "LIKE", "NOT LIKE"]
NAMES = st.sampled_from(["id", "c.name", "o.total", "ordered_at", '"Product Name"', "n", "nope", "*"])
LEAVES = st.one_of(NAMES, st.sampled_from(["1", "0", "'a'", "NULL", "DATE '2024-01-01'", "-3.5", "TRUE", "'%x%'"]))


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    calls = "sum count avg lag row_number abs coalesce date_trunc strftime median list unnest max_by bool_and year nullif round"
    return st.one_of(
        two.flatmap(lambda p: st.sampled_from(OPERATORS).map(
            lambda op: f"({p[0]} {op} {p[1]})"
        )),
        st.tuples(st.sampled_from(calls.split()), inner).map(lambda p: f"{p[0]}({p[1]})"),
        inner.map(lambda x: f"{x} IS NULL"),
        inner.map(lambda x: f"NOT {x}"),
        two.map(lambda p: f"{p[0]} IN ({p[1]}, 2)"),
        two.map(lambda p: f"{p[0]} NOT IN (SELECT {p[1]} FROM orders o WHERE o.id = c.id)"),
        two.map(lambda p: f"CASE WHEN {p[0]} THEN {p[1]} END"),
        two.map(lambda p: f"sum({p[0]}) OVER (PARTITION BY {p[1]} ORDER BY id DESC)"),
        two.map(lambda p: f"count(*) FILTER (WHERE {p[0]} BETWEEN {p[1]} AND 5)"),
        two.map(lambda p: f"(SELECT {p[0]} FROM customers WHERE {p[1]})"),
        inner.map(lambda x: f"EXISTS (SELECT {x} FROM orders)"),
    )  # fmt: skip


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=6)
SOURCES = st.sampled_from([
    "customers c", "customers c JOIN orders o ON o.customer_id = c.id", "customers c LEFT JOIN orders o USING (id)",
    "(SELECT * FROM orders) o", "(SELECT id, count(*) AS n FROM orders GROUP BY ALL) o, customers c", "range(3) c",
    "(VALUES (1)) o(id)", "customers c FULL JOIN nowhere o ON TRUE", "orders o TABLESAMPLE 10%",
    "orders o ANTI JOIN customers c ON 1 = 1",
])  # fmt: skip


@given(
    st.lists(EXPRESSIONS, min_size=1, max_size=3),
    SOURCES,
    st.lists(EXPRESSIONS, min_size=4, max_size=4),
    st.integers(0, 255),
)
def test_no_tree_that_sqlglot_makes_stops_the_words(
    items: list[str], source: str, terms: list[str], which: int
) -> None:
    parts = ["DISTINCT" if which & 1 else "", ", ".join(items), f"FROM {source}"]
    parts += [f"WHERE {terms[0]}"] if which & 2 else []
    parts += [f"GROUP BY {terms[1]}"] if which & 4 else ["GROUP BY ALL"] if which & 8 else []
    parts += [f"HAVING {terms[2]}"] if which & 16 else []
    parts += [f"QUALIFY {terms[3]}"] if which & 32 else []
    sql = "SELECT " + " ".join(parts) + (" ORDER BY 1 DESC LIMIT 3" if which & 64 else "")
    if which & 128:
        sql = f"WITH w AS ({sql}) SELECT * FROM w WHERE id > 1 UNION SELECT 1 FROM w"
    told = in_words(sql, EMPTY, LANGUAGES[which % len(LANGUAGES)])
    assert told is None or told.strip()


EMPTY = Schema()
