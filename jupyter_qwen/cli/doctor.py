"""``jupyter qwen doctor``: what is installed, which engine would be chosen and why, what is missing and what mends it."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from jupyter_core.paths import jupyter_path

from jupyter_qwen.assistant.engines import why_no_completion
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config
from jupyter_qwen.engine.base import EngineError
from jupyter_qwen.engine.builds.processor import features, processor_name, spoken, unused
from jupyter_qwen.engine.builds.server_facts import wheel_instructions
from jupyter_qwen.engine.builds.speeds import Speeds
from jupyter_qwen.engine.builds.where import found
from jupyter_qwen.engine.choice import EngineChoice, choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.installed import torch_has_cuda
from jupyter_qwen.engine.offers import larger
from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import typed_name
from jupyter_qwen.models.errors import ModelError
from jupyter_qwen.models.store import ModelStore
from jupyter_qwen.python.trial import KernelPython
from jupyter_qwen.python.trial.trying import close, warm
from jupyter_qwen.version import version
from jupyter_qwen.worker.confinement.lock import parts
from jupyter_qwen.worker.confinement.seatbelt import probe


@dataclass(frozen=True)
class Check:
    """One line of the report. `mend` is the command or the step that mends it; needed ones fail the command."""

    name: str
    ok: bool
    found: str
    mend: str = ""
    needed: bool = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The engine options, so that the choice can be asked about."""
    parser.add_argument("--json", action="store_true", help="print a JSON list of checks")
    add_engine_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when nothing that is needed is missing."""
    checks = list(_checks(arguments))
    if arguments.json:
        print(json.dumps([asdict(check) for check in checks], indent=1))
    else:
        for check in checks:
            mark = "ok " if check.ok else "!! " if check.needed else "-- "
            print(f"{mark} {check.name:22} {check.found}")
            if check.mend and not check.ok:
                print(f"{'':26} -> {check.mend}")
    return 0 if all(check.ok for check in checks if check.needed) else 1


def _checks(arguments: argparse.Namespace) -> Iterator[Check]:
    yield Check("jupyter_qwen", True, f"{version}, Python {sys.version.split()[0]}")
    for name, needed, mend in (
        ("jupyter_server", True, "pip install jupyter_server"),
        ("jupyterlab", False, 'pip install "jupyter_qwen[lab]"'),
        ("notebook", False, "pip install notebook"),
        ("ipykernel", False, "pip install ipykernel"),
        ("duckdb", True, "pip install duckdb"),
        ("sqlglot", True, "pip install sqlglot"),
        ("xllamacpp", True, "pip install xllamacpp"),
        ("torch", False, 'pip install "jupyter_qwen[transformers]"'),
        ("transformers", False, 'pip install "jupyter_qwen[transformers]"'),
    ):
        yield _package(name, needed, mend)
    yield _front_end()
    yield _trials()
    if sys.platform == "darwin":
        yield seatbelt_check()
    machine = fit.machine()
    yield Check(
        "machine",
        True,
        f"{machine.cores} cores, {machine.available_bytes / 2**30:.1f} of {machine.total_bytes / 2**30:.1f} GB available"
        + (f" ({machine.limited_by})" if machine.limited_by else ""),
    )
    yield from _processor(engine_config(arguments))
    for gpu in machine.gpus:
        free = f"{gpu.name}, {gpu.available_bytes / 2**30:.1f} of {gpu.total_bytes / 2**30:.1f} GB free"
        mend = "the installed torch was built without CUDA: https://pytorch.org/get-started/locally"
        yield Check("graphics card", torch_has_cuda(), free, mend, needed=False)
    config = engine_config(arguments)
    store = ModelStore(config.models_folder)
    try:
        choice = choose(config, machine, store)
    except EngineError as error:
        yield Check("engine", False, str(error), error.hint)
        return
    yield Check("engine", True, f"{choice.engine}: {choice.reason}")
    for passed in choice.considered:
        yield Check("not chosen", True, passed)
    if choice.need is not None:
        yield Check("memory", True, _memory(choice, choice.need))
    if choice.model is not None:
        yield _model(store, choice)
        yield from _larger(store, choice, machine)
        if choice.model.fim is None:
            yield Check(
                "inline completion", False, why_no_completion(choice.model), "choose a Qwen2.5-Coder", needed=False
            )


def _processor(config: EngineConfig) -> Iterator[Check]:
    """What the processor has, what each llama.cpp that is here uses of it, and what lies idle."""
    has = features()
    yield Check("processor", True, f"{processor_name()}: {spoken(has) or 'its features are not told here'}")
    wheel = wheel_instructions()
    if not wheel:
        return
    idle, servers = unused(has, wheel), [server for server in found() if not server.unusable]
    used = spoken(tuple(name for name in has if name in wheel)) or "what every such processor has"
    busy = [server for server in servers if server.devices or len(unused(has, server.instructions)) < len(idle)]
    yield Check(
        "wheel's llama.cpp",
        not idle or bool(busy) or config.llama_build == "none",
        f"uses {used}" + (f"; {spoken(idle)} lie idle" if idle else ""),
        "jupyter qwen engine build",
        needed=False,
    )
    for server in servers:
        idle = unused(has, server.instructions)
        facts = (
            ", ".join(server.devices) or f"uses {spoken(tuple(name for name in has if name in server.instructions))}"
        )
        yield Check("llama-server", True, f"{server.label}: {facts}" + (f"; {spoken(idle)} lie idle" if idle else ""))


def _larger(store: ModelStore, choice: EngineChoice, machine: fit.Machine) -> Iterator[Check]:
    """A larger model that would answer within ten seconds here; nothing where no speed was measured."""
    path = store.path(choice.model, "gguf") if choice.model is not None and choice.engine == "llama" else None
    speed = Speeds().recall(choice.server, path, choice.threads) if path is not None else None
    found = larger(choice, speed, store, machine) if speed is not None else None
    if found is None:
        return
    entry, seconds = found
    yield Check(
        "larger model",
        True,
        f"{entry.label} would fit and, by arithmetic from the measured speed, answer in some {seconds:.0f} s: "
        f"{entry.weight_bytes('gguf') / 1e9:.1f} GB to download, {entry.licence}; jupyter qwen model pull {typed_name(entry)}",
    )


def _trials() -> Check:
    """Whether Python can be tried under this Python; a kernel's own is looked at when it asks."""
    why_not = warm(KernelPython.here())
    close()
    if why_not:
        return Check("trials of Python", False, why_not, "docs/explanation/python.md says what they need", needed=False)
    return Check("trials of Python", True, f"locked and tried: {', '.join(parts())}", needed=False)


