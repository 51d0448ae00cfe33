"""The maintainers' page speaks of files, names and sessions that exist, and pre-commit runs the tools of `nox -s lint`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
PAGES = ["docs/howto/maintain.md", "GOVERNANCE.md", "CONTRIBUTING.md"]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_for_contributors_names_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w/])((?:jupyter_qwen|tests|docs|src|recipe|benchmarks|\.github)/[\w./-]*\w)", text))
    made = {"docs/images/demo.webp"}  # by `nox -s pictures`
    assert [name for name in sorted(named - made) if not (ROOT / name).exists()] == []


def test_names_that_the_page_tells_to_extend_are_there() -> None:
    for file, name in (
        ("jupyter_qwen/models/catalog.py", "_FILES"),
        ("jupyter_qwen/models/entries.py", "FimFlavour"),
        ("jupyter_qwen/engine/config.py", "EngineName"),
        ("jupyter_qwen/sql/mend/pipeline.py", "RULES"),
        ("jupyter_qwen/sql/habits/__init__.py", "HABITS"),
        ("jupyter_qwen/language/phrasebook.py", "LANGUAGES"),
    ):
        assert re.search(rf"^{name}\b.*=", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), (file, name)


def test_pre_commit_runs_the_tools_of_lint() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    lint = re.findall(r"def lint\(.*?\n\n\n", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.DOTALL)[0]
    for hook in hooks:
        words = [word for word in hook["entry"].split() if word not in ("python", "-m", "jlpm") and word[0] != "-"]
        assert words[0] in lint, hook["entry"]
    assert len(hooks) >= 6


def test_issue_forms_ask_for_what_the_templates_schema_wants() -> None:
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    for form in forms:
        read = yaml.safe_load(form.read_text(encoding="utf-8"))
        if form.name == "config.yml":
            assert read["contact_links"]
            continue
        assert {"name", "description", "body"} <= set(read)
        identifiers = [item["id"] for item in read["body"]]
        assert len(identifiers) == len(set(identifiers))
    assert len(forms) == 4


def test_development_container_installs_what_the_readme_installs() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert ".venv/bin/pip install -e '.[test]'" in container["postCreateCommand"]
    assert ".venv/bin/pip install -e '.[test]'" in (ROOT / "README.md").read_text(encoding="utf-8")
