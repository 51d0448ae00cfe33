"""``python -m benchmarks.keyboard``: time to ghost text, cache hits, tokens reused and thrown away."""

from __future__ import annotations

import argparse
import asyncio

from benchmarks.keyboard import run as typing
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config


async def measure(arguments: argparse.Namespace) -> str:
    """The table, or the JSON. Raises PackError or EngineError."""
    supervised = SupervisedEngines(engine_config(arguments))
    try:
        return await typing.run(typing.options_from(arguments), supervised)
    finally:
        await supervised.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    typing.add_arguments(parser)
    add_engine_options(parser)
    print(asyncio.run(measure(parser.parse_args())))
