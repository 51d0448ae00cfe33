from __future__ import annotations

from jupyter_qwen.sql.explain import explain

SQL = """
WITH big AS (SELECT customer_id, sum(total) AS s FROM orders GROUP BY 1)
SELECT DISTINCT c.name FROM big LEFT JOIN customers c ON c.id = big.customer_id
WHERE s > 10 ORDER BY 1 DESC LIMIT 3
"""


def test_the_clauses_come_in_the_order_in_which_the_database_works() -> None:
    first = [("WITH", 0), ("FROM", 1), ("GROUP BY", 1), ("SELECT", 1)]
    then = [("FROM", 0), ("LEFT JOIN", 0), ("WHERE", 0), ("SELECT DISTINCT", 0), ("ORDER BY", 0), ("LIMIT", 0)]
    assert [(c.name, c.depth) for c in explain(SQL)] == first + then


def test_numbers_are_resolved_and_sentences_name_the_columns() -> None:
    meanings = {(c.name, c.depth): c.meaning for c in explain(SQL)}
    assert meanings["GROUP BY", 1] == "Rows with the same customer_id form one group."
    assert meanings["ORDER BY", 0] == "The result is sorted by c.name, largest first."
    assert meanings["LEFT JOIN", 0].startswith(
        "customers AS c is joined where c.id = big.customer_id: it keeps every row so far"
    )


def test_set_operations_say_what_happens_to_repeated_rows() -> None:
    last = explain("SELECT a FROM t UNION ALL SELECT b FROM u")[-1]
    assert last.meaning == "The rows of both are put together, repeated ones too."


def test_what_cannot_be_read_explains_nothing() -> None:
    assert explain("SELEC 1") == ()
    assert explain("SELECT 1; SELECT 2") == ()
