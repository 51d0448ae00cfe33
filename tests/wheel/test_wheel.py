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

from release.front_end_sbom import bundled
from release.front_end_sbom import main as sbom

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


#: All that the wheel holds beside the package's modules. `<hash>` is a bundle's name, which changes with its content.
OTHER_FILES = {
    "jupyter_qwen/demo/config/labconfig/default_setting_overrides.json",
    "jupyter_qwen/demo/qwen.md",
    "jupyter_qwen/prompt/shapes/library.sql",
    "jupyter_qwen/py.typed",
    "jupyter_qwen/server/events/status.yaml",
    "jupyter_qwen/settings/plugin.json",
    "jupyter_qwen/language/phrases.json",
    "jupyter_qwen/language/sentences.json",
    "jupyter_qwen/trust/confidence/cells/cell_scorecard.json",
    "jupyter_qwen/trust/confidence/scorecard.json",
    "data/etc/jupyter/jupyter_server_config.d/jupyter_qwen.json",
    "data/share/jupyter/labextensions/jupyter_qwen/install.json",
    "data/share/jupyter/labextensions/jupyter_qwen/package.json",
    "data/share/jupyter/labextensions/jupyter_qwen/schemas/jupyter_qwen/package.json.orig",
    "data/share/jupyter/labextensions/jupyter_qwen/schemas/jupyter_qwen/plugin.json",
    "data/share/jupyter/labextensions/jupyter_qwen/static/<hash>.js",
    "data/share/jupyter/labextensions/jupyter_qwen/static/remoteEntry.<hash>.js",
    "data/share/jupyter/labextensions/jupyter_qwen/static/style.js",
    "data/share/jupyter/labextensions/jupyter_qwen/static/third-party-licenses.json",
    "dist-info/METADATA",
    "dist-info/RECORD",
    "dist-info/WHEEL",
    "dist-info/entry_points.txt",
    "dist-info/licenses/LICENSE",
    "dist-info/licenses/LICENSES/jupyter-chat.txt",
}


def test_uninstalling_leaves_the_environment_as_it_was(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path, with_pip=False)
    python = tmp_path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", str(python)]

    def held() -> set[Path]:
        return {path for path in tmp_path.rglob("*") if not path.is_dir()}

    before = held()
    subprocess.run([*pip, "install", "-q", "--no-deps", str(wheel)], check=True)
    assert tmp_path / "share/jupyter/labextensions/jupyter_qwen/package.json" in held()
    subprocess.run([*pip, "uninstall", "-q", "-y", "jupyter_qwen"], check=True)
    assert held() == before


def test_wheel_is_small_and_holds_the_package_the_front_end_and_nothing_else(wheel: Path) -> None:
    assert wheel.stat().st_size < 3_000_000
    names = [re.sub(r"^jupyter_qwen-[\d.a-z]+(/|\.)(?=data/|dist-info/)", "", name) for name in _names(wheel)]
    modules = {name for name in names if re.match(r"jupyter_qwen/.*\.py$", name)}
    in_tree = {path.relative_to(ROOT).as_posix() for path in (ROOT / "jupyter_qwen").rglob("*.py")}
    assert modules == in_tree | {"jupyter_qwen/_version.py"}
    others = {re.sub(r"(?<=static/)(remoteEntry\.|\w+\.)?[0-9a-f]{16}\.js$", _named, name) for name in names}
    assert others - modules == OTHER_FILES


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def _named(match: re.Match[str]) -> str:
    return "remoteEntry.<hash>.js" if match[1] == "remoteEntry." else "<hash>.js"


#: Licences that ask for no more than to be named.
NAMED_ONLY = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Apache-2.0", "0BSD"}
#: Packages whose npm archive has no licence file; theirs lies in LICENSES/.
WITHOUT_TEXT = {"@jupyter/chat": "jupyter-chat.txt"}


def test_licences_of_all_that_the_front_end_bundles_are_shipped(wheel: Path) -> None:
    packages = {item["name"]: item for item in bundled(wheel)}
    # the builder's list once lacked what Rspack had joined into other modules: these were bundled and not named
    assert {"@jupyter/chat", "@mui/material", "@emotion/react", "@popperjs/core", "stylis", "clsx"} <= set(packages)
    assert {item["licenseId"] for item in packages.values()} <= NAMED_ONLY
    assert {name for name, item in packages.items() if not item["extractedText"]} == set(WITHOUT_TEXT)
    assert all((ROOT / "LICENSES" / file).is_file() for file in WITHOUT_TEXT.values())
    locked = (ROOT / "yarn.lock").read_text(encoding="utf-8")
    assert not [
        name
        for name, item in packages.items()
        if not re.search(rf'^"{name}@npm:[^\n]*:\n  version: {item["versionInfo"]}$', locked, re.MULTILINE)
    ]


def test_bill_of_materials_names_every_bundled_package_with_its_licence(wheel: Path, tmp_path: Path) -> None:
    assert sbom(["only one argument"]) == 2
    assert sbom([str(wheel), str(tmp_path / "front-end.cdx.json")]) == 0
    document = json.loads((tmp_path / "front-end.cdx.json").read_text(encoding="utf-8"))
    purls = {item["purl"] for item in document["components"]}
    assert purls == {f"pkg:npm/{item['name'].replace('@', '%40')}@{item['versionInfo']}" for item in bundled(wheel)}
    assert all(item["licenses"][0]["license"]["id"] for item in document["components"])
    (depends,) = [item["dependsOn"] for item in document["dependencies"] if item["ref"] == "pypi:jupyter_qwen"]
    assert set(depends) == purls


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
