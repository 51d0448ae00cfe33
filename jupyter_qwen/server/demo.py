"""The demo that ``jupyter qwen demo`` has just made loads its tables by itself; no other notebook does.

What a notebook says of itself is no reason to run it: anybody can write the demo's metadata, and its very cells, into a folder
with a `duckdb.py` of their own. So the command tells this server the path and the digest of what it wrote into a folder that did
not exist before, and each of these may load once.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyter_qwen.server.handlers import QwenHandler


class FreshDemo:
    """`digests`: SHA-256 of the notebooks' bytes by absolute path, as `demo.demo_folder.build_demo` gives them."""

    def __init__(self, digests: Mapping[str, str], root_dir: str) -> None:
        self._digests = dict(digests)
        self._root_dir = Path(root_dir)

    def take(self, path: str) -> list[dict[str, str]]:
        """The loading cells, id and source, of the notebook at `path` below the server's root: once, and only as it was made."""
        if not self._digests:
            return []
        file = str((self._root_dir / path.lstrip("/")).resolve())
        digest = self._digests.pop(file, None)
        if digest is None:
            return []
        content = Path(file).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            return []
        notebook: dict[str, Any] = json.loads(content)
        loads = notebook["metadata"]["jupyter_qwen"]["loads"]
        return [{"id": cell["id"], "source": cell["source"]} for cell in notebook["cells"] if cell["id"] in loads]


class DemoHandler(QwenHandler):
    """A notebook that calls itself the demo was opened: which of its cells may run unasked."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        from jupyter_qwen.assistant.question import BadRequest

        path = self.body().get("path")
        if not isinstance(path, str) or not path or "\0" in path:
            raise BadRequest("path must be the path of a notebook.")
        fresh: FreshDemo = self.settings["jupyter_qwen_demo"]
        try:
            cells = await asyncio.to_thread(fresh.take, path)
        except (OSError, ValueError) as error:  # a path that no file can have is a ValueError
            self.log.warning("jupyter_qwen: the demo cannot be read: %s", error)
            cells = []
        self.finish({"cells": cells})
