"""What a worker may use. The limits hold on Linux by the kernel, elsewhere by the parent, which looks at the child's memory."""

from __future__ import annotations

import sys
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024
#: Whether the kernel holds the limit on memory. macOS accepts such limits and ignores them, Windows has none of this kind.
HELD_BY_KERNEL = sys.platform.startswith("linux")


@dataclass(frozen=True)
class WorkerLimits:
    """`memory_bytes` of private memory, `space_bytes` of addresses (DuckDB reserves more than it uses), frames both ways."""

    memory_bytes: int = 448 * MEBIBYTE
    space_bytes: int = 1000 * MEBIBYTE
    file_bytes: int = 16 * MEBIBYTE
    request_bytes: int = 256 * MEBIBYTE
    answer_bytes: int = 32 * MEBIBYTE


def confine(limits: WorkerLimits) -> None:
    """Set the limits on this process, as far as its system has them. For the child, before it imports anything large."""
    if sys.platform == "win32":
        return
    import resource

    wanted = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, limits.file_bytes)]
    if HELD_BY_KERNEL:
        wanted += [(resource.RLIMIT_DATA, limits.memory_bytes), (resource.RLIMIT_AS, limits.space_bytes)]
    for kind, wish in wanted:
        _, hard = resource.getrlimit(kind)
        most = wish if hard == resource.RLIM_INFINITY else min(wish, hard)
        resource.setrlimit(kind, (most, most))
