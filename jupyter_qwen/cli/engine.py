"""``jupyter qwen engine``: the builds of llama.cpp on this machine, measured, and one made for its own processor."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.engine.base import EngineError
from jupyter_qwen.engine.builds.compiling import DISK_BYTES, build, built, compiler, remove
from jupyter_qwen.engine.builds.processor import features, processor_name, spoken
from jupyter_qwen.engine.builds.sdist import LLAMA_CPP
from jupyter_qwen.engine.builds.server_facts import LlamaServer, ask
from jupyter_qwen.engine.builds.speeds import FASTER, Speed, Speeds, gain
from jupyter_qwen.engine.builds.where import BUILT_HERE, default_folder, found
from jupyter_qwen.engine.choice import EngineChoice, choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.installed import has_llama
from jupyter_qwen.engine.process.speed_probe import compare, measure
from jupyter_qwen.models.errors import ModelError
from jupyter_qwen.models.store import ModelStore

COMPILING = "some 5 to 20 minutes on two cores"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The action; `probe` and `build` measure with a model."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in (
        ("list", "every llama.cpp that is here: its build, its devices, its speed with the model"),
        ("probe", "measure them now, one after the other: a load and some 270 tokens each"),
        ("build", "build llama.cpp for this processor from its source package: minutes, with the system's compiler"),
        ("remove", "delete what was built"),
    ):
        action = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        action.add_argument("--model", help="the model to measure with; default: the one that would be chosen")


def run(arguments: argparse.Namespace) -> int:
    """0 on success."""
    try:
        return _ACTIONS[arguments.action](EngineConfig(model=arguments.model))
    except (EngineError, ModelError) as error:
        raise CommandError(str(error), error.hint) from error


def _list(config: EngineConfig) -> int:
    here = _model(config)
    speeds = Speeds()
    wheel = speeds.recall(None, here[1], here[0].threads) if here and has_llama() else None
    print(
        f"llama.cpp of the wheel: {wheel.words() if wheel else _unmeasured(here)}" if has_llama() else "No xllamacpp."
    )
    for server in found():
        speed = speeds.recall(server, here[1], here[0].threads) if here else None
        print(f"{server.label}\n  {server.path}")
        if server.unusable:
            print(f"  cannot be used: {server.unusable}")
            continue
        print(f"  computes on {', '.join(server.devices) or spoken(server.instructions) or 'the processor'}")
        print(f"  {_compared(speed, wheel) if speed else _unmeasured(here)}")
    for one in built():
        facts = one.manifest
        print(f"{one.path.parent}: {facts['source']} (SHA-256 {facts['sha256'][:16]}…), built {facts['built']}")
        print(f"  for {facts['processor']} by {facts['compiler']} with {' '.join(facts['flags'])}")
    return 0


def _probe(config: EngineConfig) -> int:
    return _measured(config, tuple(server for server in found() if not server.unusable))


def _measured(config: EngineConfig, servers: tuple[LlamaServer, ...]) -> int:
    here = _model(config)
    if here is None:
        raise CommandError("There is no model here to measure with.", "jupyter qwen model pull")
    choice, path = here
    asyncio.run(compare(choice, config, path, servers, _tell, anew=True))
    speeds = Speeds()
    wheel = speeds.recall(None, path, choice.threads)
    print(f"llama.cpp of the wheel {wheel.words() if wheel else 'is not installed'}")
    for server in servers:
        speed = speeds.recall(server, path, choice.threads)
        if speed is not None:
            print(f"{server.label} {_compared(speed, wheel)}")
    print(f"With {choice.model.label if choice.model else path.name}: {choose(config).reason}.")
    return 0


def _build(config: EngineConfig) -> int:
    using, here = compiler(), _model(config)
    print(f"llama.cpp is built for {processor_name()} ({spoken(features()) or 'whatever it has'}) with {using}:")
    print(
        f"  source: {LLAMA_CPP.name} {LLAMA_CPP.version} from the package index pip is set to, {LLAMA_CPP.bytes / 1e6:.0f} MB"
    )
    print(f"  time: {COMPILING}, at lower priority; disk: {DISK_BYTES / 1e9:.1f} GB while it builds, 20 MB after")
    print(f"  kept in: {default_folder()} (jupyter qwen engine remove deletes it). Ctrl-C stops, and leaves nothing.")

    def works(program: Path) -> str:
        server = ask(program, BUILT_HERE)
        if server.unusable or here is None:
            return server.unusable
        _tell("Trying what was built with the model.")
        choice, path = here
        return asyncio.run(measure(replace(choice, server=server), config, path)).failed

    made = build(_tell, works)
    server = ask(made.path, BUILT_HERE)
    print(f"Built: {server.label} in {made.path.parent}, uses {spoken(server.instructions)}")
    if here is None:
        print("No model is here, so it was started without one; it is measured when the first one is loaded.")
        return 0
    return _measured(config, (server,))


def _remove(_: EngineConfig) -> int:
    gone = remove()
    for place in gone:
        print(f"Deleted {place}")
    if not gone:
        print("Nothing was built here.")
    return 0


def _model(config: EngineConfig) -> tuple[EngineChoice, Path] | None:
    """What would run it on llama.cpp, and its file; ``None`` when that is not here."""
    plain = replace(config, engine="llama", llama_server="none")
    choice = choose(plain if has_llama() else replace(plain, llama_server="auto"))
    path = ModelStore(config.models_folder).path(choice.model, "gguf") if choice.model else None
    return (choice, path) if path is not None else None


def _compared(speed: Speed, wheel: Speed | None) -> str:
    if speed.failed or wheel is None:
        return speed.words()
    times = gain(speed, wheel)
    taken = "is taken" if times >= FASTER else f"is not taken (under {FASTER:g})"
    return f"{speed.words()}: {times:.2f} times the wheel's speed for an answer, {taken}"


def _unmeasured(here: tuple[EngineChoice, Path] | None) -> str:
    return "not measured yet: jupyter qwen engine probe" if here else "not measured: no model is here"


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


_ACTIONS = {"list": _list, "probe": _probe, "build": _build, "remove": _remove}
