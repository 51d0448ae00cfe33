-- Seeded traps that were looked at while the checks were written.
--
-- `-- tables NAME` begins the tables of one invented database; `-- trap CODE` (several with `or`) a query over them that
-- falls into that trap. A block ends at an empty line.

-- tables bakery
CREATE TABLE customers (customer_id INTEGER, name VARCHAR, country VARCHAR, credit INTEGER);
CREATE TABLE orders (order_id INTEGER, customer_id INTEGER, amount DECIMAL(10,2), ordered_at TIMESTAMP, status VARCHAR);
CREATE TABLE order_lines (line_id INTEGER, order_id INTEGER, product VARCHAR, quantity INTEGER, price DECIMAL(8,2));
CREATE TABLE payments (payment_id INTEGER, order_id INTEGER, paid DECIMAL(10,2));
INSERT INTO customers VALUES (1, 'Anna Kern', 'AT', 100), (2, 'Ben Lutz', 'DE', 200), (3, 'Anna Kern', 'DE', 50), (4, 'Cleo Marsh', 'CH', 80), (5, 'Dan Ober', 'CH', 10);
INSERT INTO orders VALUES (1, 1, 100, '2024-01-05 10:00', 'paid'), (2, 1, 50, '2024-01-31 15:30', 'paid'), (3, 2, 75, '2024-02-10 09:00', 'open'), (4, 3, 20, '2024-02-11 12:00', NULL), (5, 9, 500, '2024-03-01 08:00', 'paid'), (6, 4, 75, '2024-03-02 00:00', 'open');
INSERT INTO order_lines VALUES (1, 1, 'rye', 2, 30), (2, 1, 'roll', 4, 10), (3, 2, 'rye', 1, 50), (4, 3, 'roll', 5, 10), (5, 3, 'cake', 1, 25), (6, 4, 'roll', 2, 10), (7, 6, 'rye', 1, 75);
INSERT INTO payments VALUES (1, 1, 60), (2, 1, 40), (3, 2, 50), (4, 3, 30), (5, 3, 45);

-- trap fan-out
SELECT sum(o.amount) AS revenue FROM orders o JOIN order_lines l ON l.order_id = o.order_id;

-- trap fan-out
SELECT c.country, sum(o.amount) AS revenue
FROM customers c JOIN orders o ON o.customer_id = c.customer_id JOIN order_lines l ON l.order_id = o.order_id
GROUP BY c.country ORDER BY revenue DESC;

-- trap fan-out
SELECT avg(c.credit) FROM customers c JOIN orders o ON o.customer_id = c.customer_id;

-- trap fan-out
SELECT c.country, count(o.order_id) AS orders
FROM customers c JOIN orders o USING (customer_id) JOIN order_lines l USING (order_id)
GROUP BY c.country;

-- trap double-count
SELECT o.order_id, sum(l.quantity) AS pieces, sum(p.paid) AS paid
FROM orders o JOIN order_lines l ON l.order_id = o.order_id JOIN payments p ON p.order_id = o.order_id
GROUP BY o.order_id;

-- trap distinct-aggregate
SELECT sum(DISTINCT o.amount) FROM orders o JOIN order_lines l ON l.order_id = o.order_id;

-- trap rows-lost
SELECT c.country, sum(o.amount) AS revenue FROM orders o JOIN customers c ON c.customer_id = o.customer_id GROUP BY c.country;

