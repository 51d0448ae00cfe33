"""``jupyter qwen bench``: the product measured on the clock."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import signal
import sys
from pathlib import Path
from typing import Any

from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.failures import EXPECTED, describe
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config
from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.evaluate import typing
from jupyter_qwen.evaluate.bench import engines, report
from jupyter_qwen.evaluate.bench.plot import plot
from jupyter_qwen.evaluate.bench.product import BenchError
from jupyter_qwen.evaluate.bench.run import DEFAULT_PARTS, PARTS, Options
from jupyter_qwen.evaluate.bench.run import run as measure_parts
from jupyter_qwen.evaluate.predictions import PackError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The whole run by default; `typing` alone has options of its own."""
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(DEFAULT_PARTS), help="default: all of them")
    parser.add_argument(
        "--rounds", type=int, default=6, help="warm questions; the other counts follow (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the run, for --compare and --plot")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the run (or the one in --from)")
    parser.add_argument(
        "--from", dest="kept", type=Path, metavar="FILE", help="measure nothing: show a run that was kept"
    )
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"), help="two kept runs side by side")
    add_engine_options(parser)
    kinds = parser.add_subparsers(dest="kind", metavar="KIND")
    words = "replay typing into inline completion: time to ghost text, cache hits, tokens reused and thrown away"
    kind = kinds.add_parser("typing", help=words, description=f"{words[0].upper()}{words[1:]}.")
    typing.add_arguments(kind)
    add_engine_options(kind)
    words = "prefill and decode of each engine through the product, beside the raw library, in turn"
    kind = kinds.add_parser("engines", help=words, description=f"{words[0].upper()}{words[1:]}.")
    kind.add_argument(
        "--engines", nargs="+", choices=engines.ENGINES, default=list(engines.ENGINES), help="default: all"
    )
    kind.add_argument("--rounds", type=int, default=3, help="answers each, after one to warm up (default: %(default)s)")
    add_engine_options(kind)


def run(arguments: argparse.Namespace) -> int:
    """0 when everything was measured; a promise that was missed is said, and is no failure of the command."""
    try:
        if arguments.kind == "typing":
            print(asyncio.run(_typing(arguments)))
            return 0
        if arguments.kind == "engines":
            chosen, rounds = tuple(arguments.engines), max(1, arguments.rounds)
            print(asyncio.run(engines.measure(engine_config(arguments), chosen, rounds, _tell)))
            return 0
        if arguments.compare:
            print(report.compare(*(_read(path) for path in arguments.compare)))
            return 0
        _check_outputs(arguments)
        found = _read(arguments.kept) if arguments.kept else asyncio.run(_parts(arguments))
        if arguments.json and not arguments.kept:
            arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(report.table(found))
        if arguments.plot:
            plot(found, arguments.plot)
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error
    except (PackError, BenchError) as error:
        raise CommandError(str(error)) from error
    except EXPECTED as error:
        failed = describe(error)
        raise CommandError(failed.message, failed.hint) from error
    return 0


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _check_outputs(arguments: argparse.Namespace) -> None:
    """Say before the minutes of measuring what could not be written after them. Raises CommandError."""
    if arguments.plot and importlib.util.find_spec("matplotlib") is None:
        raise CommandError("The plot needs matplotlib.", 'Install it with: pip install "jupyter_qwen[lab]"')
    for path in (arguments.json, arguments.plot):
        if path is not None and not path.absolute().parent.is_dir():
            raise CommandError(f"There is no folder {path.absolute().parent}.", "Make it, or name another file.")


async def _parts(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure. Ended from outside (`timeout`, a job's end) it stops its servers first, as with Ctrl-C."""
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):  # Windows has no such signal
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    options = Options(tuple(arguments.parts), max(1, arguments.rounds))
    return await measure_parts(
        options, engine_config(arguments), lambda words: print(words, file=sys.stderr, flush=True)
    )


async def _typing(arguments: argparse.Namespace) -> str:
    supervised = SupervisedEngines(engine_config(arguments))
    try:
        return await typing.run(typing.options_from(arguments), supervised)
    finally:
        await supervised.aclose()


def _read(path: Path) -> dict[str, Any]:
    """A kept run. Raises CommandError when the file is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} is no run of this command: it is not JSON ({error}).") from error
    if not isinstance(data, dict) or data.get("version") != 1 or not isinstance(data.get("figures"), list):
        raise CommandError(f"{path} is no run of this command.", "Keep one with: jupyter qwen bench --json FILE")
    return data
