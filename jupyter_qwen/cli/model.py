"""``jupyter qwen model``: the weights on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from tqdm import tqdm

from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import UnknownModel
from jupyter_qwen.models.errors import ModelError
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.store import ModelStore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The action and the model it is about."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in (
        ("list", "every model that is known by name, what fits this machine and what is here"),
        ("pull", "download a model (default: the default model), check its digest; goes on where it stopped"),
        ("verify", "hash a model's file and compare"),
        ("path", "print where a model's file is"),
        ("remove", "delete a model's file"),
    ):
        action = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name != "list":
            action.add_argument("model", nargs="?", help="default: the default model")
        if name == "pull":
            action.add_argument("--force", action="store_true", help="throw away what is there first (a damaged file)")
    parser.add_argument("--folder", help="where weights are kept (default: the user's cache, or JUPYTER_QWEN_MODELS)")


def run(arguments: argparse.Namespace) -> int:
    """0 on success; for `path` only when the file is there, for `verify` only when it is intact."""
    store = ModelStore(arguments.folder)
    try:
        return _ACTIONS[arguments.action](store, arguments)
    except ModelError as error:
        raise CommandError(str(error), error.hint) from error
    except UnknownModel as error:
        raise CommandError(str(error.args[0]), "`jupyter qwen model list` shows the names that are known.") from error


def _list(store: ModelStore, _: argparse.Namespace) -> int:
    here_memory = fit.machine()
    print(f"{'model':32} {'licence':22} {'context':>8} {'fill-in':>8} {'memory':>9}  here")
    for row in store.entries():
        entry = row.entry
        context = min(entry.context_tokens or 8192, 8192)
        need = fit.need(entry, context).total
        fits = "fits" if fit.fits(entry, context, here_memory.available_bytes) else "too large"
        here = (
            str(row.path) if row.path else f"{row.partial_bytes / 2**20:,.0f} MB so far" if row.partial_bytes else "-"
        )
        fim = "yes" if entry.fim else "no"
        print(
            f"{entry.short_name:32} {entry.licence:22} {entry.context_tokens // 1024:>7}K {fim:>8} "
            f"{need / 2**30:>6.1f} GB  {here} ({fits})"
        )
    print(f"memory: weights and 8K of context; {here_memory.available_bytes / 2**30:.1f} GB are available now")
    return 0


def pull(store: ModelStore, model: str | None, *, force: bool = False) -> Path:
    """Download with a progress bar; says the licence first when it is not Apache-2.0. Raises ModelError, UnknownModel."""
    entry = store.entry(model)
    if entry.needs_notice:
        print(entry.needs_notice)
    with tqdm(unit="B", unit_scale=True, unit_divisor=1024, desc=entry.short_name, mininterval=0.5) as bar:

        def show(progress: Progress) -> None:
            bar.set_postfix_str(
                f"{progress.phase}, {progress.source}" if progress.source else progress.phase, refresh=False
            )
            bar.total = progress.total_bytes or None
            bar.n = progress.done_bytes
            bar.refresh()

        return store.pull(model, show, force=force)


def _pull(store: ModelStore, arguments: argparse.Namespace) -> int:
    print(pull(store, arguments.model, force=arguments.force))
    return 0


def _verify(store: ModelStore, arguments: argparse.Namespace) -> int:
    result = store.verify(arguments.model, kind=arguments.format)
    for name, found, expected in result.files:
        state = "nobody has recorded a digest to compare it with" if expected is None else "intact"
        if name not in result.damaged:
            print(f"{result.path / name}: {state}, sha256 {found}")
    if not result.intact:
        damaged = ", ".join(str(result.path / name) for name in result.damaged)
        raise CommandError(
            f"Damaged: {damaged} has another SHA-256 than what was published.",
            "Fetch it again with: jupyter qwen model pull --force",
        )
    return 0


def _path(store: ModelStore, arguments: argparse.Namespace) -> int:
    path = store.path(arguments.model)
    if path is None:
        raise CommandError(
            f"{store.entry(arguments.model).label} is not on this machine.", "Download it with: jupyter qwen model pull"
        )
    print(path)
    return 0


def _remove(store: ModelStore, arguments: argparse.Namespace) -> int:
    freed = store.remove(arguments.model)
    print(f"{freed / 2**20:,.0f} MB freed" if freed else "Nothing to remove.")
    return 0


_ACTIONS = {"list": _list, "pull": _pull, "verify": _verify, "path": _path, "remove": _remove}
