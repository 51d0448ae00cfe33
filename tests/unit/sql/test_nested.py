"""Queries nested as deeply as somebody likes: whoever walks a tree stops before Python does."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.answers.plot_data import described
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.demands.doubts import unmet_demands
from jupyter_qwen.sql.dialect import transpile
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.mend import mend, mend_values
from jupyter_qwen.sql.model import Proof
from jupyter_qwen.sql.validate import prove
from jupyter_qwen.sql.words import in_words

DEPTHS = (10, 30, 50, 400)
SHAPES = {
    "parentheses": lambda n: f"SELECT {'(' * n}nme{')' * n} FROM customers",
    "functions": lambda n: f"SELECT {'upper(' * n}nme{')' * n} FROM customers",
    "subqueries": lambda n: f"SELECT nme FROM {'(SELECT * FROM ' * n}customers{')' * n} AS c",
    "cases": lambda n: f"SELECT {'CASE WHEN id = 1 THEN ' * n}nme{' END' * n} FROM customers",
    "conditions": lambda n: "SELECT nme FROM customers WHERE " + " OR ".join(["NOT country = 'x' AND id = 1"] * n),
    "sums": lambda n: f"SELECT {' + '.join(['id'] * n)} FROM customers WHERE nme = ''",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("depth", DEPTHS)
def test_no_depth_of_nesting_ends_a_proof_a_repair_or_a_translation(shape: str, depth: int, shop: Schema) -> None:
    for sql in (SHAPES[shape](depth), SHAPES[shape](depth).replace("nme", "name")):
        proof = mend(sql, shop)
        assert isinstance(proof, Proof)
        assert proof.verdict in ("bound", "unchecked", "rejected")
        look_again(prove(sql, shop), "the median of each name, per month", shop)
        mend_values(sql, shop)
        unmet_demands("how many per month?", sql, shop)
        in_words(sql, shop)
        transpile(sql, "sqlite")
        assert described(sql).startswith("The variable data")
