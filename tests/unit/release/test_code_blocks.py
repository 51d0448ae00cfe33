"""Every block of code and every command in README and docs is run or checked here, or says above it why not."""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from jupyter_qwen.demo.demo_folder import build_demo
from jupyter_qwen.server.app import QwenExtension
from release.reference import parsers

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "GOVERNANCE.md", "binder/README.md")]
PAGES += [path for path in sorted((ROOT / "docs").rglob("*.md")) if "generated" not in path.parts]
#: Fences without a language hold drawings, output and notebook cells; `markdown` and `sql` stand inside such a drawing.
LANGUAGES = {"", "bash", "python", "json", "markdown", "{toctree}"}


@dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    text: str
    why_not: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks() -> list[Block]:
    found = []
    for path in PAGES:
        lines = path.read_text(encoding="utf-8").splitlines()
        fence, began, language = "", 0, ""
        for number, line in enumerate(lines):
            opened = re.match(r"(`{3,})(\S*)\s*$", line)
            if not fence and opened:
                fence, language, began = opened[1], opened[2], number
            elif fence and line.strip() == fence:
                mark = re.match(r"<!-- not run: (.+) -->$", lines[began - 1]) if began else None
                text = "\n".join(lines[began + 1 : number])
                name = path.relative_to(ROOT).as_posix()
                found.append(Block(name, began + 1, language, text, mark[1] if mark else ""))
                fence = ""
        assert not fence, f"{path}: a fence is not closed"
    return found


BLOCKS = blocks()


def test_every_fence_has_a_language_that_is_dealt_with() -> None:
    assert len(BLOCKS) > 30
    assert {block.language for block in BLOCKS} <= LANGUAGES
    assert not [str(block) for block in BLOCKS if block.why_not and len(block.why_not) < 10]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader")
    build_demo(folder / "jupyter-qwen-demo")
    return folder


def tables_of_the_reader() -> duckdb.DuckDBPyConnection:
    """What docs/explanation/trust.md speaks of as `con`."""
    con = duckdb.connect()
    con.sql("CREATE TABLE orders (order_id INTEGER PRIMARY KEY, amount INTEGER)")
    con.sql("CREATE TABLE order_lines (line_id INTEGER PRIMARY KEY, order_id INTEGER)")
    con.sql("INSERT INTO orders VALUES (1, 10), (2, 20)")
    con.sql("INSERT INTO order_lines VALUES (1, 1), (2, 1), (3, 2)")
    return con


PYTHON = [block for block in BLOCKS if block.language == "python"]


@pytest.mark.parametrize("block", PYTHON, ids=map(str, PYTHON))
def test_python_runs_as_it_stands(block: Block, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if block.why_not:
        code = "\n".join(line for line in block.text.splitlines() if not line.startswith("%"))
        ast.parse(code)  # what is not run is Python all the same
        return
    monkeypatch.chdir(demo)
    exec(compile(block.text, str(block), "exec"), {"__name__": "__main__", "con": tables_of_the_reader()})


def test_receipt_of_the_tutorial_warns_of_what_it_says(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = [item for item in PYTHON if item.page.startswith("docs/tutorial/") and not item.why_not]
    monkeypatch.chdir(demo)
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(block.text, str(block), "exec"), names)
    assert "fan-out" in {warning.code for warning in names["receipt"].warnings}  # type: ignore[attr-defined]


def test_json_is_json_and_names_traits_that_exist() -> None:
    found = [json.loads(block.text) for block in BLOCKS if block.language == "json"]
    assert found
    traits = set(QwenExtension.class_trait_names(config=True))
    for value in found:
        assert set(value.get("QwenExtension", {})) <= traits


def commands() -> list[tuple[str, str]]:
    """Where it stands, and one command: from fences of bash, indented lines, and code in running text."""
    found = []
    for block in BLOCKS:
        if block.language == "bash":
            whole = re.sub(r"\\\n\s*", " ", block.text)
            found += [(str(block), part) for line in whole.splitlines() for part in line.split(" && ")]
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        inline = re.findall(r"`((?:\.venv/bin/)?(?:jupyter qwen|nox -s|python -m)[^`]*)`", text)
        indented = re.findall(r"^ {4}((?:jupyter qwen|python -m) .*)$", text, re.MULTILINE)
        found += [(path.relative_to(ROOT).as_posix(), command) for command in inline + indented]
    return [(where, stripped) for where, command in found if (stripped := re.sub(r"(^|\s)#.*", "", command).strip())]


@functools.cache
def options() -> dict[str, set[str]]:
    return {words: set(parser._option_string_actions) for words, parser in parsers()}


SESSIONS = set(re.findall(r"^def (\w+)\(session: nox\.Session\) ->", (ROOT / "noxfile.py").read_text("utf-8"), re.M))
#: Programs of others, whose options are not ours to check.
OTHERS = {"pip", "pytest", "vllm", "export", "cd", "nox", "npx", "jlpm", "apt-get"}


def trouble(command: str) -> str:
    """What is wrong with a command, "" for nothing."""
    words = shlex.split(command.replace("[", " ").replace("]", " "), comments=False)
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    words = [word.removeprefix(".venv/bin/") for word in words]
    if words[:2] == ["jupyter", "qwen"]:
        return _trouble_with_ours(words)
    if words[0] == "jupyter":
        traits = set(QwenExtension.class_trait_names(config=True))
        named = re.findall(r"--QwenExtension\.(\w+)", command)
        return "" if set(named) <= traits else f"no such trait: {named}"
    if words[:2] == ["nox", "-s"]:
        asked = [word for word in words[2:] if not word.startswith("-")]
        return "" if asked and asked[0] in SESSIONS else f"no such session: {asked}"
    if re.fullmatch(r"python[\d.]*", words[0]):
        return _trouble_with_python(words)
    return "" if words[0] in OTHERS else f"unknown program {words[0]}"


def _trouble_with_ours(words: list[str]) -> str:
    longest = max((name for name in options() if words[: len(name.split())] == name.split()), key=len, default="")
    if not longest:
        rest = [word for word in words[2:] if word not in ("…", "--version")]
        return f"no such command: {rest[0]}" if rest else ""
    named = {re.split("=", word)[0] for word in words if word.startswith("-")}
    passed_on = {
        name for name in named if name.startswith(("--QwenExtension.", "--LabApp.", "--ServerApp.", "--no-browser"))
    }
    if longest.split()[-1] in ("lab", "demo"):
        named -= passed_on
    return f"{longest} has no {sorted(named - options()[longest])}" if named - options()[longest] else ""


def _trouble_with_python(words: list[str]) -> str:
    if words[1:2] == ["-m"]:
        module = words[2]
        return "" if importlib.util.find_spec(module) else f"no module {module}"
    return "" if (ROOT / words[1]).is_file() else f"no file {words[1]}"


COMMANDS = commands()


def test_commands_name_commands_options_sessions_and_modules_that_exist() -> None:
    assert len(COMMANDS) > 80
    assert [(where, command, what) for where, command in COMMANDS if (what := trouble(command))] == []


@pytest.mark.parametrize(
    "command",
    [
        "jupyter qwen aks",
        "jupyter qwen ask --databse x",
        "nox -s lnit",
        "python -m benchmarks.nothing",
        "jupyter lab --QwenExtension.modl=x",
    ],
)
def test_a_misspelt_command_is_noticed(command: str) -> None:
    assert trouble(command)
