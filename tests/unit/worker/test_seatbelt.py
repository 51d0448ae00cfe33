"""The lock for macOS, as far as it can be looked at elsewhere: its text, its arguments, and that nothing rests on it."""

from __future__ import annotations

import os
import sys

import pytest

from jupyter_qwen.cli.doctor import seatbelt_check
from jupyter_qwen.worker.confinement import lock, seatbelt


def test_everything_is_refused_but_what_is_named() -> None:
    told = seatbelt.profile(["/opt/env/lib"])
    assert told.startswith("(version 1)\n(deny default)\n")
    assert '(subpath "/opt/env/lib")' in told
    assert told.count("(") == told.count(")")
    for word in ("network", "mach-lookup", "process-fork", "process-exec", "ipc-posix", "iokit", "file-write*"):
        assert word not in told, "what is not named is refused"


def test_no_folder_of_the_user_is_readable() -> None:
    readable = [line.strip() for line in seatbelt.profile([]).splitlines() if "subpath" in line]
    assert readable == [f'(subpath "{path}"){")" * (path == "/dev")}' for path in seatbelt.SYSTEM]
    assert not any(path.startswith(("/Users", "/home", "/private/tmp", "/Volumes")) for path in seatbelt.SYSTEM)


def test_the_program_alone_may_be_started() -> None:
    program, option, told, *rest = seatbelt.arguments("/opt/env/bin/python3", ["/opt/env"], "print(1)", "x")
    assert (program, option) == ("/usr/bin/sandbox-exec", "-p")
    assert '(allow process-exec (literal "/opt/env/bin/python3"))' in told
    assert rest == ["/opt/env/bin/python3", "-I", "-B", "-c", "print(1)", "x"]


def test_a_path_cannot_write_the_profile() -> None:
    assert '(subpath "/opt/a\\") (allow default) (\\"")' in seatbelt.profile(['/opt/a") (allow default) ("'])


@pytest.mark.parametrize("path", ["relative/lib", "/opt/a\n(allow default)", ""])
def test_a_path_that_a_profile_cannot_name_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no absolute path"):
        seatbelt.profile([path])


@pytest.mark.skipif(os.path.exists(seatbelt.PROGRAM), reason="this system has sandbox-exec")
def test_without_the_program_the_doctor_says_so() -> None:
    found = seatbelt_check()
    assert (found.ok, found.needed) == (False, False)
    assert "sandbox-exec" in found.found


@pytest.mark.parametrize(("platform", "word"), [("darwin", "macOS"), ("win32", "Windows"), ("freebsd14", "no lock")])
def test_elsewhere_nothing_is_tried_and_the_reason_is_said(
    platform: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert word in lock.missing()
