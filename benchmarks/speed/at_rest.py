"""What an open, idle server costs, and whether memory grows with use: server and engine, one run.

    python -m benchmarks.speed.at_rest [--minutes 10] [--questions 200] [--completions 2000] [--engine scripted]

Idle: a Jupyter server with the extension, its model loaded, nobody asking: processor seconds of its processes over the
minutes, as a share of one core. Use: resident memory of each after a tenth of the questions and completions, and after all of
them; what comes before the tenth is what first use loads. With `--engine llama` the real model answers: ask for few.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.speed.jupyter_process import JupyterServer, jupyter_server

RULES = [
    {"match": r"<\|fim_middle\|>$", "reply": "len(values)"},
    {"match": "", "reply": "SELECT count(*) AS n FROM orders"},
]
SETTLED_SECONDS = 5.0
LOAD_SECONDS = 300.0
MIB = 2**20


@dataclass(frozen=True)
class Cost:
    """Processor seconds so far and resident bytes now, of the server's process and of all that it has started."""

    server_seconds: float
    engine_seconds: float
    server_bytes: int
    engine_bytes: int


def cost(server: JupyterServer) -> Cost:
    """Read both from the system."""
    own = psutil.Process(server.process.pid)
    seconds, held = [0.0, 0.0], [0, 0]
    for process in (own, *own.children(recursive=True)):
        times = process.cpu_times()
        seconds[process.pid != own.pid] += times.user + times.system
        held[process.pid != own.pid] += process.memory_info().rss
    return Cost(seconds[0], seconds[1], held[0], held[1])


def idle(server: JupyterServer, minutes: float) -> str:
    """Shares of a core over so many minutes in which nobody asks."""
    before, began = cost(server), time.monotonic()
    time.sleep(60 * minutes)
    after, seconds = cost(server), time.monotonic() - began
    took = [after.server_seconds - before.server_seconds, after.engine_seconds - before.engine_seconds]
    told = [f"{spent:.2f} s of processor time ({100 * spent / seconds:.2f} % of a core)" for spent in took]
    return f"idle for {seconds / 60:.1f} minutes: server {told[0]}, what it has started {told[1]}"


def used(server: JupyterServer, questions: int, completions: int) -> list[str]:
    """Memory after a tenth of the work and after all of it."""
    lines, told = [], []
    for share in (0.1, 0.9):
        for number in range(max(1, round(questions * share))):
            server.call("ask", question_of(f"{share} {number}"))
        for number in range(max(1, round(completions * share))):
            server.call("complete", completion_of(f"{share} {number}"))
        time.sleep(SETTLED_SECONDS)
        told.append(cost(server))
        lines.append(
            f"after {'a tenth' if share == 0.1 else 'all'} of {questions} questions and {completions} completions: "
            f"server {told[-1].server_bytes / MIB:.0f} MiB, what it has started {told[-1].engine_bytes / MIB:.0f} MiB"
        )
    first, last = told
    lines.append(
        f"growth: server {(last.server_bytes - first.server_bytes) / MIB:+.1f} MiB, "
        f"what it has started {(last.engine_bytes - first.engine_bytes) / MIB:+.1f} MiB"
    )
    return lines


def question_of(mark: str) -> dict[str, Any]:
    """A question in one of seven conversations, about no table."""
    return {"question": f"how many orders {mark}", "mode": "chat", "cells": [], "thread": f"n{hash(mark) % 7}.ipynb"}


def completion_of(mark: str) -> dict[str, Any]:
    """A completion behind another beginning each time."""
    return {
        "prefix": f"values = [1, 2, 3]\nmark = {mark!r}\ntotal = ", "suffix": "", "language": "python", "path": "typed.ipynb",
        "thread": "typed.ipynb", "cells": [], "by_key": True,
    }  # fmt: skip


def loaded(server: JupyterServer) -> None:
    """Load the model and wait for it. Raises SystemExit where it does not come."""
    server.call("engine/load", {})
    until = time.monotonic() + LOAD_SECONDS
    while time.monotonic() < until:
        status = server.call("status")
        if status["state"] == "ready":
            return
        if status["state"] in ("absent", "crashed"):
            raise SystemExit(f"{status['message']} {status['hint']}")
        time.sleep(0.2)
    raise SystemExit("The model was not ready in time.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--completions", type=int, default=2000)
    parser.add_argument("--engine", choices=("scripted", "llama"), default="scripted")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        script = RULES if arguments.engine == "scripted" else None
        with jupyter_server(Path(place), "--QwenExtension.share_engine=False", script=script) as server:
            loaded(server)
            server.call("ask", question_of("first"))
            time.sleep(SETTLED_SECONDS)
            if arguments.minutes:
                print(idle(server, arguments.minutes), flush=True)
            if arguments.questions or arguments.completions:
                print("\n".join(used(server, arguments.questions, arguments.completions)))


if __name__ == "__main__":
    main()
