"""The collector as one text: complete by itself, old enough Python, no name defined twice."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter

import pytest

from jupyter_qwen.schema.collect import collector_source, kernel_expression

OLDEST_PYTHON = (3, 8)


def test_the_source_parses_as_old_python() -> None:
    ast.parse(collector_source(), feature_version=OLDEST_PYTHON)


def test_no_name_is_defined_by_two_modules() -> None:
    tree = ast.parse(collector_source())
    names = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    names += [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_the_source_imports_the_standard_library_only() -> None:
    tree = ast.parse(collector_source())
    imported = {
        name.partition(".")[0]
        for node in tree.body
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)


def in_a_bare_python(script: str) -> subprocess.CompletedProcess[str]:
    """`script` in a process of its own, with the collector's source on its standard input."""
    command = [sys.executable, "-I", "-c", script]
    return subprocess.run(command, input=collector_source(), capture_output=True, text=True, check=True, timeout=60)


def test_the_source_works_where_the_package_is_missing() -> None:
    script = (
        "import sys, json; sys.modules['jupyter_qwen'] = None; import duckdb, pandas as pd; scope = {'__name__': 'x'}\n"
        "exec(sys.stdin.read(), scope)\n"
        "con = duckdb.connect(); con.execute('CREATE TABLE t AS SELECT 1 AS a'); df = pd.DataFrame({'b': ['x']})\n"
        "print(json.dumps(scope['collect']({'con': con, 'df': df})))"
    )
    run = in_a_bare_python(script)
    assert [table["reference"] for table in json.loads(run.stdout)["tables"]] == [["df"], ["t"]]


def test_collecting_imports_no_data_library() -> None:
    script = (
        "import sys; scope = {'__name__': 'x'}; exec(sys.stdin.read(), scope); scope['collect']({'a': 1})\n"
        "print([name for name in ('duckdb', 'pandas', 'numpy', 'polars', 'pyarrow', 'IPython') if name in sys.modules])"
    )
    run = in_a_bare_python(script)
    assert run.stdout.strip() == "[]"


def test_the_expression_is_one_expression() -> None:
    ast.parse(kernel_expression("types"), mode="eval", feature_version=OLDEST_PYTHON)


def test_the_expression_refuses_an_unknown_level() -> None:
    with pytest.raises(ValueError, match="privacy must be one of"):
        kernel_expression("everything")


def test_nothing_is_said_when_the_process_ends_right_after_collecting() -> None:
    """A thread that still held a cursor made DuckDB report leaked objects on the user's terminal."""
    script = (
        "import sys, duckdb; scope = {'__name__': 'x'}; exec(sys.stdin.read(), scope)\n"
        "con = duckdb.connect(); con.execute(\"CREATE TABLE t AS SELECT 1 AS a, 'x' AS b\")\n"
        "assert scope['collect']({'con': con})['tables'][0]['rows'] == [[1, 'x']]"
    )
    run = in_a_bare_python(script)
    assert (run.stdout, run.stderr) == ("", "")
