-- Right queries over tables with the same flaws as those of the traps: each avoids one. Form: see traps_seen.sql.

-- tables bakery
CREATE TABLE customers (customer_id INTEGER, name VARCHAR, country VARCHAR, credit INTEGER);
CREATE TABLE orders (order_id INTEGER, customer_id INTEGER, amount DECIMAL(10,2), ordered_at TIMESTAMP, status VARCHAR);
CREATE TABLE order_lines (line_id INTEGER, order_id INTEGER, product VARCHAR, quantity INTEGER, price DECIMAL(8,2));
CREATE TABLE payments (payment_id INTEGER, order_id INTEGER, paid DECIMAL(10,2));
INSERT INTO customers VALUES (1, 'Anna Kern', 'AT', 100), (2, 'Ben Lutz', 'DE', 200), (3, 'Anna Kern', 'DE', 50), (4, 'Cleo Marsh', 'CH', 80), (5, 'Dan Ober', 'CH', 10);
INSERT INTO orders VALUES (1, 1, 100, '2024-01-05 10:00', 'paid'), (2, 1, 50, '2024-01-31 15:30', 'paid'), (3, 2, 75, '2024-02-10 09:00', 'open'), (4, 3, 20, '2024-02-11 12:00', NULL), (5, 9, 500, '2024-03-01 08:00', 'paid'), (6, 4, 76, '2024-03-02 00:00', 'open');
INSERT INTO order_lines VALUES (1, 1, 'rye', 2, 30), (2, 1, 'roll', 4, 10), (3, 2, 'rye', 1, 50), (4, 3, 'roll', 5, 10), (5, 3, 'cake', 1, 25), (6, 4, 'roll', 2, 10), (7, 6, 'rye', 1, 76);
INSERT INTO payments VALUES (1, 1, 60), (2, 1, 40), (3, 2, 50), (4, 3, 30), (5, 3, 45);

-- right
SELECT sum(amount) AS revenue FROM orders;

-- right
SELECT sum(l.quantity * l.price) FROM orders o JOIN order_lines l ON l.order_id = o.order_id WHERE o.status = 'paid';

-- right
SELECT c.country, sum(o.amount) AS revenue FROM orders o LEFT JOIN customers c ON c.customer_id = o.customer_id GROUP BY c.country;

-- right
SELECT c.country, count(DISTINCT o.order_id) AS orders, sum(l.quantity) AS pieces
FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id LEFT JOIN order_lines l ON l.order_id = o.order_id GROUP BY c.country;

-- right
SELECT o.order_id, l.pieces, p.paid
FROM orders o
LEFT JOIN (SELECT order_id, sum(quantity) AS pieces FROM order_lines GROUP BY order_id) AS l ON l.order_id = o.order_id
LEFT JOIN (SELECT order_id, sum(paid) AS paid FROM payments GROUP BY order_id) AS p ON p.order_id = o.order_id;

-- right
SELECT c.customer_id, c.name, count(o.order_id) AS orders FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id
GROUP BY c.customer_id, c.name;

-- right
SELECT c.name, count(o.order_id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id AND o.status = 'paid'
GROUP BY c.customer_id, c.name;

-- right
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id WHERE o.order_id IS NULL;

-- right
SELECT sum(amount) FROM orders WHERE ordered_at >= '2024-01-01' AND ordered_at < '2024-02-01';

-- right
SELECT count(*) FROM customers WHERE country = 'DE';

-- right
SELECT country, count(*) AS customers FROM customers GROUP BY country ORDER BY customers DESC, country LIMIT 2;

-- right
SELECT status, 100.0 * count(*) / (SELECT count(*) FROM orders) AS percent FROM orders GROUP BY status;

-- right
SELECT country, 100.0 * count(*) / sum(count(*)) OVER () AS percent FROM customers GROUP BY country;

-- right
SELECT 100.0 * count(*) FILTER (WHERE status = 'paid') / count(*) AS paid_percent FROM orders;

-- right
SELECT order_id, amount FROM orders ORDER BY amount DESC LIMIT 3;

-- right
SELECT DISTINCT c.customer_id, c.name FROM customers c JOIN order_lines l ON l.order_id IN (SELECT order_id FROM orders o WHERE o.customer_id = c.customer_id);

-- right
SELECT product, sum(quantity) AS pieces, avg(price) AS mean_price FROM order_lines GROUP BY product HAVING sum(quantity) > 1 ORDER BY pieces DESC;

-- right
SELECT order_id, ordered_at, sum(amount) OVER (ORDER BY ordered_at, order_id) AS running FROM orders;

-- right
SELECT avg(orders) FROM (SELECT customer_id, count(*) AS orders FROM orders GROUP BY customer_id) AS per_customer;

-- right
SELECT date_trunc('month', ordered_at) AS month, sum(amount) AS revenue FROM orders GROUP BY month ORDER BY month;

-- right
SELECT count(*) FROM orders WHERE status IS DISTINCT FROM 'paid';

-- right
SELECT customer_id FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders);

-- right
SELECT sum(paid) / nullif(sum(o.amount), 0) AS covered FROM orders o LEFT JOIN (SELECT order_id, sum(paid) AS paid FROM payments GROUP BY order_id) p ON p.order_id = o.order_id;

-- right
SELECT l.product, sum(l.quantity) AS pieces FROM order_lines l JOIN orders o ON o.order_id = l.order_id WHERE o.ordered_at >= '2024-02-01' GROUP BY l.product;

-- tables empty
CREATE TABLE parcels (parcel_id INTEGER, late BOOLEAN, weight DOUBLE);

-- right
SELECT 100.0 * count(*) FILTER (WHERE late) / count(*) AS late_percent FROM parcels;

-- right
SELECT avg(weight), sum(weight) / count(*) FROM parcels WHERE late;

-- tables school
CREATE TABLE pupils (id INTEGER, name VARCHAR, marks INTEGER);
CREATE TABLE friend (pupil_id INTEGER, friend_id INTEGER);
INSERT INTO pupils VALUES (1, 'Kim', 3), (2, 'Lou', 5), (3, 'Mia', 4), (4, 'Noa', 1);
INSERT INTO friend VALUES (1, 2), (1, 3), (2, 4), (3, 4), (4, 1);

-- right
SELECT pupil_id, count(*) AS friends FROM friend GROUP BY pupil_id;

-- right
SELECT count(CASE WHEN marks > 2 THEN 1 END) / nullif(count(CASE WHEN marks < 2 THEN 1 END), 0) AS ratio FROM pupils;
