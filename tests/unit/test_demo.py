"""The demo's tables are the same in memory as in the file of the demo's folder."""

from __future__ import annotations

from pathlib import Path

import duckdb

from jupyter_qwen import demo
from jupyter_qwen.demo.shop import build_shop

_REVENUE = """
SELECT count(*), sum(quantity * unit_price)
FROM order_items JOIN orders USING (order_id) JOIN products USING (product_id)"""


def test_the_shop_is_the_same_in_memory_and_in_its_file(tmp_path: Path) -> None:
    build_shop(tmp_path / "shop.duckdb")
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as file, demo.connect() as memory:
        assert memory.execute(_REVENUE).fetchone() == file.execute(_REVENUE).fetchone()
        assert memory.execute("SHOW TABLES").fetchall() == file.execute("SHOW TABLES").fetchall()
