"""`run_cell`: one candidate, on copies, in the locked process of the kernel's Python."""

from __future__ import annotations

import ast
import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.sql.first_rows import TableRead
from jupyter_qwen.worker.confinement.lock import missing
from jupyter_qwen.worker.process import WorkerStopped
from jupyter_qwen.worker.warm_process import JobEnd, JobLimits, Unlockable, WarmProcess, WarmPython

from .databases import ConnectionCopy, copies, mentions
from .look import plain_source, why_not
from .model import CellTrial
from .received import Unreadable, read_trial
from .rows import FrameRows, KernelPython
from .setup import Setup, setup_for

TIME_LIMIT_SECONDS: Final = 2.0
#: Rows of a result that are told.
ROWS_TOLD: Final = 20
_RUNNER: Final = "jupyter_qwen.python.runner.job"
_PROCESSES_KEPT: Final = 2
_ALWAYS: Final = ("pandas",)
_LOADED: Final = (
    "numpy",
    "pyarrow",
    "polars",
    "duckdb",
    "matplotlib",
    "seaborn",
    "altair",
    "plotly",
    "scipy",
    "sklearn",
)
_ALSO: Final = {
    "matplotlib": ("matplotlib.pyplot",),
    "seaborn": ("matplotlib.pyplot",),
    "plotly": ("plotly.express", "plotly.graph_objects"),
    "scipy": ("scipy.stats",),
}

_processes: Final[dict[WarmPython, WarmProcess]] = {}
_guard: Final = threading.Lock()


def run_cell(
    code: str,
    rows: FrameRows,
    *,
    setup: Sequence[str] = (),
    time_limit_s: float = TIME_LIMIT_SECONDS,
    thumbnail: bool = False,
) -> CellTrial:
    """Try `code` on the copies in `rows`, blocking: at most `time_limit_s` of the processor, four times as long by the clock.

    `setup`: sources of the notebook's cells, in the order in which they ran; of them the trial takes over the imports of
    analysis libraries, functions, classes and constants that the code names. `thumbnail`: also draw a small picture of
    the last figure. Never raises for what a cell does; what cannot be tried is `not tried`, with the reason.
    """
    plain, reason = plain_source(code)
    if reason:
        return CellTrial("not tried", reason)
    tree = parsed(plain) or ast.Module([], [])  # the kernel's own Python says what is wrong with it
    if reason := rows.off or why_not(tree) or _too_private(rows) or _no_process(rows.python):
        return CellTrial("not tried", reason)
    assert rows.python is not None
    needed = setup_for(tree, setup, _copied(rows))
    text = f"{needed.source}\n{plain}"
    connections = copies(rows.schema, needed.names, text)
    if reason := _lacks(needed, rows, connections):
        return CellTrial("not tried", reason)
    frames = [frame for frame in rows.frames if frame.name in needed.names or mentions(text, frame.name)]
    request = {
        "code": plain, "setup": needed.source, "rows": ROWS_TOLD, "thumbnail": thumbnail,
        "frames": [{"name": frame.name, "kind": frame.kind, **frame.data} for frame in frames],
        "connections": [connection.to_json() for connection in connections],
        "values": {name: value for name, value in rows.values.items() if name in needed.names},
        "own_folders": list(rows.python.own_folders),
    }  # fmt: skip
    sampled = [TableRead(frame.name, frame.rows, frame.total) for frame in frames if not frame.complete]
    sampled += [part for connection in connections for part in connection.sampled]
    modules = _modules(text, [frame.kind for frame in frames])
    try:
        ended = _process(rows.python).run(json.dumps(request).encode(), modules, JobLimits(seconds=time_limit_s))
    except Unlockable as error:
        return CellTrial("not tried", str(error))
    except WorkerStopped as error:
        return CellTrial("not tried", f"The trial did not end. {error}")
    return replace(
        _outcome(ended, time_limit_s), complete=not sampled, sampled=tuple(sampled), seconds=ended.seconds,
        processor_seconds=ended.processor_seconds,
    )  # fmt: skip


