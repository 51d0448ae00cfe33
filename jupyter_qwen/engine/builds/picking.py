"""Which build of llama.cpp answers: the wheel's, or a llama-server of the user's that is measurably faster here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jupyter_qwen.engine.builds.server_facts import LlamaServer
from jupyter_qwen.engine.builds.speeds import FASTER, Speed, Speeds, gain
from jupyter_qwen.engine.builds.where import found
from jupyter_qwen.engine.installed import has_llama

MEASURE = "jupyter qwen engine probe"


@dataclass(frozen=True)
class Picked:
    """`server` is ``None`` for the wheel's; `reason` says why a server was taken and is empty without one.

    `considered` says of each other build why not. `unmeasured` are those that could be faster: nobody knows yet.
    """

    server: LlamaServer | None = None
    reason: str = ""
    considered: tuple[str, ...] = ()
    unmeasured: tuple[LlamaServer, ...] = ()


def pick(model: Path, threads: int, speeds: Speeds | None = None) -> Picked:
    """Look at what is here and at what was measured; measure nothing."""
    speeds, here = speeds or Speeds(), found()
    usable = [server for server in here if not server.unusable]
    considered = [f"{server.label}: {server.unusable}" for server in here if server.unusable]
    if not usable:
        return Picked(considered=tuple(considered))
    wheel = speeds.recall(None, model, threads) if has_llama() else Speed(failed="xllamacpp is not installed")
    known = {server: speeds.recall(server, model, threads) for server in usable}
    unmeasured = tuple(server for server in usable if wheel is None or known[server] is None)
    best, most = None, 0.0
    for server, speed in known.items():
        times = gain(speed, wheel) if speed is not None and wheel is not None else 0.0
        if times > most:
            best, most = server, times
    if best is None and not has_llama():
        best, most = usable[0], float("inf")  # nothing else is here: it need not be measured first
    if most < FASTER:
        best = None
    for server, speed in known.items():
        if server is not best:
            considered.append(f"{server.label}: {_why_not(server, speed, wheel, unmeasured)}")
    if best is None:
        return Picked(considered=tuple(considered), unmeasured=unmeasured)
    reason = f"{most:.1f} times as fast here as the llama.cpp of the wheel"
    if wheel is not None and wheel.failed:
        reason = f"the llama.cpp of the wheel cannot be used: {wheel.failed}"
    return Picked(best, reason, tuple(considered), unmeasured)


def _why_not(server: LlamaServer, speed: Speed | None, wheel: Speed | None, unmeasured: tuple[LlamaServer, ...]) -> str:
    if server in unmeasured or speed is None or wheel is None:
        return f"not measured with this model yet; it is when the model is loaded next, or by {MEASURE}"
    if speed.failed:
        return speed.failed
    return f"{speed.words()}, the wheel {wheel.words()}: less than {FASTER:g} times as fast, so the wheel stays"
