"""What a `llama-server` binary says of itself: its build, the devices that it computes on, the options that it knows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ASK_SECONDS = 30.0  # a build for graphics cards compiles shaders at its first start
# Without these a promise would be broken: the key, slots of our choice, one pool, batches that Stop need not wait for.
NEEDED = frozenset({
    "--api-key-file", "--slots", "--slot-save-path", "--kv-unified", "--parallel", "--ctx-size", "--batch-size",
    "--ubatch-size", "--threads", "--threads-batch", "--alias", "--host", "--port", "--no-context-shift",
})  # fmt: skip
# What it was built for is said in the log before it finds that this is no model.
TELL = ("--model", os.devnull, "--host", "127.0.0.1", "--port", "0", "--verbosity", "4", "--offline")
OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")
# what makes a processor's build fast, as llama.cpp's system_info spells it
INSTRUCTIONS = re.compile(r"\b([A-Z][A-Z0-9_]*) = 1\b")


@dataclass(frozen=True)
class LlamaServer:
    """A binary. `where` says in words how it was found; `build` is its version in its own words, `options` its help's names.

    `devices` are graphics cards, none for a build that knows the processor alone; `instructions` what of the processor it was
    built for (``AVX512``, ``AMX_INT8``). `unusable` says why it cannot serve, and is empty where it can.
    """

    path: Path
    where: str
    build: str
    options: frozenset[str] = frozenset()
    devices: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    unusable: str = ""

    @property
    def label(self) -> str:
        """The build and where it lies, for a sentence."""
        return f"llama-server {self.build} ({self.where})" if self.build else f"llama-server ({self.where})"


def ask(path: Path, where: str) -> LlamaServer:
    """Ask the binary at `path`; it is run three or four times, for milliseconds each, and loads nothing.

    Remembered in this process as long as the file stays the same.
    """
    try:
        facts = path.stat()
    except OSError as error:
        return LlamaServer(path, where, "", unusable=f"{path} cannot be read: {error.strerror or error}")
    return _asked(path, where, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=32)
def _asked(path: Path, where: str, size: int, changed_ns: int) -> LlamaServer:
    try:
        said = _said(path, "--version")
        helped = _said(path, "--help")
    except (OSError, subprocess.SubprocessError) as error:
        return LlamaServer(path, where, "", unusable=f"{path} does not start: {error}")
    options = frozenset(OPTION.findall(helped))
    build = build_of(said)
    lacking = sorted(NEEDED - options)
    if lacking:
        why = f"{path} lacks {', '.join(lacking)}: it is too old, or no llama-server"
        return LlamaServer(path, where, build, options, unusable=why)
    try:
        devices = devices_of(_said(path, "--list-devices")) if "--list-devices" in options else ()
        told = _said(path, *TELL) if "--verbosity" in options else ""
    except (OSError, subprocess.SubprocessError) as error:
        return LlamaServer(path, where, build, options, unusable=f"{path} does not answer: {error}")
    return LlamaServer(path, where, build, options, devices, instructions_of(told))


@lru_cache(maxsize=1)
def wheel_instructions() -> tuple[str, ...]:
    """What of the processor the wheel's llama.cpp uses, asked in a process of its own; none where there is no wheel."""
    program = "import xllamacpp; print(xllamacpp.get_system_info())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=ASK_SECONDS
    )
    return instructions_of(done.stdout)


def build_of(said: str) -> str:
    """The version in what ``--version`` prints, for example ``b6700 (1e6fc8a)`` or ``0.4.1``; empty where it says none."""
    found = re.search(r"version: *(\S+)(?: *\(([^)]*)\))?", said)
    if found is None:
        return ""
    number, beside = found.groups()
    name = f"b{number}" if number.isdigit() else number
    known = ", ".join(
        part.strip() for part in (beside or "").split(",") if "unknown" not in part and part.strip() != "build 0"
    )
    return f"{name} ({known})" if known else name


def devices_of(said: str) -> tuple[str, ...]:
    """The graphics cards in what ``--list-devices`` prints: indented lines such as ``CUDA0: NVIDIA H200 (…)``."""
    found = re.findall(r"^ +(\w+: .+)$", said, re.MULTILINE)
    return tuple(line.strip() for line in found if not line.strip().startswith("CPU"))


def instructions_of(said: str) -> tuple[str, ...]:
    """What of a processor llama.cpp uses, in its ``system_info`` line: the names that are 1."""
    line = next((line for line in said.splitlines() if " = 1 " in line or line.endswith(" = 1")), "")
    return tuple(INSTRUCTIONS.findall(line.rpartition("CPU :")[2]))


def environment() -> Mapping[str, str]:
    """This process's environment without what would configure a llama-server behind our back."""
    ours = ("LLAMA_ARG_", "LLAMA_API_KEY", "LLAMA_SERVER_", "AIP_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _said(path: Path, *arguments: str) -> str:
    """Everything that the binary writes. Its exit status says nothing: without a model it fails as it should."""
    done = subprocess.run(
        [str(path), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=ASK_SECONDS, check=False, env=environment(),
    )  # fmt: skip
    return done.stdout.decode(errors="replace")
