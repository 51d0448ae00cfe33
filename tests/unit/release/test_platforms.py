"""docs/explanation/platforms.md names every place of the product that asks which system it runs on."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "explanation" / "platforms.md").read_text(encoding="utf-8")
ASKS = re.compile(
    r"\bos\.name\b|\bsys\.platform\b|\bplatform\.system\(|hasattr\((?:os|signal|socket), |getattr\(signal, "
)


def test_every_place_that_depends_on_the_platform_is_listed_and_no_other() -> None:
    package = ROOT / "jupyter_qwen"
    places = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if ASKS.search(path.read_text(encoding="utf-8"))
    }
    listed = set(re.findall(r"^\| `([\w/]+\.py)` \|", PAGE, re.MULTILINE))
    assert len(places) > 8
    assert listed == places


def test_the_tests_that_the_list_names_exist() -> None:
    rows = [row.split("|")[-2].strip() for row in PAGE.splitlines() if row.startswith("| `")]
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    files = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    for row in rows:
        named = row.strip("`")
        assert (ROOT / named).exists() or named in files or f"def {named}(" in sources, row
