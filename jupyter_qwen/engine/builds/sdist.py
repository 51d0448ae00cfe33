"""The source package of llama.cpp that pip can fetch: xllamacpp's sdist holds all of it. One release, known by its digest.

pip asks a source package's own build program for its metadata even when it shall only be downloaded. Here it finds a
program of ours in that place, which copies the metadata that lies in the archive: nothing of the archive is run.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from jupyter_qwen.engine.base import EngineError
from jupyter_qwen.models.digests import sha256_of
from jupyter_qwen.models.errors import SourceUnavailable
from jupyter_qwen.models.index_parts import pip_command

INSIDE = "thirdparty/llama.cpp/"
METADATA_PROGRAM = """
import shutil
from pathlib import Path


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(folder, config_settings=None):
    place = Path(folder) / "{name}-{version}.dist-info"
    place.mkdir()
    shutil.copy("PKG-INFO", place / "METADATA")
    return place.name
"""


class BuildFailed(EngineError):
    """llama.cpp could not be built here; the hint is what mends it."""


@dataclass(frozen=True)
class SourcePackage:
    """A release on the package index: its digest as the index states it, and its size in bytes."""

    name: str
    version: str
    sha256: str
    bytes: int


# Of the releases that have a source package the newest; the contract suite passed on what it builds.
LLAMA_CPP = SourcePackage(
    "xllamacpp", "2026.9.11063", "37ad3d0389f1d65b68e7d341df86d55077158950a764801be94f955024afb759", 37_120_711
)


def fetch(package: SourcePackage, folder: Path, pip: list[str] | None = None) -> Path:
    """Let pip bring the archive into `folder`, with the user's own index, mirror and proxies. Raises BuildFailed."""
    stand_in = folder / "metadata" / "setuptools"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").touch()
    program = METADATA_PROGRAM.replace("{name}", package.name).replace("{version}", package.version)
    (stand_in / "build_meta.py").write_text(program, encoding="utf-8")
    try:
        command = [*(pip or pip_command()), "download", "--no-deps", "--no-cache-dir", "--progress-bar", "off"]
    except SourceUnavailable as error:
        raise BuildFailed(f"The source cannot be fetched: {error}.") from error
    command += ["--no-build-isolation", "--use-pep517", "--no-binary", package.name, "--dest", str(folder)]
    command += [f"{package.name}=={package.version}"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(stand_in.parent), "TMPDIR": str(folder)},
    )  # fmt: skip
    archives = sorted(folder.glob(f"{package.name}-*.tar.gz"))
    if done.returncode != 0 or not archives:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()[-1:]
        raise BuildFailed(
            f"pip could not fetch {package.name} {package.version}: {' '.join(lines)[:500]}",
            "The package index that pip is set to must have its source package (.tar.gz); pip config list says which that is.",
        )
    check(package, archives[0])
    return archives[0]


def check(package: SourcePackage, archive: Path) -> None:
    """Compare the digest. Raises BuildFailed."""
    digest = sha256_of(archive)
    if digest != package.sha256:
        raise BuildFailed(
            f"{archive.name} is not what was published: its SHA-256 is {digest}, and {package.sha256} was expected.",
            "Nothing of it was run. Another index or mirror may have the right one.",
        )


def unpack(archive: Path, folder: Path) -> Path:
    """llama.cpp's own tree out of the archive; nothing else of it is written. Raises BuildFailed."""
    try:
        with tarfile.open(archive) as opened:
            wanted = [member for member in opened if member.name.partition("/")[2].startswith(INSIDE)]
            opened.extractall(folder, members=wanted, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise BuildFailed(f"{archive.name} could not be unpacked: {error}") from error
    found = sorted(folder.glob(f"*/{INSIDE}CMakeLists.txt"))
    if not found:
        raise BuildFailed(f"{archive.name} holds no llama.cpp.")
    return found[0].parent
