"""What a lock for macOS would be: the profile and the arguments of ``sandbox-exec``, and a probe of whether they hold.

Written from what is public (https://developer.apple.com/library/archive/documentation/Security/Conceptual/AppSandboxDesignGuide,
sandbox-exec(1), the profiles in /System/Library/Sandbox/Profiles) and never attacked on a Mac, so nothing that a model wrote
runs in it: `lock.missing` keeps trials off there. `probe` lets `jupyter qwen doctor` say what it finds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROGRAM = "/usr/bin/sandbox-exec"
#: What the loader, Python and numerical libraries read beside the environment.
SYSTEM = ("/usr/lib", "/System/Library", "/Library/Fonts", "/usr/share/zoneinfo", "/private/var/db/timezone", "/dev")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_DOORS = (
    "import json, sys, types; package = types.ModuleType('jupyter_qwen'); "
    "package.__path__ = [sys.argv[1]]; sys.modules['jupyter_qwen'] = package; "
    "from jupyter_qwen.worker.confinement.lock import open_doors; print(json.dumps(open_doors()))"
)


def profile(libraries: Sequence[str]) -> str:
    """A profile that refuses everything but computing, reading `libraries` and the system's own, and the process's own threads.

    Raises ValueError for a path that is not absolute or that a profile cannot name.
    """
    reads = "\n".join(f"    (subpath {_quoted(path)})" for path in (*SYSTEM, *libraries))
    devices = " ".join(f"(literal {_quoted(path)})" for path in _DEVICES)
    return (
        "(version 1)\n"
        "(deny default)\n"
        "(allow sysctl-read)\n"
        "(allow file-read-metadata)\n"
        f"(allow file-read*\n{reads})\n"
        '(allow file-write-data (literal "/dev/null"))\n'
        f"(allow file-read* {devices})\n"
        "(allow signal (target self))\n"
    )


def arguments(python: str, libraries: Sequence[str], code: str, *told: str) -> list[str]:
    """The command that runs `code` with `python` under the profile; `told` are its ``sys.argv[1:]``. Raises ValueError.

    The program itself must be started: of all that may be executed, it alone is named.
    """
    start = f"(allow process-exec (literal {_quoted(python)}))\n"
    return [PROGRAM, "-p", profile(libraries) + start, python, "-I", "-B", "-c", code, *told]


def probe(*, seconds: float = 20.0) -> tuple[str, ...]:
    """What a process of this Python can do under the profile that it should not; empty where it held. macOS only.

    Raises OSError where the process does not start or does not answer.
    """
    package = str(Path(__file__).parents[2])
    libraries = sorted({os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, package)})
    command = arguments(os.path.realpath(sys.executable), libraries, _DOORS, package)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, env={}, check=True)
        return tuple(str(door) for door in json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError) as error:
        raise OSError(f"sandbox-exec did not run the probe: {error}") from error


def _quoted(path: str) -> str:
    if not path.startswith("/") or any(ord(letter) < 32 for letter in path):
        raise ValueError(f"{path!r} is no absolute path that a profile can name")
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
