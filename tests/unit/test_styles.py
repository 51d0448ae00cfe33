"""JupyterLab takes the styles from style/index.js, other builds take style/index.css: both hold every file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = Path(__file__).parents[2] / "style"


@pytest.mark.parametrize("entry", ["index.js", "index.css"])
def test_every_style_is_in_what_is_loaded(entry: str) -> None:
    text = (STYLE / entry).read_text(encoding="utf-8")
    loaded = set(re.findall(r"'(?:\./)?([\w-]+\.css)'", text))

    assert loaded == {path.name for path in STYLE.glob("*.css")} - {"index.css"}
