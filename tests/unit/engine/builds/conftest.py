"""A llama-server to be recognised and started, in a folder of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from making import MakeServer


@pytest.fixture
def make_server(tmp_path: Path) -> MakeServer:
    """Puts a stand-in into a folder and returns its path."""
    if sys.platform == "win32":
        pytest.skip("the stand-in is a script with a first line that names its interpreter")

    def make(folder: str = "bin", mode: str = "serves") -> Path:
        place = tmp_path / folder
        place.mkdir(parents=True)
        path = place / "llama-server"
        path.write_text(f"#!{sys.executable}\n" + Path(__file__).with_name("llama_stand_in.py").read_text())
        path.chmod(0o755)
        (place / "MODE").write_text(mode)
        return path

    return make
