from __future__ import annotations

import pytest

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.validate import prove

WARNED = {
    "SELECT * FROM customers, orders": "cross-join",
    "SELECT * FROM customers JOIN orders ON orders.total > 3": "cross-join",
    "FROM customers JOIN orders ON orders.total > 3": "cross-join",
    "FROM customers JOIN orders ON customers.id = orders.customer_id": None,
    "FROM customers JOIN orders ON customers.id = orders.code SELECT name": "text-beside-number",
    "SELECT sum(id) FROM orders": "aggregate-of-key",
    "SELECT avg(o.customer_id) FROM orders o": "aggregate-of-key",
    "SELECT * FROM customers WHERE country = 'norway'": "literal-not-in-values",
    "SELECT * FROM customers WHERE country IN ('Norway', 'US')": "literal-not-in-values",
    "SELECT * FROM customers JOIN orders ON customers.id = orders.code": "text-beside-number",
    "SELECT * FROM orders WHERE customer_id = 'Ann'": "text-beside-number",
    "SELECT * FROM orders WHERE customer_id IN ('1', 'x')": "text-beside-number",
    "SELECT * FROM customers JOIN orders ON customers.id = orders.id": None,
    "SELECT * FROM customers c JOIN orders o ON o.id = c.id": None,
    "SELECT * FROM orders WHERE code = NULL": "equals-null",
    "SELECT * FROM customers WHERE name LIKE 'Ann'": "like-without-wildcard",
    "SELECT * FROM orders AS o JOIN customers AS c ON c.id = o.customer_id AND c.id = c.id": "equals-itself",
    "SELECT * FROM orders WHERE customer_id IN (SELECT customer_id FROM customers)": "found-in-itself",
    "SELECT * FROM orders WHERE customer_id IN (SELECT id FROM customers)": None,
    "SELECT * FROM customers c WHERE c.id = 1 AND c.id > 0 AND c.id = 2": "two-values-at-once",
    "SELECT * FROM customers WHERE name = 'A' AND id = 1 OR name = 'B' AND id = 2": None,
    "SELECT * FROM customers WHERE id = 1 AND id = 1": None,
    "SELECT * FROM customers WHERE id = 1 AND name = 'A' AND id <> 1": "two-values-at-once",
    "SELECT * FROM orders WHERE (total > 5) AND NOT (total > 5)": "two-values-at-once",
    "SELECT * FROM orders WHERE code IS NULL AND code IS NOT NULL": "two-values-at-once",
    "SELECT * FROM orders WHERE total >= 5 AND total < 5": "two-values-at-once",
    "SELECT * FROM orders WHERE total >= 5 AND total < 7 AND id <> 1 AND id <> 2": None,
    "SELECT count(o.id) / count(o.id) FROM orders o": "divides-by-itself",
    "SELECT total / total FROM orders": "divides-by-itself",
    "SELECT count(id) / count(code), 2 / 2 FROM orders": None,
    "SELECT * FROM customers LIMIT 0": "empty-limit",
    "SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.name = 'Ann'": "given-output",
    "SELECT name, id FROM customers WHERE name = 'Ann'": None,
    "SELECT count(name) FROM customers WHERE name = 'Ann'": None,
    'SELECT * FROM orders JOIN "Order Details" d ON d.quantity = orders.customer_id': "join-beside-key",
    "SELECT * FROM customers, orders WHERE customers.id = customer_id": None,
    "SELECT * FROM customers CROSS JOIN orders": None,
    "SELECT * FROM customers NATURAL JOIN orders": None,
    "SELECT * FROM customers, (SELECT max(total) AS m FROM orders) WHERE m > 3": None,
    "SELECT count(id), max(id) FROM orders": None,
    "SELECT * FROM orders WHERE customer_id = '1'": None,
    "SELECT * FROM customers WHERE country = 'Norway' AND name LIKE 'A%'": None,
    "UPDATE orders SET code = NULL": None,
}


@pytest.mark.parametrize(("sql", "code"), WARNED.items())
def test_a_check_warns_with_a_reason_or_stays_silent(sql: str, code: str | None, shop: Schema) -> None:
    proof = prove(sql, shop)
    warnings = [d for d in proof.diagnostics if d.severity == "warning"]
    assert proof.verdict == "bound"
    assert [d.code for d in warnings] == ([code] if code else [])
    assert all(d.message.endswith(".") and len(d.message) > 15 for d in warnings)


def test_a_literal_that_no_value_equals_gets_the_near_ones(shop: Schema) -> None:
    sql = "SELECT * FROM customers WHERE country = 'US'"
    (warning,) = prove(sql, shop).diagnostics
    assert warning.candidates == ("United States",)
    assert sql[warning.start : warning.end] == "'US'"


def test_a_warning_does_not_ask_for_consent(shop: Schema) -> None:
    assert not prove("SELECT * FROM customers, orders", shop).needs_consent
