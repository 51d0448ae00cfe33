"""How fast each build of llama.cpp is with each model on this processor: measured once, kept in a small file."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from jupyter_qwen.engine.builds.processor import processor_name
from jupyter_qwen.engine.builds.server_facts import LlamaServer
from jupyter_qwen.engine.builds.where import default_folder

FASTER = 1.2
# What an answer is taken to cost when two builds are compared: tokens read anew, tokens written.
PROMPT_TOKENS, NEW_TOKENS = 300, 80


@dataclass(frozen=True)
class Speed:
    """Tokens a second of reading a prompt and of writing. `failed` says why there are none."""

    prefill: float = 0.0
    decode: float = 0.0
    failed: str = ""

    def seconds(self, prompt_tokens: int = PROMPT_TOKENS, new_tokens: int = NEW_TOKENS) -> float:
        """Of one answer; infinite where nothing was measured."""
        if self.failed or self.prefill <= 0 or self.decode <= 0:
            return float("inf")
        return prompt_tokens / self.prefill + new_tokens / self.decode

    def words(self) -> str:
        """For a sentence."""
        return self.failed or f"reads {self.prefill:.0f} and writes {self.decode:.1f} tokens a second"


def gain(server: Speed, wheel: Speed) -> float:
    """How many times as fast a usual answer is from the server; 0 where it failed, infinite where the wheel did."""
    seconds = server.seconds()
    return 0.0 if seconds == float("inf") else wheel.seconds() / seconds


class Speeds:
    """The file. Whatever is wrong with it costs a measurement and nothing else."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = (folder or default_folder()) / "speeds.json"

    def recall(self, server: LlamaServer | None, model: Path, threads: int) -> Speed | None:
        """What was measured of a build (``None``: the wheel's) with a model's file on this processor; ``None`` if nothing was."""
        found = self._read().get(_key(server, model, threads))
        if not isinstance(found, dict):
            return None
        with contextlib.suppress(TypeError):
            return Speed(**found)
        return None

    def keep(self, server: LlamaServer | None, model: Path, threads: int, speed: Speed) -> None:
        """Remember a measurement. Raises OSError where it cannot be written."""
        known = self._read() | {_key(server, model, threads): asdict(speed)}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(json.dumps(known, indent=1), encoding="utf-8")
        fresh.replace(self._file)

    def _read(self) -> dict[str, object]:
        try:
            known = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def _key(server: LlamaServer | None, model: Path, threads: int) -> str:
    """The build, the weights, the processor: another of any of them is measured anew."""
    build = _wheel() if server is None else _stamp(server.path)
    return " | ".join((build, _stamp(model), processor_name(), f"{threads} threads"))


def _wheel() -> str:
    try:
        return f"xllamacpp {importlib.metadata.version('xllamacpp')}"
    except importlib.metadata.PackageNotFoundError:
        return "no xllamacpp"


def _stamp(path: Path) -> str:
    try:
        facts = path.stat()
    except OSError:
        return str(path)
    return f"{path} {facts.st_size} {facts.st_mtime_ns}"
