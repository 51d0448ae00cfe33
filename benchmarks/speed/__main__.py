"""``python -m benchmarks.speed``: the product measured on the clock; a promise that was missed is said, and is no failure."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path
from typing import Any

from benchmarks.speed import report
from benchmarks.speed.plot import plot
from benchmarks.speed.run import DEFAULT_PARTS, PARTS, SpeedOptions, run
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config
from jupyter_qwen.engine.base import EngineError
from jupyter_qwen.evaluate.predictions import PackError
from jupyter_qwen.evaluate.raw import BenchError


def parser() -> argparse.ArgumentParser:
    """The whole run by default."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--parts", nargs="+", choices=PARTS, default=list(DEFAULT_PARTS), help="default: all of them")
    made.add_argument(
        "--rounds", type=int, default=6, help="warm questions; the other counts follow (default: %(default)s)"
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="keep the run, for --compare and --plot")
    made.add_argument(
        "--plot", type=Path, metavar="FILE.svg", help="draw the run (or the one in --from); needs matplotlib"
    )
    made.add_argument(
        "--from", dest="kept", type=Path, metavar="FILE", help="measure nothing: show a run that was kept"
    )
    made.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"), help="two kept runs side by side")
    add_engine_options(made)
    return made


def main() -> int:
    """0 when everything was measured."""
    arguments = parser().parse_args()
    try:
        if arguments.compare:
            print(report.compare(*(read(path) for path in arguments.compare)))
            return 0
        found = read(arguments.kept) if arguments.kept else asyncio.run(measure(arguments))
        if arguments.json and not arguments.kept:
            arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(report.table(found))
        if arguments.plot:
            plot(found, arguments.plot)
    except (PackError, BenchError, EngineError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure. Ended from outside (`timeout`, a job's end) it stops its servers first, as with Ctrl-C."""
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):  # Windows has no such signal
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    options = SpeedOptions(tuple(arguments.parts), max(1, arguments.rounds))
    return await run(options, engine_config(arguments), lambda words: print(words, file=sys.stderr, flush=True))


def read(path: Path) -> dict[str, Any]:
    """A kept run. Raises BenchError when the file is none."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or data.get("version") != 1 or not isinstance(data.get("figures"), list):
        raise BenchError(f"{path} is no run of this command. Keep one with --json.")
    return data


if __name__ == "__main__":
    sys.exit(main())