def seatbelt_check() -> Check:
    """What the lock for macOS refuses on this machine. No trial rests on it yet; a report of it is welcome."""
    try:
        doors = probe()
    except OSError as error:
        return Check("lock for macOS", False, str(error), "docs/explanation/python.md says what it is", needed=False)
    held = "every door that was tried is closed" if not doors else f"not closed: {', '.join(doors)}"
    return Check(
        "lock for macOS", not doors, f"{held}; trials stay off", "docs/explanation/python.md says why", needed=False
    )


def _memory(choice: EngineChoice, need: fit.Need) -> str:
    return (
        f"{need.total / 2**30:.1f} GB: weights {need.weights / 2**30:.1f}, KV cache {need.kv_cache / 2**30:.2f} for "
        f"{choice.context_tokens:,} tokens an answer and what is kept beside it, engine {need.overhead / 2**30:.1f}"
    )


def _package(name: str, needed: bool, mend: str) -> Check:
    try:
        return Check(name, True, importlib.metadata.version(name), needed=needed)
    except importlib.metadata.PackageNotFoundError:
        return Check(name, False, "not installed", mend, needed)


def _front_end() -> Check:
    for folder in jupyter_path("labextensions"):
        package = Path(folder) / "jupyter_qwen" / "package.json"
        if package.is_file():
            return Check(
                "front end", True, f"{json.loads(package.read_text(encoding='utf-8'))['version']} in {package.parent}"
            )
    return Check(
        "front end", False, "not found on Jupyter's path", "pip install --force-reinstall --no-deps jupyter_qwen", False
    )


def _model(store: ModelStore, choice: EngineChoice) -> Check:
    assert choice.model is not None
    try:
        path = store.verified_path(choice.model, kind=choice.format)
    except ModelError as error:
        return Check("model", False, str(error), error.hint)
    size = sum(file.stat().st_size for file in path.iterdir()) if path.is_dir() else path.stat().st_size
    precision = f", {choice.dtype}" if choice.dtype else ""
    return Check("model", True, f"{choice.model.label}{precision}, {size / 2**30:.2f} GB in {path.parent}")
