"""Which cases of a pack are asked, and the way from each to a line on file. The same for every kind of pack."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from jupyter_qwen.evaluate.predictions import Predictions
from jupyter_qwen.evaluate.progress_bar import ProgressBar
from jupyter_qwen.evaluate.summary import Run

Case = TypeVar("Case")
Options = TypeVar("Options", bound="PackOptions")
Answering = Callable[[Case], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class PackOptions:
    """What to run. `every` takes each n-th case, for a quick look; `cases` only those ids; `raw` is the pack's baseline."""

    pack: Path
    out: Path
    limit: int | None = None
    every: int = 1
    raw: bool = False
    resume: bool = False
    cases: tuple[str, ...] = ()


def add_pack_arguments(parser: argparse.ArgumentParser, *, pack: str, out: str, raw: str) -> None:
    """PACK, --out, --limit, --every, --case, --raw, --resume; the words say what this kind of pack has there."""
    parser.add_argument("pack", type=Path, metavar="PACK", help=pack)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=out)
    parser.add_argument("--limit", type=int, help="only the first N cases")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th case")
    parser.add_argument(
        "--case", action="append", default=[], metavar="ID", dest="cases", help="only this case; may be repeated"
    )
    parser.add_argument("--raw", action="store_true", help=f"baseline: {raw}")
    parser.add_argument("--resume", action="store_true", help="keep the answers that the file holds")


def options_from(kind: type[Options], arguments: argparse.Namespace) -> Options:
    """The options that the arguments say: each field from the argument of its name."""
    return kind(**{item.name: getattr(arguments, item.name) for item in fields(kind)})


def chosen(cases: Mapping[str, Case], options: PackOptions) -> dict[str, Case]:
    """The cases, by id, that the options ask for."""
    named = [key for key in cases if not options.cases or key in options.cases]
    return {key: cases[key] for key in named[:: max(1, options.every)][: options.limit]}


async def answer_all(cases: Mapping[str, Case], ways: Mapping[Path, Answering[Case]], *, resume: bool) -> list[Run]:
    """Answer every case by each way, into that way's file; returns the runs. Raises what the answers raise, and PackError."""
    with ExitStack() as stack:
        files = {path: stack.enter_context(Predictions(path, resume=resume)) for path in ways}
        answered = {path: {item["id"] for item in file.done} for path, file in files.items()}
        first = next(iter(files))
        progress = stack.enter_context(ProgressBar(len(cases), files[first].done))
        for key, case in cases.items():
            for path, answer in ways.items():
                if key in answered[path]:
                    continue
                item = {"id": key, **await answer(case)}
                files[path].add(item)
                if path == first:
                    progress.add(item)
    return [(path.name, file.done) for path, file in files.items()]
