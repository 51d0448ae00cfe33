"""``jupyter qwen bench``: the product measured on the clock."""

from __future__ import annotations

import argparse
import asyncio

from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.failures import EXPECTED, describe
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config
from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.evaluate import typing
from jupyter_qwen.evaluate.predictions import PackError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One subcommand a kind of work."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    words = "replay typing into inline completion: time to ghost text, cache hits, tokens reused and thrown away"
    kind = kinds.add_parser("typing", help=words, description=f"{words[0].upper()}{words[1:]}.")
    typing.add_arguments(kind)
    add_engine_options(kind)


def run(arguments: argparse.Namespace) -> int:
    """0 when everything was measured."""

    async def measure() -> str:
        engines = SupervisedEngines(engine_config(arguments))
        try:
            return await typing.run(typing.options_from(arguments), engines)
        finally:
            await engines.aclose()

    try:
        print(asyncio.run(measure()))
    except PackError as error:
        raise CommandError(str(error)) from error
    except EXPECTED as error:
        failed = describe(error)
        raise CommandError(failed.message, failed.hint) from error
    return 0
