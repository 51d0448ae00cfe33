"""A filter on system calls, Linux's seccomp: what is not in the list fails, whatever a program does with its own memory.

A list of what is allowed, so that a call that nobody thought of is refused: no socket of any family, no process, no
program, no signal to another, no tracing, no keys, no io_uring, no namespaces, no shared memory, no file's mode changed.
See the kernel's Documentation/userspace-api/seccomp_filter.rst; the program is classic BPF over `struct seccomp_data`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from .syscalls import AUDIT_ARCH, LOOKED_AT, NUMBERS

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _REFUSE, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_NUMBER, _ARCH = 0, 4  # offsets in seccomp_data; the arguments begin at 16, eight bytes each, low half first

_SET_MODE_FILTER = 1
_ALL_THREADS, _SPECULATION = 1, 4
_NO_NEW_PRIVILEGES = 38
_X32 = 0x40000000
_PROBED_FROM = 424  # later calls are probed by libraries, which take only "no such call" for an answer

_THREAD = 0x10000  # CLONE_THREAD
_NAMESPACES = 0x7E020000  # CLONE_NEW…
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX
_FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 36, 37, 38)  # descriptors, flags, locks: nothing that makes signals
_PRCTLS = (15, 16, 0x53564D41)  # names of threads and of memory


class SeccompMissing(OSError):
    """This system takes no filter. The message says why."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def program(machine: str, pid: int) -> bytes:
    """The filter for `machine` (`platform.machine()`) and the process `pid`, as the kernel takes it. Raises SeccompMissing."""
    if machine not in NUMBERS:
        raise SeccompMissing(errno.ENOSYS, f"There is no list of system calls for {machine}.")
    numbers = NUMBERS[machine]
    lines = [
        _line(_LOAD, _ARCH), _line(_EQUAL, AUDIT_ARCH[machine], 1, 0), _line(_RETURN, _KILL), _line(_LOAD, _NUMBER),
        _line(_AT_LEAST, _X32, 0, 1), _line(_RETURN, _KILL),
    ]  # fmt: skip
    for name, number in sorted(numbers.items(), key=lambda item: item[1]):
        if name not in LOOKED_AT:
            lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _ALLOW)]
    lines += _one_of(numbers["ioctl"], 1, _IOCTLS) + _one_of(numbers["fcntl"], 1, _FCNTLS)
    lines += _one_of(numbers["prctl"], 0, _PRCTLS)
    lines += _one_of(numbers["kill"], 0, (pid,)) + _one_of(numbers["tgkill"], 0, (pid,))
    # A thread of this process, in no namespace of its own.
    lines += [
        _line(_EQUAL, numbers["clone"], 0, 5), _line(_LOAD, 16), _line(_ANY_BIT, _THREAD, 0, 2),
        _line(_ANY_BIT, _NAMESPACES, 1, 0), _line(_RETURN, _ALLOW), _line(_RETURN, _REFUSE | errno.EPERM),
    ]  # fmt: skip
    # Limits may be read: the pointer to new ones is null in both halves.
    lines += [
        _line(_EQUAL, numbers["prlimit64"], 0, 6), _line(_LOAD, 32), _line(_EQUAL, 0, 0, 3),
        _line(_LOAD, 36), _line(_EQUAL, 0, 0, 1), _line(_RETURN, _ALLOW), _line(_RETURN, _REFUSE | errno.EPERM),
    ]  # fmt: skip
    lines += [
        _line(_AT_LEAST, _PROBED_FROM, 0, 1), _line(_RETURN, _REFUSE | errno.ENOSYS), _line(_RETURN, _REFUSE | errno.EPERM)
    ]  # fmt: skip
    return b"".join(lines)


def restrict() -> None:
    """Put the filter on this process, all of its threads. Cannot be undone. Raises SeccompMissing."""
    machine = platform.machine()
    instructions = program(machine, os.getpid())
    libc = ctypes.CDLL(None, use_errno=True)
    forbid_new_privileges()
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    wanted = _Program(len(instructions) // 8, ctypes.addressof(buffer))
    flags = _ALL_THREADS | _SPECULATION
    if libc.syscall(NUMBERS[machine]["seccomp"], _SET_MODE_FILTER, flags, ctypes.byref(wanted)):
        raise SeccompMissing(ctypes.get_errno(), f"Linux's seccomp takes no filter: {os.strerror(ctypes.get_errno())}")


def forbid_new_privileges() -> None:
    """What both locks ask for: no program that this process starts gets more rights than it has. Raises SeccompMissing."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        raise SeccompMissing(ctypes.get_errno(), "Linux does not take no_new_privs.")


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _one_of(number: int, argument: int, values: tuple[int, ...]) -> list[bytes]:
    """Lines that allow the call `number` where the low half of an argument is one of `values`, and refuse it else."""
    lines = [_line(_LOAD, 16 + 8 * argument)]
    for value in values:
        lines += [_line(_EQUAL, value, 0, 1), _line(_RETURN, _ALLOW)]
    lines.append(_line(_RETURN, _REFUSE | errno.EPERM))
    return [_line(_EQUAL, number, 0, len(lines)), *lines]
