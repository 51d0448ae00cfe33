-- Each block: the rules that mend it, a query that DuckDB rejects against the shop schema, and what it becomes.

-- move-column
SELECT T2.name, T1.total FROM orders AS T1 JOIN customers AS T2 ON T1.customer_id = T2.id WHERE T1.country = 'Norway';
-- becomes
SELECT T2.name, T1.total FROM orders AS T1 JOIN customers AS T2 ON T1.customer_id = T2.id WHERE T2.country = 'Norway';

-- swap-aliases
SELECT T1.total, T2.name FROM customers AS T1 JOIN orders AS T2 ON T2.customer_id = T1.id;
-- becomes
SELECT T2.total, T1.name FROM customers AS T1 JOIN orders AS T2 ON T2.customer_id = T1.id;

-- join-in
SELECT country, sum(total) FROM customers GROUP BY country;
-- becomes
SELECT country, SUM(orders.total) FROM customers JOIN orders ON customers.id = orders.customer_id GROUP BY country;

-- join-in
SELECT name, quantity FROM customers;
-- becomes
SELECT name, "Order Details".quantity FROM customers JOIN orders ON customers.id = orders.customer_id JOIN "Order Details" ON orders.id = "Order Details".order_id;

-- qualify-ambiguous
SELECT id, name FROM customers JOIN orders ON customers.id = orders.customer_id;
-- becomes
SELECT customers.id, name FROM customers JOIN orders ON customers.id = orders.customer_id;

-- right-alias
SELECT orders.total FROM orders AS o;
-- becomes
SELECT o.total FROM orders AS o;

-- join-in
SELECT c.name FROM orders AS o;
-- becomes
SELECT c.name FROM orders AS o JOIN customers AS c ON o.customer_id = c.id;

-- near-column, near-column
SELECT ordred_at, customerId FROM orders;
-- becomes
SELECT ordered_at, customer_id FROM orders;

-- other-dialect, near-table
SELECT * FROM order;
-- becomes
SELECT * FROM orders;

-- quote-names
SELECT * FROM Order Details;
-- becomes
SELECT * FROM "Order Details";

-- quote-names
SELECT Product Name, quantity FROM "Order Details";
-- becomes
SELECT "Product Name", quantity FROM "Order Details";

-- foreign-quotes
SELECT [Product Name] FROM [Order Details];
-- becomes
SELECT "Product Name" FROM "Order Details";

-- quote-alias
SELECT total * 2 AS price (USD) FROM orders;
-- becomes
SELECT total * 2 AS "price (USD)" FROM orders;

-- literal-in-double-quotes
SELECT name FROM customers WHERE country = "Norway";
-- becomes
SELECT name FROM customers WHERE country = 'Norway';

-- near-table
SELECT pages FROM visits;
-- becomes
SELECT pages FROM Visits;

-- bare-columns
SELECT country, name, count(*) FROM customers GROUP BY country;
-- becomes
SELECT country, ANY_VALUE(name) AS name, COUNT(*) FROM customers GROUP BY country;

-- bare-columns
SELECT name, max(id) FROM customers;
-- becomes
SELECT ARG_MAX(name, id) AS name, MAX(id) FROM customers;

-- bare-columns
SELECT country, count(*) FROM customers;
-- becomes
SELECT country, COUNT(*) FROM customers GROUP BY ALL;

-- bare-columns
SELECT count(*) FROM customers ORDER BY name;
-- becomes
SELECT COUNT(*) FROM customers;

-- bare-columns
SELECT country FROM customers GROUP BY country ORDER BY name;
-- becomes
SELECT country FROM customers GROUP BY country ORDER BY ANY_VALUE(name);

-- move-condition
SELECT country, count(*) AS n FROM customers WHERE count(*) > 1 GROUP BY country;
-- becomes
SELECT country, COUNT(*) AS n FROM customers GROUP BY country HAVING COUNT(*) > 1;

-- move-condition
SELECT name FROM customers WHERE id = max(id);
-- becomes
SELECT name FROM customers WHERE id = (SELECT MAX(id) FROM customers);

-- move-condition
SELECT id, row_number() OVER (ORDER BY total) AS r FROM orders WHERE r = 1;
-- becomes
SELECT id, ROW_NUMBER() OVER (ORDER BY total) AS r FROM orders QUALIFY r = 1;

-- nested-aggregate
SELECT max(count(*)) FROM orders GROUP BY customer_id;
-- becomes
SELECT MAX(value_1) FROM (SELECT COUNT(*) AS value_1 FROM orders GROUP BY customer_id) AS groups_;

-- cast-arguments
SELECT year(day) FROM Visits;
-- becomes
SELECT YEAR(TRY_CAST(day AS TIMESTAMP)) FROM Visits;

-- cast-arguments
SELECT year(customer_id) FROM orders;
-- becomes
SELECT customer_id FROM orders;

-- cast-arguments
SELECT avg(code) FROM orders;
-- becomes
SELECT AVG(TRY_CAST(code AS DOUBLE)) FROM orders;

-- cast-compared
SELECT * FROM Visits WHERE day > DATE '2024-01-01';
-- becomes
SELECT * FROM Visits WHERE TRY_CAST(day AS DATE) > CAST('2024-01-01' AS DATE);

-- known-function
SELECT julianday(ordered_at) FROM orders;
-- becomes
SELECT JULIAN(CAST(ordered_at AS TIMESTAMP)) FROM orders;

