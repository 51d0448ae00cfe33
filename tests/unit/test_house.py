"""What the house promises of its rooms."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

import jupyter_qwen

PACKAGE = Path(jupyter_qwen.__file__).parent


def test_no_module_imports_itself_in_a_circle_not_even_for_types_or_inside_a_function() -> None:
    graph = grimp.build_graph("jupyter_qwen", exclude_type_checking_imports=False, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert any(imports.values())
    TopologicalSorter(imports).prepare()  # CycleError names the circle


def test_no_class_name_means_two_things() -> None:
    places = defaultdict(list)
    root = PACKAGE.parent
    for path in sorted(
        path for room in (PACKAGE, root / "benchmarks", root / "release") for path in room.rglob("*.py")
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{path.relative_to(root)}:{node.lineno}")
    assert len(places) > 100
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_the_filters_of_warnings_are_changed_in_processes_of_their_own_alone() -> None:
    """In a thread of the server, `catch_warnings` takes away what other threads have set."""
    users = [path for path in PACKAGE.rglob("*.py") if "catch_warnings" in path.read_text(encoding="utf-8")]
    assert {path.relative_to(PACKAGE).parent.as_posix() for path in users} == {"python/runner"}


#: `cli` names its files after commands, `evaluate` after what is measured; the others are what every room of their kind calls it.
SHARED = {"__init__.py", "__main__.py", "model.py", "routes.py"}


def test_no_file_name_stands_for_two_ideas() -> None:
    rooms = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] not in ("cli", "evaluate") and path.name not in SHARED:
            rooms[path.name].append(str(place))
    assert len(rooms) > 100
    assert {name: where for name, where in rooms.items() if len(where) > 1} == {}


def test_no_folder_has_more_than_twenty_files_and_no_file_of_code_more_than_three_hundred_lines() -> None:
    root = PACKAGE.parent
    if not (root / "tests").is_dir():
        return  # installed: what is shipped was counted where it was made
    folders: defaultdict[Path, int] = defaultdict(int)
    long = []
    for room in ("jupyter_qwen", "src", "style", "tests", "benchmarks"):
        for path in (root / room).rglob("*"):
            parts = set(path.relative_to(root).parts)
            if parts & {"__pycache__", "node_modules", "labextension", "test-results"} or not path.is_file():
                continue
            if path.suffix in (".pyc", ".tsbuildinfo") or path.name in ("_version.py", ".DS_Store"):
                continue
            folders[path.parent] += 1
            if path.suffix in (".py", ".ts", ".tsx"):
                lines = len(path.read_text(encoding="utf-8").splitlines())
                long += [f"{path.relative_to(root)}: {lines}"] if lines > 300 else []
    assert len(folders) > 50
    assert [f"{place.relative_to(root)}: {count}" for place, count in folders.items() if count > 20] == []
    assert long == []


def test_every_file_and_folder_that_the_architecture_names_is_there() -> None:
    root = PACKAGE.parent
    text = root / "docs" / "explanation" / "architecture.md"
    if not text.is_file():
        return  # installed: the docs are not shipped
    named = re.findall(r"`([a-z_]+/[\w./-]*)[:`]", text.read_text(encoding="utf-8"))
    assert len(named) > 60
    assert [name for name in named if not _is_there(name, root)] == []


def _is_there(name: str, root: Path) -> bool:
    """A path from the root or the package, a module without its ending, or a room inside another one."""
    places = (root / name, PACKAGE / name, PACKAGE / f"{name}.py")
    return any(place.exists() for place in places) or any(PACKAGE.rglob(name.rstrip("/")))
