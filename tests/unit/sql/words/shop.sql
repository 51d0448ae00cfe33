CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR, country VARCHAR, joined DATE, active BOOLEAN);
CREATE TABLE products (id INTEGER PRIMARY KEY, name VARCHAR, category VARCHAR, price DECIMAL(8,2));
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), ordered_at TIMESTAMP, status VARCHAR, total DECIMAL(10,2));
CREATE TABLE lines (order_id INTEGER REFERENCES orders(id), product_id INTEGER REFERENCES products(id), quantity INTEGER, amount DECIMAL(10,2));
CREATE TABLE staff (id INTEGER PRIMARY KEY, name VARCHAR, boss_id INTEGER, pay DOUBLE);
