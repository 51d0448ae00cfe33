"""Landlock, Linux's lock on files that a process puts on itself: see the kernel's Documentation/userspace-api/landlock.rst."""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_QUIET = 1  # LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF, from version 7: what a candidate tries fills no system log

READ_FILE, READ_DIR, WRITE_FILE = 1 << 2, 1 << 3, 1 << 1
#: The rights on files that each version knows; all of them are taken away.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_RIGHTS = 0b11  # to bind and to connect TCP, from version 4
_SCOPES = 0b11  # abstract Unix sockets and signals, from version 6


class LandlockMissing(OSError):
    """This system has no Landlock, or keeps processes from using it. The message says which."""


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("rights", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def version() -> int:
    """Landlock's version here. Raises LandlockMissing."""
    found = _libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)
    if found < 1:
        raise LandlockMissing(
            ctypes.get_errno(), f"Linux's Landlock is not to be had: {os.strerror(ctypes.get_errno())}"
        )
    return int(found)


def restrict(readable: Iterable[str], writable_files: Iterable[str] = ()) -> None:
    """Let this thread, and what it starts, read below `readable` and write to the files `writable_files`; nothing else.

    Also no TCP, no signal to and no abstract socket of others, as far as the version knows them. Paths that do not exist
    are passed over. Cannot be undone. Raises LandlockMissing.
    """
    known = version()
    libc = _libc()
    wanted = _Ruleset(
        _FILE_RIGHTS.get(known, _FILE_RIGHTS[5]), _NET_RIGHTS if known >= 4 else 0, _SCOPES if known >= 6 else 0
    )
    size = 8 if known < 4 else 16 if known < 6 else 24
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(wanted), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        raise LandlockMissing(ctypes.get_errno(), f"Landlock takes no rules: {os.strerror(ctypes.get_errno())}")
    try:
        for path in readable:
            _allow(libc, ruleset, path, READ_FILE | READ_DIR)
        for path in writable_files:
            _allow(libc, ruleset, path, READ_FILE | WRITE_FILE)
        if libc.syscall(_RESTRICT_SELF, ruleset, _QUIET if known >= 7 else 0):
            raise LandlockMissing(ctypes.get_errno(), f"Landlock does not lock: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this system
        return
    try:
        if not stat.S_ISDIR(os.fstat(folder).st_mode):
            rights &= ~READ_DIR
        rule = _PathRule(rights, folder)
        if libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0):
            raise LandlockMissing(ctypes.get_errno(), f"Landlock refuses a rule for {path}")
    finally:
        os.close(folder)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
