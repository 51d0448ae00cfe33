"""llama.cpp built for this processor: cmake and ninja from pip's wheels, the system's compiler, one program as the result."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from jupyter_qwen.engine.builds import sdist
from jupyter_qwen.engine.builds.processor import FEATURES, features, processor_name
from jupyter_qwen.engine.builds.sdist import LLAMA_CPP, BuildFailed, SourcePackage
from jupyter_qwen.engine.builds.where import PROGRAM, default_folder
from jupyter_qwen.models.index_parts import pip_command

MANIFEST = "manifest.json"
DISK_BYTES = 1_500_000_000  # source, objects and tools; all but the program go when it is done
LOWER_PRIORITY = 10
STEP = re.compile(r"^\[(\d+)/(\d+)\]")
FLAGS = (
    "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=OFF", "-DLLAMA_BUILD_TESTS=OFF", "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_TOOLS=ON", "-DLLAMA_CURL=OFF", "-DLLAMA_OPENSSL=OFF", "-DLLAMA_LLGUIDANCE=OFF",
)  # fmt: skip
NATIVE = ("-DGGML_NATIVE=ON",)
# GCC before 15 takes only the first 8 of the 64 bytes for what ldtilecfg reads, and drops the stores of the others: the first
# tile instruction is then an illegal one (docs/explanation/log.md). Read where AMX is compiled for, and nowhere else.
TILE_CONFIG = """\
#if defined(__AMX_TILE__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>
#undef _tile_loadconfig
#define _tile_loadconfig(config) __asm__ volatile("ldtilecfg\\t%0" ::"m"(*(const char(*)[64])(config)))
#endif
"""
COMPILER_HINTS = {
    "linux": "Debian, Ubuntu: sudo apt install g++. Fedora: sudo dnf install gcc-c++.",
    "darwin": "xcode-select --install",
    "win32": "winget install Microsoft.VisualStudio.2022.BuildTools, with the workload for C++.",
}

Tell = Callable[[str], None]
Try = Callable[[Path], str]


@dataclass(frozen=True)
class Built:
    """A program that was built here, and what its manifest says."""

    path: Path
    manifest: dict[str, Any]


def compiler() -> str:
    """The C++ compiler of the system. Raises BuildFailed with the command that brings one."""
    for name in ("c++", "g++", "clang++", "cl"):
        found = shutil.which(name)
        if found:
            return found
    if (
        sys.platform == "win32"
        and Path(r"C:\Program Files (x86)\Microsoft Visual Studio\Installer\vswhere.exe").is_file()
    ):
        return "Visual Studio"
    raise BuildFailed("No C++ compiler was found.", COMPILER_HINTS.get(sys.platform, "Install a C++ compiler."))


def build(tell: Tell, works: Try, *, folder: Path | None = None, package: SourcePackage = LLAMA_CPP) -> Built:
    """Fetch, configure, compile, try, keep. Minutes; at lower priority. Raises BuildFailed; what it wrote is gone then.

    `works` starts the program on a model and returns why it does not work, or nothing. A program for AMX that dies is built once
    more without.
    """
    using, folder = compiler(), folder or default_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < DISK_BYTES:
        raise BuildFailed(
            f"{folder} has less than {DISK_BYTES / 1e9:.1f} GB free.", "Make room, or set JUPYTER_QWEN_ENGINES."
        )
    with tempfile.TemporaryDirectory(dir=folder, prefix=".build-") as place:
        work = Path(place)
        tell(f"Fetching {package.name} {package.version} ({package.bytes / 1e6:.0f} MB) with pip.")
        source = sdist.unpack(sdist.fetch(package, work), work / "source")
        tools = _tools(work, tell)
        header = work / "tile_config.h"
        header.write_text(TILE_CONFIG, encoding="ascii")
        flags = [*FLAGS, f"-DCMAKE_CXX_FLAGS=-include {header}"] if "AMX_INT8" in features() else list(FLAGS)
        chosen: Sequence[str] = NATIVE
        program = _compiled(tools, source, work / "objects", [*flags, *chosen], tell)
        failed = works(program)
        if failed and "AMX_INT8" in features():
            tell(f"What was built does not work: {failed} Building once more without AMX.")
            chosen = without_amx(features())
            program = _compiled(tools, source, work / "objects", [*flags, *chosen], tell)
            failed = works(program)
        if failed:
            raise BuildFailed(f"What was built does not work: {failed}", "The wheel's llama.cpp stays in use.")
        manifest = {
            "source": f"{package.name} {package.version}", "sha256": package.sha256, "flags": [*FLAGS, *chosen],
            "processor": processor_name(), "features": list(features()), "compiler": using,
            "built": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()) + " UTC",
        }  # fmt: skip
        return _kept(program, manifest, folder / f"{package.name}-{package.version}")


def without_amx(has: Sequence[str]) -> tuple[str, ...]:
    """What replaces `NATIVE` where AMX does not work: the processor's other features, one by one."""
    others = [name for name in FEATURES if name in has and name.startswith("AVX") and name != "AVX2"]
    return (
        "-DGGML_NATIVE=OFF",
        *(f"-DGGML_{name}=ON" for name in others),
        "-DGGML_AMX_TILE=OFF",
        "-DGGML_AMX_INT8=OFF",
    )


