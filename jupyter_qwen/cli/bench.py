"""``jupyter qwen bench``: an engine's speed through our client, beside the raw library on the same prompts."""

from __future__ import annotations

import argparse
import asyncio
import sys

from jupyter_qwen.assistant.failures import EXPECTED, describe
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config
from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.engine.builds.where import found
from jupyter_qwen.evaluate import bench
from jupyter_qwen.evaluate.raw import BenchError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`engines` for all that this machine can run; without it the one that would be chosen, or --engine."""
    parser.add_argument(
        "which",
        nargs="?",
        choices=("chosen", "engines"),
        default="chosen",
        help="engines: llama, every llama-server, transformers",
    )
    parser.add_argument("--rounds", type=int, default=3, help="pairs, after one to warm up (default: %(default)s)")
    add_engine_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when everything was measured that is here."""
    config = engine_config(arguments)
    everything = arguments.which == "engines"
    engines = bench.LOCAL_ENGINES if everything else (config.engine,)
    servers = tuple(server for server in found() if not server.unusable) if everything else ()
    try:
        print(asyncio.run(bench.measure(config, engines, max(1, arguments.rounds), _tell, servers)))
    except BenchError as error:
        raise CommandError(str(error)) from error
    except EXPECTED as error:
        failed = describe(error)
        raise CommandError(failed.message, failed.hint) from error
    return 0


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
