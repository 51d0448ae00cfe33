"""The workflows run sessions of nox that exist, on the versions that the package promises, with no more rights than they need."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_package_metadata import PROJECT

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS: dict[str, Any] = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yml"))
}
OURS = ("build.yml", "weekly.yml")  # the others are jupyter-releaser's


def sessions() -> set[str]:
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any("session" in ast.unparse(item) for item in node.decorator_list)
    }


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in WORKFLOWS[name]["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_a_workflow_is_one_session_of_nox(name: str) -> None:
    commands = [step["run"] for step in steps(name) if "run" in step]
    found = [re.fullmatch(r"nox -s (\w+)(?: -- .+)?", command) for command in commands]
    assert None not in found, commands
    assert {match[1] for match in found if match} <= sessions()


def test_sessions_of_every_default_run_are_in_the_build() -> None:
    text = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    (default,) = re.findall(r"nox\.options\.sessions = (\[.*\])", text)
    commands = {step["run"].split()[2] for step in steps("build.yml") if "run" in step}
    assert set(ast.literal_eval(default)) <= commands


def test_matrix_has_every_python_and_system_that_the_package_promises() -> None:
    matrix = WORKFLOWS["build.yml"]["jobs"]["tests"]["strategy"]["matrix"]
    promised = re.findall(r"Programming Language :: Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert matrix["python-version"] == promised
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_tokens_may_read_only_unless_a_job_says_what_it_writes() -> None:
    for name, workflow in WORKFLOWS.items():
        assert workflow["permissions"] == {"contents": "read"}, name
    publishing = WORKFLOWS["publish-release.yml"]["jobs"]["publish_release"]
    assert publishing["permissions"] == {"id-token": "write"}  # PyPI's trusted publishing, no password
    assert publishing["environment"] == "release"


def test_jobs_of_ours_end_by_themselves_and_actions_are_pinned() -> None:
    for name in OURS:
        for title, job in WORKFLOWS[name]["jobs"].items():
            assert job["timeout-minutes"] <= 60, (name, title)
    for name in WORKFLOWS:
        for step in steps(name):
            if "uses" in step and not step["uses"].startswith("./"):
                assert re.search(r"@v\d+$", step["uses"]), step["uses"]