def built(folder: Path | None = None) -> tuple[Built, ...]:
    """What was built here before."""
    found = []
    for file in sorted((folder or default_folder()).glob(f"*/{MANIFEST}")):
        try:
            found.append(Built(file.with_name(PROGRAM), json.loads(file.read_text(encoding="utf-8"))))
        except (OSError, ValueError):  # cut short: the program is used all the same, only its origin is not told
            continue
    return tuple(found)


def remove(folder: Path | None = None) -> tuple[Path, ...]:
    """Delete everything that was built here; the folders that went. Raises OSError."""
    gone = tuple(one.path.parent for one in built(folder))
    for place in gone:
        shutil.rmtree(place)
    return gone


def _tools(work: Path, tell: Tell) -> tuple[str, str]:
    """cmake and ninja: those on PATH, else pip's wheels in a folder that goes with the build."""
    cmake, ninja = shutil.which("cmake"), shutil.which("ninja")
    if cmake and ninja:
        return cmake, ninja
    tell("Fetching cmake and ninja with pip (30 MB), for this build alone.")
    place = work / "tools"
    command = [
        *pip_command(),
        "install",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--target",
        str(place),
        "cmake",
        "ninja",
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    suffix = ".exe" if sys.platform == "win32" else ""
    found = [next(iter(sorted(place.glob(f"**/{name}{suffix}"), key=_in_data)), None) for name in ("cmake", "ninja")]
    if done.returncode != 0 or found[0] is None or found[1] is None:
        raise BuildFailed(f"pip could not fetch cmake and ninja: {done.stderr.strip()[-300:]}", "Install both on PATH.")
    return str(found[0]), str(found[1])


def _in_data(path: Path) -> tuple[bool, int]:
    """The programs themselves before the scripts that look for a Python package."""
    return "data" not in path.parts, len(path.parts)


def _compiled(tools: tuple[str, str], source: Path, objects: Path, flags: list[str], tell: Tell) -> Path:
    cmake, ninja = tools
    log = objects.with_suffix(".log")
    tell("Configuring.")
    configure = [cmake, "-S", str(source), "-B", str(objects), "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}", *flags]
    for _ in _lines(configure, log):
        pass
    began, told = time.monotonic(), 0
    for line in _lines([cmake, "--build", str(objects), "--target", "llama-server"], log):
        step = STEP.match(line)
        if step is None:
            continue
        done, total = int(step[1]), int(step[2])
        if done * 10 // total > told:
            told = done * 10 // total
            left = (time.monotonic() - began) / done * (total - done)
            tell(f"Compiled {done} of {total}" + (f", about {left / 60:.0f} minutes to go." if done < total else "."))
    program = objects / "bin" / PROGRAM
    if not program.is_file():
        raise BuildFailed("The compiler ended without a llama-server.")
    return program


def _lines(command: list[str], log: Path) -> Iterator[str]:
    """The lines of a program that runs at lower priority. Raises BuildFailed with its first error, when it fails."""
    with log.open("a", encoding="utf-8") as kept, _running(command) as process:
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            yield line
    if process.returncode != 0:
        words = log.read_text(encoding="utf-8", errors="replace").splitlines()
        errors = [line for line in words if "error" in line.casefold() and "warning" not in line.casefold()]
        raise BuildFailed(f"llama.cpp could not be compiled: {' '.join(errors[:3] or words[-3:])[:600]}")


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A program and what it starts, ended with the block."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        try:
            _lower(process.pid)
            yield process
        except BaseException:
            for started in psutil.Process(process.pid).children(recursive=True):
                started.kill()
            process.kill()
            raise


def _lower(pid: int) -> None:
    try:
        psutil.Process(pid).nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", LOWER_PRIORITY))  # Windows has classes
    except psutil.Error:  # it has ended, or may not be moved: then it runs as everything does
        return


def _kept(program: Path, manifest: dict[str, Any], place: Path) -> Built:
    """The program in its own folder with its manifest, in place of one that was built before."""
    fresh = program.parent / "kept"
    fresh.mkdir()
    shutil.move(program, fresh / PROGRAM)
    (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    if place.exists():
        shutil.rmtree(place)
    shutil.move(fresh, place)
    return Built(place / PROGRAM, manifest)
