"""Which files may be looked at: plain ones below the server's folder, named by a path and nothing else."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ADDRESS: Final = re.compile(r"\A(?:[a-z][a-z0-9+.-]+:/|md:|\\\\)", re.IGNORECASE)
_GLOB: Final = re.compile(r"[*?\[\]]")
_MAX_CHARACTERS: Final = 4_000
#: What a folder is searched for; `.gz` may follow those of text.
SUFFIXES: Final = {
    ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet", ".json": "json", ".jsonl": "json",
    ".ndjson": "json", ".xlsx": "excel", ".duckdb": "database", ".ddb": "database", ".db": "database",
    ".sqlite": "database", ".sqlite3": "database", ".db3": "database",
}  # fmt: skip
_SQLITE: Final = b"SQLite format 3\0"
_SCANNED: Final = 2_000


class NotRead(Exception):
    """A file is not looked at; the message says why, in a sentence for the user."""


@dataclass(frozen=True)
class FoundFile:
    """A plain file. `shown` is its path as seen from the notebook's folder; the other two tell whether it has changed."""

    path: Path
    shown: str
    size: int
    changed_ns: int

    def is_sqlite(self) -> bool:
        """Whether it begins as a SQLite database does, whatever its name says. https://www.sqlite.org/fileformat.html

        Raises NotRead.
        """
        try:
            with self.path.open("rb") as file:
                return file.read(len(_SQLITE)) == _SQLITE
        except OSError as error:
            raise NotRead(f"{self.shown} cannot be read: {error.strerror}.") from error


class NotebookFolder:
    """The folder of one notebook, which is where a kernel looks for a relative path. `root` bounds what may be read."""

    def __init__(self, root: Path, notebook: str) -> None:
        self._root = Path(os.path.realpath(root.expanduser()))
        folder = Path(os.path.normpath(self._root / notebook)).parent if notebook else self._root
        self._notebook = notebook.replace("\\", "/").rsplit("/", 1)[-1]
        self.path = folder if folder == self._root or self._root in folder.parents else self._root

    def find(self, named: str) -> FoundFile:
        """The file that code calls `named`. Nothing is opened. Raises NotRead."""
        if not named or len(named) > _MAX_CHARACTERS or not named.isprintable():
            raise NotRead("A file whose name cannot be shown is not read.")
        if _ADDRESS.match(named):
            raise NotRead(f"{named} is not on this machine, so it is not read before it is loaded.")
        if _GLOB.search(named):
            raise NotRead(f"{named} may stand for several files: its columns are known once it is loaded.")
        path = Path(os.path.normpath(self.path / os.path.expanduser(named)))
        if self._root not in path.parents:
            raise NotRead(f"{named} lies outside of the server's folder, so it is not read before it is loaded.")
        return self._plain(path, named)

    def opened(self, path: str) -> FoundFile:
        """The file at `path`, counted from the root, that somebody chose. Nothing is opened. Raises NotRead."""
        if format_of_name(path) is None:
            raise NotRead(f"{path} is no data file that can be asked about ({', '.join(SUFFIXES)}).")
        try:
            named = os.path.relpath(self._root / path.lstrip("/"), self.path)
        except ValueError as error:  # a null character; another drive of Windows
            raise NotRead(f"{path!r} cannot be read: {error}.") from error
        return self.find(named.replace(os.sep, "/"))

    def data_files(self, most: int) -> list[FoundFile]:
        """At most `most` data files of the folder itself, by name; whatever is hidden or no plain file is passed over."""
        return self._files(most, lambda name: format_of_name(name) is not None)

    def other_notebooks(self, most: int) -> list[FoundFile]:
        """At most `most` notebooks beside this one, by name."""
        return self._files(most, lambda name: name.casefold().endswith(".ipynb") and name != self._notebook)

    def _files(self, most: int, wanted: Callable[[str], bool]) -> list[FoundFile]:
        found: list[FoundFile] = []
        try:
            with os.scandir(self.path) as entries:
                names = sorted(entry.name for _, entry in zip(range(_SCANNED), entries, strict=False))
        except OSError:
            return []
        for name in names:
            if wanted(name) and len(found) < most:
                try:
                    found.append(self.find(name))
                except NotRead:
                    continue
        return found

    def _plain(self, path: Path, named: str) -> FoundFile:
        """`path`, when neither it nor a folder on the way from the root is hidden, a link, or anything but a plain file."""
        here = self._root
        try:
            for part in path.relative_to(self._root).parts:
                here /= part
                state = here.lstat()
                if part.startswith("."):
                    raise NotRead(f"{named} is hidden, so it is not read before it is loaded.")
                if stat.S_ISLNK(state.st_mode):
                    raise NotRead(f"{named} is reached by a link, so it is not read before it is loaded.")
            if not stat.S_ISREG(state.st_mode):
                raise NotRead(f"{named} is no plain file, so it is not read before it is loaded.")
        except FileNotFoundError as error:
            raise NotRead(f"{named} is not there.") from error
        except (OSError, ValueError) as error:
            raise NotRead(f"{named} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
        return FoundFile(path, os.path.relpath(path, self.path).replace(os.sep, "/"), state.st_size, state.st_mtime_ns)


def format_of_name(name: str) -> str | None:
    """What kind of data a file of this name holds, by its ending; ``None`` for anything else."""
    folded = name.casefold()
    found = SUFFIXES.get(os.path.splitext(folded.removesuffix(".gz"))[1])
    return found if found in ("csv", "json") or not folded.endswith(".gz") else None
