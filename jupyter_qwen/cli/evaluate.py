"""``jupyter qwen eval``: cases answered the way a user's question goes, written as predictions to be scored."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.failures import EXPECTED, describe
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config
from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.evaluate import cells, fim, python, summary, text_to_sql
from jupyter_qwen.evaluate.cases import options_from
from jupyter_qwen.evaluate.lane import EvaluationEngines
from jupyter_qwen.evaluate.predictions import PackError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One subcommand a kind of case, and --compare for two files of predictions."""
    parser.add_argument("--compare", nargs="+", type=Path, metavar="FILE", help="print runs side by side and end")
    kinds = parser.add_subparsers(dest="kind", metavar="KIND")
    for name, module, words in (
        ("sql", text_to_sql, "questions about databases"),
        ("fim", fim, "fill-in-the-middle cases"),
        ("python", python, "Python tasks"),
        ("cells", cells, "questions about live DataFrames"),
    ):
        kind = kinds.add_parser(name, help=words, description=f"Answer a pack of {words}.")
        module.add_arguments(kind)
        add_engine_options(kind)


def run(arguments: argparse.Namespace) -> int:
    """0 when every case has an answer on file."""
    try:
        if arguments.compare:
            print(summary.compare(arguments.compare))
        elif arguments.kind:
            print(asyncio.run(_evaluate(arguments)))
        else:
            raise CommandError(
                "eval needs a kind of case: sql, fim, python or cells.", "Or two runs: --compare A.jsonl B.jsonl"
            )
    except PackError as error:
        raise CommandError(str(error)) from error
    except EXPECTED as error:
        failed = describe(error)
        raise CommandError(failed.message, failed.hint) from error
    return 0


async def _evaluate(arguments: argparse.Namespace) -> str:
    supervised = SupervisedEngines(engine_config(arguments))
    engines = EvaluationEngines(supervised)
    work: dict[str, Callable[[], Awaitable[str]]] = {
        "sql": lambda: text_to_sql.run(options_from(text_to_sql.TextToSqlOptions, arguments), engines),
        "fim": lambda: fim.run(options_from(fim.FimOptions, arguments), engines),
        "python": lambda: python.run(options_from(fim.FimOptions, arguments), engines),
        "cells": lambda: cells.run(options_from(cells.CellsOptions, arguments), engines),
    }
    try:
        return await work[arguments.kind]()
    finally:
        await supervised.aclose()
