"""``jupyter qwen ask`` in a folder with a knowledge file: what was taught there is answered without any model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def test_question_taught_in_this_folder_is_answered_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "tea.csv").write_text("kind,grams\ngreen,3\nblack,4\n")
    (tmp_path / "qwen.md").write_text("### Grams in all?\n```sql\nSELECT sum(grams) AS grams FROM tea\n```\n")
    command = [sys.executable, "-m", "jupyter_qwen.cli", "ask", "grams in all", "--database", "tea.csv", "--json"]
    home = {name: str(tmp_path / "home") for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA")}
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, **home}, timeout=120
    )
    told = json.loads(done.stdout)
    assert (told["sql"], told["verdict"], told["origin"]) == ("SELECT sum(grams) AS grams FROM tea", "bound", "taught")
    assert told["words"] == "gives the sum of grams over tea"
    assert done.returncode == 0
