"""Models as a folder of safetensors: pulled from the Hub file by file, resumed, checked, remembered in a manifest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_qwen.models.catalog import named, near_names
from jupyter_qwen.models.digests import sha256_of
from jupyter_qwen.models.entries import ModelEntry
from jupyter_qwen.models.errors import SourcesFailed, SourceUnavailable
from jupyter_qwen.models.fetching import check_space, fetch_file
from jupyter_qwen.models.hub_listing import Listing, list_repository
from jupyter_qwen.models.local import MANIFEST, folder_is_whole, read_json
from jupyter_qwen.models.names import is_hub_id, is_plain
from jupyter_qwen.models.progress import Cancelled, Meter, Phase
from jupyter_qwen.models.sources import WeightSource


def folder_name(model_id: str) -> str:
    """The folder of a model in the models folder: the last part of its id in lower case."""
    return Path(model_id).name.casefold()


def partial_folder(folder: Path) -> Path:
    """Where a folder's files gather until all are there."""
    return folder.with_name(f"{folder.name}.part")


def pull_folder(
    entry: ModelEntry, folder: Path, *, sources: Sequence[WeightSource], meter: Meter, stop: Cancelled
) -> Path:
    """Bring the model's safetensors, config and tokenizer to `folder`, which appears only when everything is there.

    Files of an attempt that was stopped are kept. Raises SourcesFailed, NoSpace, PullCancelled.
    """
    try:
        listing = list_repository(entry.id)
        files = listing.safetensors()
    except SourceUnavailable as error:
        raise _failed(entry, folder, [("Hugging Face Hub", str(error))]) from error
    part = partial_folder(folder)
    part.mkdir(parents=True, exist_ok=True)
    recorded: dict[str, Any] = read_json(part / MANIFEST).get("files", {})
    recorded = {name: facts for name, facts in recorded.items() if facts.get("revision") == listing.revision}
    missing = [file for file in files if not (file.name in recorded and (part / file.name).is_file())]
    total = sum(file.bytes or 0 for file in files)
    before = total - sum(file.bytes or 0 for file in missing)
    half = sum(path.stat().st_size for path in part.glob("*.part"))
    check_space(part, entry.short_name, total - before - half)
    for file in missing:

        def on_step(phase: Phase, done: int, _: int, source: str, base: int = before) -> None:
            meter.update(base + done, total, source=source, phase=phase)

        try:
            fetched = fetch_file(
                file, part / f"{file.name}.part", part / file.name, sources=sources, on_step=on_step, stop=stop
            )
        except SourcesFailed as error:
            raise _failed(entry, folder, error.reasons) from error
        before += file.bytes or 0
        recorded[file.name] = {
            "bytes": fetched.path.stat().st_size,
            "sha256": fetched.sha256,
            "revision": listing.revision,
        }
        _write_manifest(part, entry, listing, recorded)
    if not folder_is_whole(part):
        raise _failed(
            entry, folder, [("Hugging Face Hub", "the repository lacks a shard, its config or its tokenizer")]
        )
    part.replace(folder)
    meter.update(total, total, source="Hugging Face Hub", phase="done", force=True)
    return folder


def recorded_files(folder: Path) -> dict[str, str]:
    """Name and SHA-256 of every file that was recorded when the folder was pulled; empty for a folder of the user's own."""
    files = read_json(folder / MANIFEST).get("files", {})
    return {
        name: str(facts["sha256"])
        for name, facts in files.items()
        if isinstance(facts, dict) and "sha256" in facts and is_plain(name)
    }


def hash_files(folder: Path, names: Sequence[str], meter: Meter, stop: Cancelled | None) -> dict[str, str]:
    """SHA-256 of each file; "" for one that is not there. Raises PullCancelled."""
    sizes = {name: (folder / name).stat().st_size for name in names if (folder / name).is_file()}
    total, base, found = sum(sizes.values()), 0, {}
    for name in names:
        if name not in sizes:
            found[name] = ""
            continue

        def on_bytes(done: int, base: int = base) -> None:
            meter.update(base + done, total, source=str(folder), phase="verifying")

        found[name] = sha256_of(folder / name, on_bytes=on_bytes, cancelled=stop)
        base += sizes[name]
    return found


def cached_folder(model_id: str) -> Path | None:
    """A whole snapshot in the user's Hugging Face cache, if some other program put it there. No network."""
    from huggingface_hub import try_to_load_from_cache

    if model_id.count("/") != 1 or not is_hub_id(model_id):
        return None
    found = try_to_load_from_cache(model_id, "config.json")
    if not isinstance(found, str):
        return None
    folder = Path(found).parent
    return folder if folder_is_whole(folder) else None


def _write_manifest(folder: Path, entry: ModelEntry, listing: Listing, files: dict[str, Any]) -> None:
    manifest = {
        "id": entry.id,
        "licence": entry.licence or listing.licence,
        "revision": listing.revision,
        "files": files,
    }
    fresh = folder / f".{MANIFEST}.tmp"
    fresh.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    fresh.replace(folder / MANIFEST)


def _failed(entry: ModelEntry, folder: Path, reasons: Sequence[tuple[str, str]]) -> SourcesFailed:
    said = "; ".join(f"{name}: {reason}" for name, reason in reasons)
    near = [name for name in near_names(entry.id) if name != entry.id] if named(entry.id) is None else []
    meant = f"Did you mean {' or '.join(near)}? Else: " if near else ""
    return SourcesFailed(
        f"{entry.label} could not be downloaded: {said}.",
        f"{meant}Set HF_ENDPOINT to a mirror, or copy the model's folder (config.json, tokenizer.json, *.safetensors) "
        f"to {folder}, or make it from a GGUF file: "
        f"python -m jupyter_qwen.engine.children.transformers_convert FILE.gguf {folder}",
        tuple(reasons),
    )


def size_on_disk(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; 0 for what is not there."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.is_file() else 0