-- trap left-join-filtered
SELECT c.name, count(o.order_id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id
WHERE o.status = 'paid' GROUP BY c.customer_id, c.name;

-- trap counts-missing-as-one
SELECT c.customer_id, c.name, count(*) AS orders FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id
GROUP BY c.customer_id, c.name;

-- trap last-day-cut
SELECT sum(amount) FROM orders WHERE ordered_at BETWEEN '2024-01-01' AND '2024-01-31';

-- trap absent-value
SELECT count(*) FROM customers WHERE country = 'Germany';

-- trap absent-value
SELECT sum(amount) FROM orders WHERE status = 'Paid';

-- trap null-in-comparison
SELECT count(*) FROM orders WHERE status <> 'paid';

-- trap grouped-by-name
SELECT c.name, sum(o.amount) FROM customers c JOIN orders o ON o.customer_id = c.customer_id GROUP BY c.name;

-- trap repeated-result
SELECT c.name, c.country FROM customers c JOIN orders o ON o.customer_id = c.customer_id WHERE o.amount > 10;

-- trap ties-cut
SELECT order_id, amount FROM orders ORDER BY amount DESC LIMIT 3;

-- trap average-of-averages
SELECT avg(mean) FROM (SELECT customer_id, avg(amount) AS mean FROM orders GROUP BY customer_id) AS per_customer;

-- trap share-of-itself
SELECT 100.0 * count(*) FILTER (WHERE status = 'paid') / count(*) AS paid_percent FROM orders WHERE status = 'paid';

-- trap share-of-other-whole
SELECT status, 100.0 * count(*) / (SELECT count(*) FROM orders) AS percent FROM orders
WHERE ordered_at >= '2024-02-01' GROUP BY status;

-- trap integer-division
SELECT count(*) FILTER (WHERE status = 'paid') // count(*) AS paid_share FROM orders;

-- tables lab
CREATE TABLE samples (sample_id INTEGER, site VARCHAR, reading VARCHAR, taken VARCHAR, value DOUBLE, volume DOUBLE);
CREATE TABLE blocked (site VARCHAR);
CREATE TABLE runs (run_id INTEGER, started TIMESTAMPTZ, ended TIMESTAMP, created_utc TIMESTAMP, shipped_local TIMESTAMP, day DATE, kilos INTEGER);
INSERT INTO samples VALUES (1, 'north', '9', '03.01.2024', 1.5, 2), (2, 'north', '10', '15.02.2023', NULL, 0), (3, 'south', '100', '28.12.2022', 3.5, 4), (4, 'west', '11', '01.06.2024', 4.5, 1);
INSERT INTO blocked VALUES ('south'), (NULL);
INSERT INTO runs VALUES (1, '2024-01-01 10:00+02', '2024-01-01 11:00', '2024-01-01 08:00', '2024-01-01 12:00', '2024-01-01', 5), (2, '2024-01-02 10:00+02', '2024-01-02 11:00', '2024-01-02 08:00', '2024-01-02 12:00', '2024-01-02', 6), (3, '2024-01-02 12:00+02', '2024-01-02 14:00', '2024-01-02 10:00', '2024-01-02 15:00', '2024-01-02', 7);

-- trap number-as-text
SELECT sample_id, reading FROM samples ORDER BY reading DESC;

-- trap number-as-text
SELECT max(reading) FROM samples;

-- trap date-as-text
SELECT count(*) FROM samples WHERE taken >= '01.01.2024';

-- trap null-in-not-in
SELECT sample_id FROM samples WHERE site NOT IN (SELECT site FROM blocked);

-- trap average-skips-nulls
SELECT site, avg(value) FROM samples GROUP BY site;

-- trap division-by-zero
SELECT sample_id, value / volume AS density FROM samples;

-- trap zones-mixed
SELECT run_id, ended - started AS took FROM runs;

-- trap zones-mixed
SELECT run_id, date_diff('hour', created_utc, shipped_local) AS hours FROM runs;

-- trap default-frame
SELECT run_id, sum(kilos) OVER (ORDER BY day) AS running FROM runs;

-- trap default-frame
SELECT run_id, last_value(run_id) OVER (ORDER BY run_id) AS last FROM runs;

-- tables people
CREATE TABLE employees (employee_id INTEGER, dept VARCHAR, salary INTEGER, name VARCHAR);
CREATE TABLE badges (employee_id INTEGER, door VARCHAR);
INSERT INTO employees VALUES (1, 'it', 10, 'Ada'), (2, 'it', 20, 'Bob'), (2, 'it', 20, 'Bob'), (3, 'hr', 20, 'Cem'), (4, 'hr', 5, 'Dee');
INSERT INTO badges VALUES (1, 'a'), (2, 'a'), (3, 'b'), (4, 'a');

-- trap duplicate-key
SELECT dept, sum(salary) FROM employees GROUP BY dept;

-- trap ties-cut
SELECT name, dept FROM employees QUALIFY row_number() OVER (ORDER BY salary DESC) = 1;
