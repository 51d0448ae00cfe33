"""``jupyter qwen model``: the weights on this machine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.cli.model_show import lines
from jupyter_qwen.engine.offers import Offer, offers
from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import UnknownModel, typed_name
from jupyter_qwen.models.entries import FORMATS, Format, ModelEntry
from jupyter_qwen.models.errors import ModelError
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.store import ModelStore

GIB = 2**30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The action and the model it is about."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in (
        ("list", "every model that is known by name, what fits this machine and what is here"),
        ("show", "one model in full: files, licence, tokens, and what each context length takes here"),
        ("pull", "download a model (default: the default model), check its digest; goes on where it stopped"),
        ("verify", "hash a model's files and compare"),
        ("path", "print where a model's file or folder is"),
        ("remove", "delete a model's files"),
    ):
        action = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name == "list":
            action.add_argument("--fits", action="store_true", help="only what fits this machine")
            continue
        action.add_argument(
            "model", nargs="?", help="a name from the list, or owner/name on the Hub; default: the default model"
        )
        action.add_argument(
            "--format", choices=FORMATS, help="gguf (engine llama) or safetensors (engine transformers)"
        )
        if name == "pull":
            action.add_argument("--force", action="store_true", help="throw away what is there first (a damaged file)")
            action.add_argument("--accept-licence", action="store_true", help="you have read the licence and accept it")
    parser.add_argument("--folder", help="where weights are kept (default: the user's cache, or JUPYTER_QWEN_MODELS)")


def run(arguments: argparse.Namespace) -> int:
    """0 on success; for `path` only when the file is there, for `verify` only when it is intact."""
    store = ModelStore(arguments.folder)
    try:
        return _ACTIONS[arguments.action](store, arguments)
    except ModelError as error:
        raise CommandError(str(error), error.hint) from error
    except UnknownModel as error:
        raise CommandError(str(error), error.hint) from error


def _list(store: ModelStore, arguments: argparse.Namespace) -> int:
    machine = fit.machine()
    rows = [offer for offer in offers(store, machine) if offer.fits or not arguments.fits]
    print(
        f"{'':2}{'model':32} {'licence':22} {'context':>8} {'fill-in':>7} {'download':>9} {'memory':>8} {'KV/1K':>7}  "
        f"{'engines':19} here"
    )
    for offer in rows:
        print(_line(offer))
    print()
    for gpu in machine.gpus:
        print(f"{gpu.name}: {gpu.available_bytes / GIB:.1f} of {gpu.total_bytes / GIB:.1f} GB are free.")
    print(
        f"{machine.available_bytes / GIB:.1f} of {machine.total_bytes / GIB:.1f} GB of memory are available, "
        f"{machine.cores} cores{f' ({machine.limited_by})' if machine.limited_by else ''}."
    )
    print(
        "* fits this machine. memory: weights, engine and the context that would be chosen. KV/1K: what 1,024 tokens more cost."
    )
    print(
        "context: native, and with YaRN after the arrow, which is on only when more than the native length is asked for."
    )
    print(
        "§ a licence to accept before the download. Other models: owner/name of the Hub, a .gguf file, a folder with safetensors."
    )
    return 0


def _line(offer: Offer) -> str:
    entry, row = offer.entry, offer.row
    context = _short(entry.context_tokens)
    if entry.yarn_context_tokens > entry.context_tokens:
        context += f"→{_short(entry.yarn_context_tokens)}"
    here = ", ".join(f"{kind} {size / 1e9:.1f} GB" for kind, _, size in row.paths)
    if row.partial_bytes:
        here = f"{here}, " * bool(here) + f"{row.partial_bytes / 2**20:,.0f} MB so far"
    licence = f"{entry.licence}{' §' if entry.needs_notice else ''}"
    kv = f"{entry.kv_bytes_per_token * 1024 / 2**20:.0f} MB" if entry.kv_bytes_per_token else "?"
    return (
        f"{'* ' if offer.fits else '  '}{entry.short_name:32} {licence:22} {context:>8} {'yes' if entry.fim else 'no':>7} "
        f"{entry.size_bytes / 1e9:>6.1f} GB {offer.need.total / GIB:>5.1f} GB {kv:>7}  "
        f"{', '.join(offer.engines) or 'none installed':19} {here or '-'}"
    )


def _short(tokens: int) -> str:
    return f"{tokens // 1024}K"


def pull(
    store: ModelStore,
    model: str | None,
    *,
    force: bool = False,
    kind: Format | None = None,
    accept_licence: bool = False,
) -> Path:
    """Download with a progress bar; a licence that is not free is shown and must be accepted first.

    Raises ModelError, UnknownModel, or CommandError when the licence was not accepted.
    """
    entry = store.wanted(model)
    if entry.needs_notice and not accept_licence and store.path(entry, kind) is None:
        _ask_for_licence(entry)
    with tqdm(unit="B", unit_scale=True, unit_divisor=1024, desc=entry.short_name, mininterval=0.5) as bar:

        def show(progress: Progress) -> None:
            bar.set_postfix_str(
                f"{progress.phase}, {progress.source}" if progress.source else progress.phase, refresh=False
            )
            bar.total = progress.total_bytes or None
            bar.n = progress.done_bytes
            bar.refresh()

        return store.pull(entry, show, force=force, kind=kind)


def _ask_for_licence(entry: ModelEntry) -> None:
    """Show the terms and ask; where nobody can answer, an option says yes. Raises CommandError for a no."""
    print(entry.needs_notice)
    if not sys.stdin.isatty():
        raise CommandError(
            f"The licence of {entry.label} must be accepted before it is downloaded: {entry.licence}.",
            f"Read it, then: jupyter qwen model pull {typed_name(entry)} --accept-licence",
        )
    if input(f"Download {entry.label} under these terms? [y/N] ").strip().casefold() not in ("y", "yes"):
        raise CommandError("Nothing was downloaded.", "jupyter qwen model list shows models under Apache-2.0.")


def _pull(store: ModelStore, arguments: argparse.Namespace) -> int:
    path = pull(
        store,
        arguments.model,
        force=arguments.force,
        kind=arguments.format,
        accept_licence=arguments.accept_licence,
    )
    print(path)
    return 0


def _verify(store: ModelStore, arguments: argparse.Namespace) -> int:
    result = store.verify(arguments.model, kind=arguments.format)
    for name, found, expected in result.files:
        state = "nobody has recorded a digest to compare it with" if expected is None else "intact"
        if name not in result.damaged:
            print(f"{result.path / name}: {state}, sha256 {found}")
    if not result.intact:
        damaged = ", ".join(str(result.path / name) for name in result.damaged)
        again = " ".join(filter(None, ("jupyter qwen model pull --force", arguments.model)))
        raise CommandError(
            f"Damaged: {damaged} has another SHA-256 than what was published.",
            f"Fetch it again with: {again}{f' --format {arguments.format}' if arguments.format else ''}",
        )
    return 0


def _path(store: ModelStore, arguments: argparse.Namespace) -> int:
    print(store.existing_path(arguments.model, kind=arguments.format))
    return 0


def _remove(store: ModelStore, arguments: argparse.Namespace) -> int:
    freed = store.remove(arguments.model, arguments.format)
    print(f"{freed / 2**20:,.0f} MB freed" if freed else "Nothing to remove.")
    return 0


def _show(store: ModelStore, arguments: argparse.Namespace) -> int:
    for line in lines(store, store.entry(arguments.model), fit.machine()):
        print(line)
    return 0


_ACTIONS = {"list": _list, "show": _show, "pull": _pull, "verify": _verify, "path": _path, "remove": _remove}
