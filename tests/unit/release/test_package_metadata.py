"""What pyproject.toml, package.json and the recipe promise agrees with each other and with the tree."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import jupyter_qwen

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads(TEXT)["project"]
NPM: dict[str, Any] = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
RECIPE: dict[str, Any] = yaml.safe_load((ROOT / "recipe" / "recipe.yaml").read_text(encoding="utf-8"))


def bounds(requirement: str) -> tuple[str, frozenset[str]]:
    read = Requirement(requirement)
    return read.name.replace("_", "-").lower(), frozenset(map(str, read.specifier))


def test_extension_manager_of_jupyterlab_finds_what_it_looks_for() -> None:
    assert "jupyterlab-extension" in NPM["keywords"]
    assert "Framework :: Jupyter :: JupyterLab :: Extensions :: Prebuilt" in PROJECT["classifiers"]
    assert NPM["homepage"] == PROJECT["urls"]["Homepage"] == PROJECT["urls"]["Source"]
    assert NPM["bugs"]["url"] == PROJECT["urls"]["Issues"]
    assert NPM["license"] == PROJECT["license"]


def test_every_name_of_the_api_exists_and_its_page_names_it() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    for name in jupyter_qwen.__all__:
        assert getattr(jupyter_qwen, name) is not None
        assert f"`{name}" in page, name


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'answer'"):
        jupyter_qwen.answer  # noqa: B018


def test_types_are_shipped() -> None:
    assert (ROOT / "jupyter_qwen" / "py.typed").is_file()
    assert "Typing :: Typed" in PROJECT["classifiers"]


def test_every_upper_bound_of_the_package_has_its_reason_above_it() -> None:
    (block,) = re.findall(r"^dependencies = \[\n(.*?)^\]", TEXT, re.MULTILINE | re.DOTALL)
    lines = block.splitlines()
    bounded = [place for place, line in enumerate(lines) if "<" in line and not line.lstrip().startswith("#")]
    assert len(bounded) > 2
    assert [lines[place] for place in bounded if not lines[place - 1].lstrip().startswith("#")] == []


def test_recipe_requires_what_the_package_requires() -> None:
    conda = {"python-duckdb": "duckdb"}
    asked = dict(bounds(line) for line in PROJECT["dependencies"])
    recipe = dict(bounds(line) for line in RECIPE["requirements"]["run"] if not line.startswith("python >="))
    assert {conda.get(name, name): limits for name, limits in recipe.items()} == asked
    built = {re.split("[ >=]", line)[0] for line in RECIPE["requirements"]["host"]}
    asked_to_build = {Requirement(line).name for line in tomllib.loads(TEXT)["build-system"]["requires"]}
    assert asked_to_build <= built
    assert RECIPE["context"]["version"] == NPM["version"]
    assert f">={RECIPE['context']['python_min']}" == PROJECT["requires-python"]
    assert RECIPE["build"]["python"]["entry_points"] == [f"{k} = {v}" for k, v in PROJECT["scripts"].items()]
    assert all((ROOT / file).is_file() for file in RECIPE["about"]["license_file"])
