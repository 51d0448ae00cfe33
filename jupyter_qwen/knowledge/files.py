"""The two files: `qwen.md` in the notebook's folder, or the nearest above it, and one of the user's own.

A project's file comes with a cloned repository, so it is untrusted: it is read only as a regular file of bounded size, links are
not followed, and what it holds is text for a prompt or SQL to be proved, never anything to run.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from filelock import FileLock
from platformdirs import user_config_path

from jupyter_qwen.knowledge import document
from jupyter_qwen.knowledge.model import SCOPES, Knowledge, LineProblem, Scope, Term, VerifiedPair

FILE_NAME = "qwen.md"
_INTRODUCTION = """# What the assistant knows

Terms are list items, `- **name**: meaning`; a question is a heading with its query in a fence of SQL below.
"""
_LOCK_SECONDS = 10.0


class KnowledgeError(ValueError):
    """A knowledge file cannot be read or written; `hint` is the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class KnowledgeFiles:
    """Reads and changes what is known. `root` bounds where a project's file may lie; blocking, for use in threads."""

    def __init__(self, root: Path | None, user_folder: Path | None = None) -> None:
        self._root = root.expanduser().resolve() if root is not None else None
        self._user_folder = user_folder or user_config_path("jupyter_qwen")

    def path(self, scope: Scope, notebook: str = "") -> Path:
        """The file of `scope`: for a project the nearest one at or above the notebook's folder, else the one to be made there.

        `notebook` is a path below the root. Raises KnowledgeError for one outside of it.
        """
        if scope == "user":
            return self._user_folder / FILE_NAME
        if self._root is None:
            raise KnowledgeError("There is no project folder here.", "Keep it for yourself instead: scope user.")
        try:
            folder = (self._root / notebook).parent.resolve() if notebook else self._root
        except (ValueError, OSError) as error:  # a null character, or a loop of links
            raise KnowledgeError(f"{notebook!r} names no file.") from error
        if folder != self._root and self._root not in folder.parents:
            raise KnowledgeError(
                f"{notebook} lies outside of the server's folder.", "Keep it for yourself instead: scope user."
            )
        for place in (folder, *folder.parents):
            if os.path.lexists(place / FILE_NAME):
                return place / FILE_NAME
            if place == self._root:
                break
        return folder / FILE_NAME

    def read(self, notebook: str = "") -> Knowledge:
        """What both files say; a file that is not there says nothing, one that cannot be read is a problem of line 0."""
        known = Knowledge()
        for scope in SCOPES:
            try:
                text = _text(self.path(scope, notebook))
            except KnowledgeError as error:
                if scope == "user" or self._root is not None:
                    known += Knowledge(problems=(LineProblem(0, str(error), scope),))
                continue
            known += document.parse(text).in_scope(scope)
        return known

    def places(self, notebook: str = "") -> list[dict[str, object]]:
        """Where the files are or would be: `{scope, path, exists}`; a project's path is told from the root on."""
        found: list[dict[str, object]] = []
        for scope in SCOPES:
            try:
                path = self.path(scope, notebook)
            except KnowledgeError:
                continue
            inside = scope == "project" and self._root is not None
            shown = path.relative_to(self._root).as_posix() if inside and self._root else str(path)
            found.append({"scope": scope, "path": shown, "exists": path.is_file()})
        return found

    def teach_term(self, scope: Scope, notebook: str, name: str, meaning: str) -> None:
        """Keep a term, replacing its older meaning. Raises KnowledgeError or EntryError."""
        self._change(self.path(scope, notebook), lambda text: document.with_term(text, name, meaning))

    def teach_pair(self, scope: Scope, notebook: str, question: str, sql: str) -> None:
        """Keep a verified question, replacing its older query. Raises KnowledgeError or EntryError."""
        self._change(self.path(scope, notebook), lambda text: document.with_pair(text, question, sql))

    def forget(self, scope: Scope, notebook: str, kind: type[Term] | type[VerifiedPair], name: str) -> None:
        """Take an entry out of its file. Raises KnowledgeError or EntryError."""
        self._change(self.path(scope, notebook), lambda text: document.without(text, kind, name))

    def _change(self, path: Path, edit: Callable[[str], str]) -> None:
        """Read, edit and replace the file in one step as others see it: its lock is held and the replacement is atomic."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            locks = self._user_folder
            locks.mkdir(parents=True, exist_ok=True)
            with FileLock(locks / ".knowledge.lock", mode=0o600, timeout=_LOCK_SECONDS):
                before = _text(path)
                after = edit(before or _INTRODUCTION)
                data = after.encode("utf-8", "replace")
                if len(data) > document.MOST_BYTES:
                    raise KnowledgeError(
                        f"{path.name} would have more than {document.MOST_BYTES // 1024} KiB.",
                        "Forget something first.",
                    )
                _replace(path, data, None if path.parent == self._user_folder else 0o644)
        except OSError as error:
            raise KnowledgeError(
                f"{path} cannot be written: {error.strerror or error}.", "Keep it for yourself instead: scope user."
            ) from error


def _text(path: Path) -> str:
    """The file's text, empty where there is none. Raises KnowledgeError."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise KnowledgeError(f"{path} is no regular file, so it is not read.", "Put a plain file there.")
        if found.st_size > document.MOST_BYTES:
            raise KnowledgeError(
                f"{path} has more than {document.MOST_BYTES // 1024} KiB, so it is not read.", "Shorten it."
            )
        with path.open("rb") as file:
            return file.read(document.MOST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    except OSError as error:
        raise KnowledgeError(f"{path} cannot be read: {error.strerror or error}.") from error


def _replace(path: Path, data: bytes, new_mode: int | None) -> None:
    """Put `data` in the place of the file, which keeps its rights; a new one gets `new_mode`, or is open to its owner alone."""
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else new_mode
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
