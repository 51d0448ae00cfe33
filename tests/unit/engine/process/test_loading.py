from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from jupyter_qwen.engine.process.loading import LoadProgress
from jupyter_qwen.models.progress import Progress


def test_memory_of_the_child_is_the_progress_of_its_load() -> None:
    heard: list[Progress] = []

    async def main() -> None:
        progress = LoadProgress(10**13, heard.append)
        progress.began(os.getpid())
        while not heard:  # noqa: ASYNC110  told by call
            await asyncio.sleep(0.02)
        progress.end()

    asyncio.run(asyncio.wait_for(main(), 10))
    assert heard[0].phase == "loading"
    assert 10**6 < heard[0].done_bytes < heard[0].total_bytes == 10**13


@pytest.mark.parametrize("total", [0, 10**9])
def test_child_that_is_gone_or_has_no_weights_reports_nothing(total: int) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    heard: list[Progress] = []

    async def main() -> None:
        progress = LoadProgress(total, heard.append)
        progress.began(ended.pid)
        assert progress._task is not None
        await asyncio.wait_for(progress._task, 5)

    asyncio.run(main())
    assert heard == []
