"""One id for a notebook's conversation, whoever asks: browsers know its path below the server's root, kernels often all of it."""

from __future__ import annotations

import ntpath
import os
import posixpath


def thread_id(raw: str, root_dir: str) -> str:
    """The id under which the thread `raw` is kept: the path below `root_dir`, with slashes, where `raw` is a path inside it.

    What is no absolute path keeps its words (a kernel without a notebook calls itself ``ipython-1234``); a path outside of the
    root stays absolute. `root_dir` may begin with ``~``; a drive in it says that paths are those of Windows. Nothing is read
    from the disk: links are not followed.
    """
    path = raw.strip()
    if not path:
        return ""
    root = os.path.expanduser(root_dir)
    windows = bool(ntpath.splitdrive(root)[0])
    flavour = ntpath if windows else posixpath
    path = flavour.normpath(path)
    if root and flavour.isabs(path):
        try:
            relative = flavour.relpath(path, root)
        except ValueError:  # another drive
            relative = ".."
        if relative.split(flavour.sep, 1)[0] not in ("..", "."):
            path = relative
    return str(path.replace("\\", "/") if windows else path)


def is_plain(path: str) -> bool:
    """Whether a file can be called so, as far as characters go: no NUL, and no half of a surrogate pair."""
    return "\x00" not in path and not any("\ud800" <= character <= "\udfff" for character in path)


class Renames:
    """Follows notebooks that were renamed while their kernel runs: a kernel keeps the path it was started with.

    Only for whole paths, which kernels send; browsers know the new path. Where a file stands under the old path again, that is
    another notebook. Held in memory: kernels rarely outlive their server.
    """

    def __init__(self, root_dir: str) -> None:
        self._root_dir = root_dir
        self._renames: list[tuple[str, str]] = []

    def add(self, source: str, target: str) -> None:
        """The notebook or folder with the id `source` has the id `target` now."""
        self._renames.append((source, target))

    def thread_id(self, raw: str) -> str:
        """`thread_id`, under the path that the notebook has now."""
        found = thread_id(raw, self._root_dir)
        if not os.path.isabs(raw.strip()) or os.path.exists(raw.strip()):
            return found
        for source, target in self._renames:
            if found == source or found.startswith(f"{source}/"):
                found = target + found[len(source) :]
        return found
