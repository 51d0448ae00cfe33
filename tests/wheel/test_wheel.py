"""The built wheel, as a user gets it: installed into a fresh environment on a machine without Node."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(folder), str(ROOT)], check=True)
    return next(folder.glob("jupyter_qwen-*.whl"))


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and nothing but what it requires; its bin folder."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([scripts / "python", "-m", "pip", "install", "-q", str(wheel)], check=True, env=without_node())
    return scripts


def without_node() -> dict[str, str]:
    """The environment variables of a machine where neither node nor npm is to be found."""
    kept = [
        folder
        for folder in os.environ["PATH"].split(os.pathsep)
        if not any((Path(folder) / tool).exists() for tool in ("node", "npm", "jlpm"))
    ]
    return {**os.environ, "PATH": os.pathsep.join(kept)}


def test_wheel_holds_the_prebuilt_front_end_and_no_tests_or_benchmarks(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    front_end = [name for name in names if "share/jupyter/labextensions/jupyter_qwen/" in name]
    assert any(name.endswith("/package.json") for name in front_end)
    assert any("/static/remoteEntry." in name for name in front_end)
    assert any(name.endswith("jupyter_server_config.d/jupyter_qwen.json") for name in names)
    assert "jupyter_qwen/prompt/shapes/library.sql" in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "node_modules/", "src/"))]
    assert not [name for name in names if name.endswith((".gguf", ".duckdb"))]


def test_fresh_environment_has_no_torch_and_enables_the_server_extension(environment: Path) -> None:
    listing = subprocess.run(
        [environment / "jupyter", "server", "extension", "list"],
        capture_output=True,
        text=True,
        env=without_node(),
        check=True,
    )
    text = re.sub(r"\x1b\[\d+m", "", listing.stdout + listing.stderr)  # jupyter colours it even into a pipe
    assert "jupyter_qwen enabled" in text
    assert re.search(r"jupyter_qwen [\d.]+ OK", text), text
    heavy = "import importlib.util as u; print([n for n in ('torch', 'transformers', 'jupyterlab') if u.find_spec(n)])"
    found = subprocess.run([environment / "python", "-c", heavy], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_question_is_answered_by_the_scripted_engine_from_the_installed_wheel(
    environment: Path, tmp_path: Path
) -> None:
    (tmp_path / "sales.csv").write_text("region,amount\nnorth,3\nsouth,4\n")
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"match": "", "reply": "SELECT sum(amount) AS total FROM sales"}]))
    done = subprocess.run(
        [
            environment / "jupyter", "qwen", "ask", "total amount", "--database", tmp_path / "sales.csv",
            "--engine", "scripted", "--script", script, "--json",
        ],
        capture_output=True, text=True, env=without_node(), cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["verdict"], answer["sql"]) == ("bound", "SELECT sum(amount) AS total FROM sales")
