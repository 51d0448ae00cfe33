"""All locks at once, on the process that calls, and whether they hold: tried, not believed."""

from __future__ import annotations

import math
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass

DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
#: What libraries read outside of an environment: the linker's list, the clock's zone, fonts, how many processors there are.
SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/fonts",
    "/usr/share/zoneinfo", "/usr/share/fonts", "/usr/share/locale", "/usr/local/share/fonts", "/sys/devices/system/cpu",
    # DuckDB ends its process when it sees that the first is there and may not read it, or the file that it names
    "/proc/self/cgroup", "/sys/fs/cgroup",
)  # fmt: skip


_ELSEWHERE = {
    "darwin": "on macOS nobody has attacked the lock that is written for it (`confinement.seatbelt`)",
    "win32": "on Windows no lock was tried against an attack (restricted token and job object)",
}


@dataclass(frozen=True)
class Means:
    """What one locked process may use: bytes of addresses beyond those at its start, and seconds of the processor."""

    space_bytes: int
    processor_seconds: float
    descriptors: int = 128
    threads: int = 128


def lock(means: Means, libraries: list[str], kept_descriptor: int) -> int:
    """Lock this process for good; returns the one descriptor that is left. Linux only; raises OSError where a part is missing.

    To be called in a process of one thread, right after it was forked.
    """
    import resource

    from . import landlock, seccomp
    from .means import address_space, die_with_parent, drop_rights, first_to_die, limit, only_descriptor, tasks_now

    seconds = math.ceil(means.processor_seconds) + 1
    space = address_space() + means.space_bytes
    die_with_parent()
    first_to_die()
    kept = only_descriptor(kept_descriptor)
    tasks = tasks_now()
    if (
        tasks is not None
    ):  # the system counts all threads of a user, and root's not at all: theirs are bounded by addresses
        limit({resource.RLIMIT_NPROC: tasks + means.threads})
    limit(
        {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_CPU: seconds,
            resource.RLIMIT_NOFILE: means.descriptors,
            resource.RLIMIT_AS: space,
            resource.RLIMIT_MEMLOCK: 0,
            resource.RLIMIT_MSGQUEUE: 0,
        }
    )
    seccomp.forbid_new_privileges()
    landlock.restrict([*SYSTEM, *libraries, *DEVICES], ["/dev/null"])
    drop_rights()
    seccomp.restrict()
    return kept


def missing() -> str:
    """Why a process cannot be locked on this system, in a sentence; "" when nothing is known to be in the way."""
    if not sys.platform.startswith("linux"):
        return f"Python can be tried on Linux only so far: {_ELSEWHERE.get(sys.platform, 'no lock is known here')}."
    from . import landlock, seccomp

    try:
        landlock.version()
        seccomp.program(platform.machine(), 1)
    except OSError as error:
        return f"{error.strerror}."
    except (AttributeError, ImportError) as error:
        return f"This Python cannot ask the system for locks: {error}."
    return ""


def parts() -> list[str]:
    """The locks that this system has, in words, for `jupyter qwen doctor`."""
    from . import landlock

    known = landlock.version()
    found = [f"files by Landlock {known}", "system calls by seccomp", "limits on memory and time"]
    if known < 6:
        found.append("signals by seccomp alone")
    return found


def open_doors() -> list[str]:
    """What a locked process can do that it should not: tries a file, a socket, a program and a signal. Empty when locked."""
    import socket

    def connects() -> None:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()

    def forks() -> None:
        if os.fork() == 0:
            os._exit(0)

    tries: dict[str, Callable[[], object]] = {
        "read a file": lambda: os.open("/etc/hostname", os.O_RDONLY),
        "list a folder": lambda: os.listdir("/"),
        "write a file": lambda: os.open("/tmp/jupyter-qwen-door", os.O_CREAT | os.O_WRONLY, 0o600),
        "open a socket": connects,
        "start a process": forks,
        "signal another process": lambda: os.kill(os.getppid(), 0),
    }
    found = []
    for door, attempt in tries.items():
        try:
            attempt()
        except (PermissionError, FileNotFoundError):
            continue
        except OSError as error:
            found.append(f"{door} ({error})")
            continue
        found.append(door)
    return found
