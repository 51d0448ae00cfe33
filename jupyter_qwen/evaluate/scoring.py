"""Runs a case's own tests on an answer, to say whether it passes.

Model output is executed here: in a process of its own with bounds on time and memory, in an empty folder, but in no sandbox. Only
who passes ``--score`` has it done.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SECONDS = 20
_MEMORY_BYTES = 4 << 30
_BOUNDED = f"""
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
    resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY_BYTES}, {_MEMORY_BYTES}))
except ImportError:
    pass
import runpy
runpy.run_path("case.py", run_name="__main__")
"""


def program(case: Mapping[str, Any], completion: str) -> str | None:
    """The answer in its place with the tests behind it; ``None`` for a case without tests."""
    if not isinstance(case.get("test"), str):
        return None
    if "suffix" in case:
        return f"{case['prefix']}{completion}{case['suffix']}\n{case['test']}"
    before = case["prompt"] if case.get("mode") == "completion" else ""
    return f"{before}{completion}\n{case['test']}"


async def passes(case: Mapping[str, Any], completion: str) -> bool | None:
    """Whether the tests of `case` run through; ``None`` when it has none."""
    source = program(case, completion)
    return None if source is None else await asyncio.to_thread(_runs, source)


def _runs(source: str) -> bool:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "case.py").write_text(source, encoding="utf8")
        try:
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-c", _BOUNDED],
                cwd=folder,
                env=environment,
                timeout=SECONDS,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0
