"""``jupyter qwen demo``: from nothing to an open notebook whose tables are loaded, with the sidebar and a model."""

from __future__ import annotations

import argparse
from pathlib import Path

from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.cli.jupyterlab import JupyterLab, add_lab_options, lab_options

DEMO_FOLDER = "jupyter-qwen-demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to make it; options that are not ours, and everything after ``--``, go to JupyterLab."""
    parser.add_argument(
        "path",
        nargs="?",
        metavar="FOLDER",
        help=f"folder to make it in, or one that it was made in; default: ./{DEMO_FOLDER}",
    )
    parser.add_argument("--only-make", action="store_true", help="make the folder and do not open it")
    add_lab_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the demo, fetch the model when it is missing, then become JupyterLab. Raises CommandError."""
    from jupyter_qwen.demo.demo_folder import build_demo

    path, options = lab_options(arguments)
    folder = Path(path or DEMO_FOLDER)
    lab = None if arguments.only_make else JupyterLab(fetch_model=not arguments.no_model)
    try:
        demo = build_demo(folder)
    except OSError as error:
        raise CommandError(f"The demo cannot be made in {folder}: {error.strerror}.", "Name another folder.") from error
    made = f"The demo is in {folder.resolve()}: delete that folder to be rid of it."
    if lab is None:
        print(made)
        return 0
    loads = "its tables load by themselves" if demo.digests else "run its first cells to load the tables"
    print(f"{made} Opening JupyterLab there with the Qwen panel; {loads}; Ctrl-C here ends it.")
    ours = f"--QwenExtension.fresh_demo={demo.digests!r}"
    own_engine = any(
        option.startswith("--QwenExtension.") for option in options
    )  # may be another than what is read for here
    return lab.open(demo.notebook, [ours, *options], read_first=bool(demo.digests) and not own_engine)
