"""Becomes JupyterLab with the sidebar open, the model fetched first: what ``jupyter qwen lab`` and ``demo`` share."""

from __future__ import annotations

import argparse
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from jupyter_qwen.cli.failure import CommandError


def add_lab_options(parser: argparse.ArgumentParser) -> None:
    """--no-model, and what is JupyterLab's own."""
    parser.add_argument(
        "--no-model", action="store_true", help="do without the model: download nothing, read nothing ahead"
    )
    parser.add_argument(
        "lab_options", nargs="*", metavar="OPTION", help="options for JupyterLab: --no-browser, --ServerApp.port=8890 …"
    )


def lab_options(arguments: argparse.Namespace) -> tuple[str | None, list[str]]:
    """The path that was named, if any, and the options for JupyterLab."""
    path, options = arguments.path, [*arguments.unknown, *arguments.lab_options]
    if path is not None and path.startswith("-"):
        # argparse takes the first word after `--` for the path when no path was given
        return None, [path, *options]
    return path, options


class JupyterLab:
    """JupyterLab as it is installed here. Raises CommandError when it, or what runs Python in it, is not."""

    def __init__(self, *, fetch_model: bool) -> None:
        missing = [name for name in ("jupyterlab", "ipykernel") if importlib.util.find_spec(name) is None]
        if missing:
            raise CommandError(
                f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed.",
                'Install what a notebook needs with: pip install "jupyter_qwen[lab]"',
            )
        self._fetch_model = fetch_model

    def open(self, target: Path, options: Sequence[str], *, read_first: bool = False) -> int:
        """Open `target`, a notebook or a folder; returns when JupyterLab ends. `read_first`: the model reads it before."""
        options = list(options)
        if self._fetch_model:
            _fetch_model()
            if read_first:
                from jupyter_qwen.cli.first_answers import prepare

                prepare(target)
        if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
            # in a container everybody is root; JupyterLab would refuse and leave a newcomer with nothing
            print("You are root: JupyterLab is started with --allow-root.")
            options.append("--allow-root")
        # JupyterLab's question about news lies over the panel's input; answering it would also send a request to the outside
        config = str(Path(__file__).parent.parent / "demo" / "config")
        os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
            [config, *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
        )
        from jupyterlab.labapp import LabApp

        ours = ["--QwenExtension.open_panel=True"]
        if target.is_file():
            ours.append(f"--QwenExtension.opens={target.resolve()}")
        LabApp.launch_instance([str(target), *ours, *_address(target, options), *options])
        return 0


def _address(target: Path, options: Sequence[str]) -> list[str]:
    """The option that has JupyterLab print an address which opens `target`: for whoever has no browser on this machine.

    Jupyter makes a file's folder the root. Whoever chooses another root or address has said where to begin.
    """
    chosen = ("--ServerApp.root_dir", "--notebook-dir", "--LabApp.default_url", "--ServerApp.default_url")
    if not target.is_file() or any(option.startswith(chosen) for option in options):
        return []
    return [f"--LabApp.default_url=/lab/tree/{quote(target.name)}"]


def _fetch_model() -> None:
    """Download the default model with a progress bar, unless one that serves is here.

    Without it JupyterLab starts all the same and offers the download.
    """
    from jupyter_qwen.cli.model import pull
    from jupyter_qwen.engine.base import EngineError
    from jupyter_qwen.engine.choice import choose
    from jupyter_qwen.engine.config import EngineConfig
    from jupyter_qwen.models.errors import ModelError
    from jupyter_qwen.models.store import ModelStore

    store = ModelStore()
    try:
        chosen = choose(EngineConfig(), store=store).model
    except EngineError:  # nothing that is here fits or is installed: the panel says so in its own words
        chosen = None
    if chosen is not None and store.path(chosen) is not None:
        return
    entry = store.entry()
    print(f"Fetching {entry.label} ({entry.size_bytes / 2**30:.1f} GB, {entry.licence}) into {store.folder} …")
    try:
        pull(store, None)
    except ModelError as error:
        print(f"{error} {error.hint}\nJupyterLab starts without it; the sidebar offers the download again.")