def warm(python: KernelPython, code: str = "") -> str:
    """Start the process for `python` with what `code` imports, blocking; "" or why there is none, in a sentence."""
    if reason := _no_process(python):
        return reason
    try:
        _process(python).warm(_modules(code, []))
    except (Unlockable, WorkerStopped) as error:
        return str(error)
    return ""


def warm_ahead(rows: FrameRows, sources: Sequence[str]) -> None:
    """Begin to start the process with what `sources` import, and return at once; nothing where no trial can be made."""
    if rows.off or _too_private(rows) or rows.python is None or _no_process(rows.python):
        return
    arguments = (rows.python, "\n".join(sources))
    threading.Thread(target=warm, args=arguments, name="jupyter-qwen-warm-trials", daemon=True).start()


def close() -> None:
    """End every process for trials. A later trial starts another."""
    with _guard:
        for process in _processes.values():
            process.close()
        _processes.clear()


def _too_private(rows: FrameRows) -> str:
    if rows.schema.privacy == "samples":
        return ""
    return f"A trial needs sample rows, and the privacy level is *{rows.schema.privacy}*."


def _no_process(python: KernelPython | None) -> str:
    if reason := missing():
        return reason
    return "It is not known which Python the kernel is." if python is None else python.why_not()


def _copied(rows: FrameRows) -> frozenset[str]:
    connections = {connection.name for connection in rows.schema.connections if connection.name != "duckdb"}
    return frozenset({frame.name for frame in rows.frames} | set(rows.values) | set(rows.missing) | connections)


def _lacks(needed: Setup, rows: FrameRows, connections: list[ConnectionCopy]) -> str:
    for name in sorted(needed.names):
        if name in rows.missing:
            return rows.missing[name]
        if name in needed.unmade:
            return f"It uses `{name}`, of which a trial has no copy."
    return next((connection.why_not for connection in connections if connection.why_not), "")


def _modules(text: str, kinds: list[str]) -> tuple[str, ...]:
    """The libraries that the trial will import, for the warm process to have them."""
    found = [*_ALWAYS, *(("pyarrow",) if kinds else ())]
    for name in _LOADED:
        if mentions(text, name) or any(kind.startswith(name) for kind in kinds):
            found += [name, *_ALSO.get(name, ())]
    if ".plot" in text or ".hist(" in text or ".boxplot(" in text:
        found += ["matplotlib", "matplotlib.pyplot"]
    return tuple(dict.fromkeys(found))


def _process(python: KernelPython) -> WarmProcess:
    """The warm process of that Python; the least recently used one ends when there are too many."""
    wanted = WarmPython(python.executable, _RUNNER, python.libraries)
    with _guard:
        if wanted not in _processes:
            while len(_processes) >= _PROCESSES_KEPT:
                oldest = min(_processes, key=lambda key: _processes[key].used)
                _processes.pop(oldest).close()
            cache: Path = user_cache_path("jupyter_qwen") / "trials"
            cache.mkdir(parents=True, exist_ok=True, mode=0o700)
            _processes[wanted] = WarmProcess(wanted, cache)
        return _processes[wanted]


def _outcome(ended: JobEnd, seconds: float) -> CellTrial:
    if ended.end == "time":
        return CellTrial("not tried", f"It takes longer than the {seconds:g} s of a trial.")
    if ended.end == "output":
        return CellTrial("not tried", "Its result is larger than a trial may tell.")
    if ended.end == "not started":
        return CellTrial("not tried", f"The trial could not be started: {ended.words}.")
    if ended.end == "ended":
        return CellTrial("not tried", f"The trial's process ended before it told anything ({ended.words}).")
    try:
        return read_trial(ended.body)
    except Unreadable as error:
        return CellTrial("not tried", f"What the trial told cannot be read: {error}.")
