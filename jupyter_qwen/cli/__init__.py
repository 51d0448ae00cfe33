"""The command ``jupyter qwen``: one subcommand a module, each with `add_arguments` and `run`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.version import version

# command: (module, what it does). Only the module of the command that was named is imported: `lab` needs no sqlglot.
COMMANDS = {
    "lab": ("lab", "open JupyterLab with the Qwen panel in this folder, or on a notebook of yours"),
    "demo": ("demo", "make a demo in a folder of its own and open JupyterLab there, with its tables loaded"),
    "ask": ("ask", "ask a question about a database or a file, without a browser"),
    "model": ("model", "list, pull, verify, find and remove models"),
    "engine": ("engine", "list, measure, build and remove llama.cpp for this machine's own processor"),
    "status": ("status", "what the assistant of a running Jupyter server is doing"),
    "doctor": ("doctor", "what is installed, which engine would be chosen and why, what is missing"),
    "bench": ("bench", "measure an engine: prefill, decode and first token, beside the raw library"),
    "eval": ("evaluate", "answer a pack of cases the way a user's question goes, and compare runs"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``jupyter qwen``. Returns the exit status: 0 for success, 1 for a failure, 2 for wrong arguments, 130 for Ctrl-C."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = parser_of(words[0] if words else "")
    arguments, unknown = parser.parse_known_args(words)
    if unknown and not hasattr(arguments, "lab_options"):
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    arguments.unknown = unknown
    try:
        return int(arguments.run(arguments))
    except CommandError as error:
        print(f"jupyter qwen: {error}", file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # the reader of our output went away (`| head`), which is no failure of ours
        sys.stderr.close()
        return 141


def parser_of(named: str) -> argparse.ArgumentParser:
    """The parser of ``jupyter qwen``, with the options of the command `named` alone: each brings imports of its own."""
    parser = argparse.ArgumentParser(
        prog="jupyter qwen", description="Qwen2.5-Coder on your own machine, for notebooks with data."
    )
    parser.add_argument("--version", action="version", version=f"jupyter_qwen {version}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module_name, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name == named:
            module = importlib.import_module(f"jupyter_qwen.cli.{module_name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser
