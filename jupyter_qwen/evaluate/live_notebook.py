"""A real kernel in which the set-up cells of a case have run, looked at as the sidebar looks at the user's.

One kernel serves many cases: it forgets its variables between them, and starts anew where a cell broke it. Files are a copy.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from jupyter_qwen.evaluate.predictions import PackError
from jupyter_qwen.schema.collector.source import kernel_expression
from jupyter_qwen.schema.model import PrivacyLevel, Schema

_SECONDS = 120.0
_FORGET = "get_ipython().reset(new_session=True)"
_DESCRIBE = """(lambda v: [
    v.head(3).to_string() if hasattr(v, 'head') else repr(v)[:300],
    v.dtypes.to_string() if hasattr(getattr(v, 'dtypes', None), 'to_string') else str(getattr(v, 'dtypes', type(v))),
])(%s)"""


class LiveNotebook:
    """The kernel of this very Python, in a copy of `data` as its folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._folder: str | None = None
        self._manager: AsyncKernelManager | None = None
        self._client: AsyncKernelClient | None = None

    async def __aenter__(self) -> LiveNotebook:
        self._folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="jupyter_qwen_cells_")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def run(self, cells: Sequence[str]) -> None:
        """Forget what was there and run `cells`. Raises PackError with the words of the cell that fails."""
        if self._client is None:
            await self._start()
        else:
            await self._execute(_FORGET)
        for number, source in enumerate(cells, 1):
            failed = await self._execute(source)
            if failed:
                await self._end()  # what it left half done must not meet the next case
                raise PackError(f"set-up cell {number} fails: {failed}")

    async def schema(self, privacy: PrivacyLevel, question: str) -> Schema:
        """What the sidebar would send with `question`. Raises PackError or SchemaFormatError."""
        shown = await self.value(kernel_expression(privacy, question))
        return Schema.from_json(shown["application/json"])

    async def described(self, frame: str) -> tuple[str, str]:
        """``head(3)`` and ``dtypes`` of a variable as text, for the baseline. Raises PackError."""
        shown = await self.value(f"__import__('IPython').display.JSON({_DESCRIBE % frame})")
        head, types = shown["application/json"]
        return str(head), str(types)

    async def value(self, expression: str) -> dict[str, Any]:
        """The MIME bundle of a Python expression, evaluated silently. Raises PackError when it raises."""
        reply = await self._request("", silent=True, user_expressions={"asked": expression})
        result = reply["content"].get("user_expressions", {}).get("asked", {})
        if result.get("status") != "ok":
            raise PackError(f"the kernel did not answer: {result.get('ename')}: {result.get('evalue')}")
        data: dict[str, Any] = result["data"]
        return data

    async def _execute(self, source: str) -> str:
        """Run a cell; its error in one line, "" for none."""
        content = (await self._request(source))["content"]
        return "" if content["status"] == "ok" else f"{content.get('ename')}: {content.get('evalue')}"

    async def _request(self, source: str, **options: Any) -> dict[str, Any]:
        assert self._client is not None, "run comes first"
        try:
            reply: dict[str, Any] = await self._client.execute_interactive(
                source, allow_stdin=False, timeout=_SECONDS, output_hook=lambda _: None, **options
            )
        except TimeoutError as error:
            await self._end()
            raise PackError(f"the kernel took more than {_SECONDS:.0f} s") from error
        return reply

    async def _start(self) -> None:
        assert self._folder is not None
        shutil.rmtree(self._folder)
        if self._data.is_dir():
            await asyncio.to_thread(shutil.copytree, self._data, self._folder)
        else:
            os.mkdir(self._folder)
        environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONWARNINGS": "ignore"}
        self._manager = AsyncKernelManager(kernel_name="python3")
        await self._manager.start_kernel(cwd=self._folder, env=environment, stderr=subprocess.DEVNULL)
        self._client = self._manager.client()
        self._client.start_channels()
        await self._client.wait_for_ready(timeout=_SECONDS)

    async def _end(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
        if self._manager is not None:
            await self._manager.shutdown_kernel(now=True)
        self._client = self._manager = None
