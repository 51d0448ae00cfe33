"""The memory of a child and of what it has started: of a llama-server the child only watches over it."""

from __future__ import annotations

from typing import Any

import psutil


def held_bytes(pid: int) -> int | None:
    """Resident memory; ``None`` when the process is gone."""
    found = _memories(pid)
    return sum(int(memory.rss) for memory in found) if found else None


def resident_bytes(pid: int | None) -> int:
    """What ending a process would free, 0 for none. Mapped weights are page cache: they count as available already."""
    found = _memories(pid) if pid is not None else []
    return sum(int(memory.rss - getattr(memory, "shared", 0)) for memory in found)


def _memories(pid: int) -> list[Any]:
    found = []
    try:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            found.append(each.memory_info())
    except psutil.Error:  # it, or one of what it has started, ended meanwhile
        pass
    return found
