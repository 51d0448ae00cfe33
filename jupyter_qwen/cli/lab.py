"""``jupyter qwen lab``: JupyterLab with the sidebar open and a model, in a folder that is there already."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.cli.jupyterlab import JupyterLab, add_lab_options, lab_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to open; options that are not ours, and everything after ``--``, go to JupyterLab."""
    parser.add_argument("path", nargs="?", help="notebook or folder to open; default: this folder")
    add_lab_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Fetch the model when it is missing, then become JupyterLab. Raises CommandError."""
    path, options = lab_options(arguments)
    target = _target(path, options)
    lab = JupyterLab(fetch_model=not arguments.no_model)
    where = f"on {target.name}" if target.is_file() else f"in {target.resolve()}"
    print(f"Opening JupyterLab {where} with the Qwen panel; Ctrl-C here ends it.")
    return lab.open(target, options)


def _target(path: str | None, options: Sequence[str]) -> Path:
    target = Path.cwd() if path is None else Path(path)
    if not target.exists():
        from jupyterlab.labapp import LabApp

        # in `--port 8890` the number is taken for the path
        alone = [option for option in options if option.removeprefix("--") in LabApp.aliases]
        joined = f" The value of an option is joined to it: {alone[-1]}={path}" if alone else ""
        raise CommandError(
            f"{target} does not exist.", f"Name a notebook or a folder, or nothing for this folder.{joined}"
        )
    return target