-- quote-unit
SELECT date_trunc(month, ordered_at) FROM orders;
-- becomes
SELECT date_trunc('month', ordered_at) FROM orders;

-- quote-unit
SELECT DATEDIFF(ordered_at, now()) FROM orders;
-- becomes
SELECT date_diff('day', now(), ordered_at) FROM orders;

-- known-function
SELECT DATE_FORMAT(ordered_at, '%Y-%m') FROM orders;
-- becomes
SELECT STRFTIME(ordered_at, '%Y-%m') FROM orders;

-- other-dialect
SELECT IIF(total > 5, 'a', 'b') FROM orders;
-- becomes
SELECT CASE WHEN total > 5 THEN 'a' ELSE 'b' END FROM orders;

-- other-dialect
SELECT TOP 2 name FROM customers;
-- becomes
SELECT name FROM customers LIMIT 2;

-- other-dialect
SELECT GROUP_CONCAT(name SEPARATOR '; ') FROM customers;
-- becomes
SELECT LISTAGG(name, '; ') FROM customers;

-- other-dialect
SELECT name FROM customers LIMIT 1, 2;
-- becomes
SELECT name FROM customers LIMIT 2 OFFSET 1;

-- cast-arguments
SELECT id LIKE '1%' FROM orders;
-- becomes
SELECT CAST(id AS TEXT) LIKE '1%' FROM orders;

-- cast-arguments
SELECT code - 1 FROM orders;
-- becomes
SELECT TRY_CAST(code AS DOUBLE) - 1 FROM orders;

-- cast-arguments
SELECT ordered_at - '2024-01-01' FROM orders;
-- becomes
SELECT ordered_at - TRY_CAST('2024-01-01' AS TIMESTAMP) FROM orders;

-- keep-column
WITH big AS (SELECT id FROM orders WHERE total > 10) SELECT id, total FROM big;
-- becomes
WITH big AS (SELECT id, total FROM orders WHERE total > 10) SELECT id, total FROM big;

-- strip-prose
Here is the query: SELECT name FROM customers;
-- becomes
SELECT name FROM customers;

-- strip-prose
SELECT name FROM customers; This returns names.;
-- becomes
SELECT name FROM customers;

-- bridge-join
SELECT c.name, d.quantity FROM customers c JOIN "Order Details" d ON c.id = d.customer_id;
-- becomes
SELECT c.name, d.quantity FROM customers AS c JOIN orders ON c.id = orders.customer_id JOIN "Order Details" AS d ON d.order_id = orders.id;

-- cast-arguments
SELECT extract(year from day) FROM Visits;
-- becomes
SELECT EXTRACT(YEAR FROM TRY_CAST(day AS TIMESTAMP)) FROM Visits;

-- cast-arguments
SELECT strftime('%Y', day) FROM Visits;
-- becomes
SELECT STRFTIME('%Y', TRY_CAST(day AS TIMESTAMP)) FROM Visits;

-- other-dialect, near-table
SELECT customers.name, COUNT(orders.id) FROM customers LEFT JOIN order ON customers.id = order.customer_id GROUP BY customers.name;
-- becomes
SELECT customers.name, COUNT(orders.id) FROM customers LEFT JOIN orders ON customers.id = orders.customer_id GROUP BY customers.name;

-- bare-columns
SELECT sum(total) OVER (ORDER BY month), date_trunc('month', ordered_at) AS month FROM orders GROUP BY month;
-- becomes
SELECT SUM(SUM(total)) OVER (ORDER BY month), DATE_TRUNC('MONTH', ordered_at) AS month FROM orders GROUP BY month;

-- bare-columns
SELECT customer_id, sum(total), sum(sum(total)) OVER () FROM orders;
-- becomes
SELECT customer_id, SUM(total), SUM(SUM(total)) OVER () FROM orders GROUP BY ALL;

-- bare-columns
SELECT country FROM customers HAVING country = 'Norway';
-- becomes
SELECT country FROM customers WHERE country = 'Norway';

-- near-table, near-column
SELECT name FROM Customer WHERE county = 'Norway';
-- becomes
SELECT name FROM customers WHERE country = 'Norway';

-- bare-columns
SELECT customer_id, total, avg(total) FROM orders GROUP BY customer_id;
-- becomes
SELECT customer_id, AVG(total) FROM orders GROUP BY customer_id;

-- join-in
SELECT name FROM customers WHERE visits.pages > 3;
-- becomes
SELECT name FROM customers JOIN Visits AS visits ON customers.id = visits.customer WHERE visits.pages > 3;

-- aggregate-as-key
SELECT country, count(*) AS n FROM customers GROUP BY country, n;
-- becomes
SELECT country, COUNT(*) AS n FROM customers GROUP BY country;

-- aggregate-as-key
SELECT country, count(*) AS n FROM customers GROUP BY n ORDER BY n;
-- becomes
SELECT country, COUNT(*) AS n FROM customers GROUP BY ALL ORDER BY n;

-- aggregate-as-key
SELECT sum(total) AS s FROM orders GROUP BY 1;
-- becomes
SELECT SUM(total) AS s FROM orders;

-- named-in-full
SELECT v.total, p.name FROM orders AS v JOIN "Order Details" AS p ON v.id = p.order_id;
-- becomes
SELECT v.total, p."Product Name" AS name FROM orders AS v JOIN "Order Details" AS p ON v.id = p.order_id;
