"""Where a llama-server of the user's may be: built by us, on PATH, or where Homebrew, conda and winget put programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from jupyter_qwen.engine.builds.server_facts import LlamaServer, ask

FOLDER_VARIABLE = "JUPYTER_QWEN_ENGINES"
PROGRAM = "llama-server.exe" if sys.platform == "win32" else "llama-server"
BUILT_HERE = "built by jupyter qwen engine build"
HOMEBREW = ("/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin")


def default_folder() -> Path:
    """JUPYTER_QWEN_ENGINES, or `engines` in the user's cache folder of jupyter_qwen: what we built, and what was measured."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("jupyter_qwen")) / "engines"


def found(folder: Path | None = None) -> tuple[LlamaServer, ...]:
    """Every llama-server that is here, asked what it is; the same file once. `folder` is where ours are built."""
    servers: dict[Path, LlamaServer] = {}
    for path, where in _candidates(folder or default_folder()):
        if path.is_file() and os.access(path, os.X_OK):
            servers.setdefault(path.resolve(), ask(path, where))
    return tuple(servers.values())


def _candidates(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.glob(f"*/{PROGRAM}")):
        yield path, BUILT_HERE
    for place in os.environ.get("PATH", "").split(os.pathsep):
        if os.path.isabs(place):  # never what lies in the folder that somebody works in
            yield Path(place) / PROGRAM, "on PATH"
    for prefix in (os.environ.get("CONDA_PREFIX"), sys.prefix):
        if prefix:
            binaries = Path(prefix, "Library", "bin") if sys.platform == "win32" else Path(prefix, "bin")
            yield binaries / PROGRAM, "of this environment"
    if sys.platform == "win32":
        winget = Path(os.environ.get("LOCALAPPDATA", "C:\\")) / "Microsoft" / "WinGet"
        yield winget / "Links" / PROGRAM, "of winget"
        for path in sorted((winget / "Packages").glob(f"ggml.llamacpp_*/**/{PROGRAM}")):
            yield path, "of winget"
        return
    for place in HOMEBREW:
        yield Path(place) / PROGRAM, "of Homebrew"
