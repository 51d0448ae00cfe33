-- Queries that no certain repair exists for: they stay rejected, and unchanged.

SELECT * FROM Visits WHERE day BETWEEN ordered_at AND ordered_at;

SELECT DISTINCT ON name FROM customers;

SELECT nothing_like_this FROM orders;

SELECT FROM WHERE;

SELECT frobnicate(id) FROM orders;

SELECT * FROM planets;
