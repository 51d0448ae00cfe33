/** Cells that give a notebook something to ask about, and notebooks that are there from the start. */
export const TABLES = `import duckdb
import pandas as pd
con = duckdb.connect()
con.execute("""
CREATE TABLE products(product_id INTEGER PRIMARY KEY, name VARCHAR, category VARCHAR);
CREATE TABLE orders(order_id INTEGER PRIMARY KEY, product_id INTEGER REFERENCES products(product_id), quantity INTEGER, price DECIMAL(10,2), ordered_at DATE);
INSERT INTO products VALUES (1, 'Tent', 'Camping'), (2, 'Boot', 'Shoes');
INSERT INTO orders SELECT i, 1 + i % 2, 1 + i % 5, 19.9, DATE '2024-01-01' + INTERVAL (i) DAY FROM range(90) r(i);
""")
targets = pd.DataFrame({"category": ["Camping", "Shoes"], "target": [1000, 2000]})`;

/** The same, in a text that is run: nobody knows them before. */
export const HIDDEN_TABLES = `exec(${JSON.stringify(TABLES)})`;

/** The demo's shop: related tables with keys, as a newcomer meets them. */
export const SHOP = `import duckdb
from pathlib import Path
from jupyter_qwen.demo.shop import build_shop
build_shop(Path("shop.duckdb"))
con = duckdb.connect("shop.duckdb")
con.sql("SHOW TABLES")`;

/** Made by the server's configuration, as `jupyter qwen demo` makes them. */
export const DEMO = 'demo/jupyter_qwen demo.ipynb';
export const DEMO_FOR_PANDAS = 'demo/jupyter_qwen demo for pandas.ipynb';
