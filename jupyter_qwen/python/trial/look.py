"""A look at a cell's text before a trial: what it would need that no trial has, in words. No safety rests on it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from jupyter_qwen.python.syntax import parsed

_READS: Final = re.compile(
    r"^(read|scan)_(csv|parquet|excel|json|table|html|feather|orc|pickle|hdf|xml|sas|spss|stata|fwf|clipboard|gbq|"
    r"ipc|ndjson|avro|delta|database\w*)$"
)
_WRITES: Final = re.compile(
    r"^(to_(csv|parquet|excel|json|feather|orc|pickle|hdf|stata|gbq|clipboard|html|markdown|latex|xml)"
    r"|(write|sink)_(csv|parquet|excel|json|ndjson|ipc|avro|delta|database\w*|html|image)|savefig|write_text|write_bytes)$"
)
_WRITES_ALWAYS: Final = frozenset(["to_sql", "to_gbq", "savefig", "to_clipboard", "write_database"])
_NETWORK: Final = frozenset(
    [
        "requests",
        "urllib",
        "urllib3",
        "httpx",
        "aiohttp",
        "socket",
        "ftplib",
        "smtplib",
        "boto3",
        "paramiko",
        "websockets",
    ]
)
_DATABASES: Final = frozenset(
    ["sqlite3", "sqlalchemy", "psycopg2", "psycopg", "pymysql", "pymongo", "snowflake", "pyodbc", "redis", "cx_Oracle"]
)
_PROCESSES: Final = frozenset(["subprocess", "multiprocessing", "joblib", "dask", "ray", "pyspark"])
_SHELL: Final = frozenset(["system", "popen", "spawn", "fork", "execv", "execve", "startfile", "check_output"])
_FILES: Final = frozenset(
    ["listdir", "scandir", "walk", "remove", "unlink", "rename", "makedirs", "mkdir", "rmtree", "glob"]
)
_HARMLESS_MAGIC: Final = re.compile(r"^(\s*)%(matplotlib(\s+\w+)?|time)\s*$")
_MAGIC: Final = re.compile(r"^\s*(%{1,2}\w+|!|\?\w)|^[\w.]+\?{1,2}\s*$|=\s*[!%]\w")


def plain_source(code: str) -> tuple[str, str]:
    """`code` with harmless magics replaced, line for line; and why it cannot be tried when others are in it, else ""."""
    lines = code.split("\n")
    for number, line in enumerate(lines):
        if harmless := _HARMLESS_MAGIC.match(line):
            lines[number] = f"{harmless[1]}pass"
    plain = "\n".join(lines)
    if parsed(plain) is None:
        for line in lines:
            if _MAGIC.search(line):
                return plain, f"It holds a command of IPython: {line.strip()[:60]}"
    return plain, ""


def why_not(tree: ast.Module) -> str:
    """Why a cell cannot be tried, in a sentence: it reads or writes files, reaches out, starts programs, asks. Else ""."""
    for node in ast.walk(tree):
        found = ""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found = next(filter(None, map(_of_module, _modules(node))), "")
        elif isinstance(node, ast.Call):
            found = _of_call(node)
        if found:
            return found
    return ""


def _modules(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        yield (node.module or "").partition(".")[0]
    else:
        yield from (alias.name.partition(".")[0] for alias in node.names)


def _of_module(name: str) -> str:
    if name in _NETWORK:
        return f"It reaches for the network (`{name}`), which a trial has not."
    if name in _DATABASES:
        return f"It opens a database (`{name}`), which a trial has not."
    if name in _PROCESSES:
        return f"It starts processes (`{name}`), which a trial may not."
    return ""


def _of_call(node: ast.Call) -> str:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    library = isinstance(owner, ast.Name) and owner.id in ("os", "shutil", "glob", "pathlib")
    if owner is None and name == "input":
        return "It waits for input."
    if owner is None and name == "get_ipython":
        return "It calls IPython, which a trial has not."
    if owner is None and name == "open":
        return "It opens a file, which a trial has not."
    if library and name in _SHELL:
        return "It starts a program, which a trial may not."
    if library and name in _FILES:
        return "It looks for files, which a trial has not."
    if _READS.match(name) and not _in_memory(node):
        return f"It reads a file (`{name}`), which a trial has not."
    if name in ("read_text", "read_bytes"):
        return "It reads a file, which a trial has not."
    if name in _WRITES_ALWAYS or (_WRITES.match(name) and _has_target(node)):
        return f"It writes a file (`{name}`), which a trial may not."
    if name == "connect" and _text(node.args[:1]) not in ("", ":memory:", ":default:"):
        return "It opens a database, which a trial has not."
    if name == "load_dataset":
        return "It loads a data set from the network, which a trial has not."
    return ""


def _in_memory(node: ast.Call) -> bool:
    """Whether it reads from a text of the cell's own."""
    first = node.args[0] if node.args else None
    called = first.func if isinstance(first, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in ("StringIO", "BytesIO")


def _has_target(node: ast.Call) -> bool:
    return bool(_text(node.args[:1])) or any(
        word.arg in ("path", "path_or_buf", "file", "buf") for word in node.keywords
    )


def _text(arguments: list[ast.expr]) -> str:
    """A literal text that is the first argument, or a dot for one that is put together from pieces."""
    if not arguments:
        return ""
    first = arguments[0]
    if isinstance(first, ast.Constant):
        return first.value if isinstance(first.value, str) else ""
    return "." if isinstance(first, (ast.JoinedStr, ast.BinOp)) else ""
