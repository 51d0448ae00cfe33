"""The demo is the same every time, also in memory, and what it says of itself holds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import pytest

from jupyter_qwen import demo
from jupyter_qwen.demo.demo_folder import RIDES_NOTEBOOK, SHOP_NOTEBOOK, build_demo
from jupyter_qwen.demo.shop import build_shop
from jupyter_qwen.knowledge.files import KnowledgeFiles

_REVENUE = """
SELECT count(*), sum(quantity * unit_price)
FROM order_items JOIN orders USING (order_id) JOIN products USING (product_id)"""


def test_the_shop_is_the_same_in_memory_and_in_its_file(tmp_path: Path) -> None:
    build_shop(tmp_path / "shop.duckdb")
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as file, demo.connect() as memory:
        assert memory.execute(_REVENUE).fetchone() == file.execute(_REVENUE).fetchone()
        assert memory.execute("SHOW TABLES").fetchall() == file.execute("SHOW TABLES").fetchall()


def test_two_demos_have_the_same_rows(tmp_path: Path) -> None:
    build_demo(tmp_path / "one")
    build_demo(tmp_path / "two")
    for name in ("rides.csv", "weather.csv", SHOP_NOTEBOOK, RIDES_NOTEBOOK, "qwen.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_shop_has_what_real_tables_have() -> None:
    with demo.connect() as con:
        tables = [name for (name,) in con.execute("SHOW TABLES").fetchall()]
        assert len(tables) >= 6
        assert "shipping rates" in tables
        assert con.execute("SELECT typeof(return_date) FROM returns LIMIT 1").fetchone() == ("VARCHAR",)
        missing = con.execute("SELECT count(*) FROM returns WHERE reason IS NULL").fetchone()
        assert missing is not None
        assert missing[0] > 0
        early = "SELECT count(*) FROM orders JOIN customers USING (customer_id) WHERE order_date < signup_date"
        assert con.execute(early).fetchone() == (0,)


def test_only_what_was_made_in_a_new_folder_may_load_itself(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "duckdb.py").write_text("raise SystemExit('not ours')")
    assert build_demo(tmp_path / "theirs").digests == {}

    ours = build_demo(tmp_path / "ours")
    assert {Path(path).name for path in ours.digests} == {SHOP_NOTEBOOK, RIDES_NOTEBOOK}
    for path, digest in ours.digests.items():
        assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == digest
    assert build_demo(tmp_path / "ours").digests == {}


@pytest.mark.parametrize("name", [SHOP_NOTEBOOK, RIDES_NOTEBOOK])
def test_the_loading_cells_are_the_notebooks_first_code(name: str, tmp_path: Path) -> None:
    build_demo(tmp_path / "demo")
    notebook = json.loads((tmp_path / "demo" / name).read_text(encoding="utf-8"))
    said = notebook["metadata"]["jupyter_qwen"]
    code = [cell["id"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code[: len(said["loads"])] == said["loads"]
    assert len(said["questions"]) == 3


def test_what_the_demo_teaches_is_read_whole(tmp_path: Path) -> None:
    build_demo(tmp_path / "demo")
    known = KnowledgeFiles(tmp_path).read(f"demo/{SHOP_NOTEBOOK}")
    assert "revenue" in {term.name for term in known.terms}
    assert known.pairs
