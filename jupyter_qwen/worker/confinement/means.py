"""What one process may use up, and what it holds of its parent's."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Mapping

_DUMPABLE, _PARENT_DEATH = 4, 1
_CAPABILITIES_3 = 0x20080522
_SIGKILL = 9


def limit(limits: Mapping[int, int]) -> None:
    """Set each `resource.RLIMIT_…` to its value, soft and hard, or to what the system allows when that is less."""
    for kind, wish in limits.items():
        _, hard = resource.getrlimit(kind)
        most = wish if hard == resource.RLIM_INFINITY else min(wish, hard)
        resource.setrlimit(kind, (most, most))


def address_space() -> int:
    """Bytes of addresses that this process has reserved by now (Linux)."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def tasks_now() -> int | None:
    """Threads of all processes that the system runs at present; ``None`` where it does not tell (Linux)."""
    try:
        with open("/proc/loadavg", encoding="ascii") as file:
            return int(file.read().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return None


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends (Linux)."""
    ctypes.CDLL(None).prctl(_PARENT_DEATH, ctypes.c_ulong(_SIGKILL))


def first_to_die() -> None:
    """Where memory runs out, the kernel ends this process before the user's (Linux)."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")
    except OSError:  # a container without /proc: nothing of the lock depends on it
        return


def drop_rights() -> None:
    """No capability is left, for a process of root's, and no process of this user may look into this one (Linux)."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if libc.capset(header, nothing):
        raise OSError(ctypes.get_errno(), "Capabilities cannot be dropped.")
    libc.prctl(_DUMPABLE, ctypes.c_ulong(0))


def only_descriptor(kept: int) -> int:
    """Close everything inherited but `kept`, which is 3 from now on; 0, 1 and 2 read and write nothing."""
    nothing = os.open(os.devnull, os.O_RDWR)
    held = os.dup(kept)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    if held != 3:
        os.dup2(held, 3)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(4, min(most, 1 << 20) if most != resource.RLIM_INFINITY else 1 << 20)
    return 3
