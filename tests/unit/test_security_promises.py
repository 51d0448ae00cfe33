"""docs/explanation/security.md names a test for each promise: all of them exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "explanation" / "security.md").read_text(encoding="utf-8")


def test_every_promise_has_a_test_that_exists() -> None:
    rows = re.findall(r"^\| (?!promise|attacker|---)[^|]+ \| ([^|]+) \|$", TEXT, re.MULTILINE)
    assert len(rows) > 15
    defined = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        defined |= set(re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    for row in rows:
        files, names = re.findall(r"`((?:tests|src)/\S+\.(?:py|ts))`", row), re.findall(r"`(test_\w+)`", row)
        assert files or names, row
        assert set(names) <= defined, set(names) - defined
        assert all((ROOT / file).is_file() for file in files), files
