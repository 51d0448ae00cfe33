"""Has the model read a fresh demo's tables once, before JupyterLab starts: whoever asks at once has a first word at once.

Reading them takes two cores some six seconds, and a page that loads beside it takes the same cores. The KV cache stays in a file
of the user's cache folder (13 MB with the default model), so the next demo reads nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from pathlib import Path

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.server.locks import Locks
from jupyter_qwen.server.runtime import Runtime
from jupyter_qwen.server.settings import Administration
from jupyter_qwen.version import version

READING = "The model reads the demo's tables, once on this machine …"


def prepare(notebook: Path) -> None:
    """Read what every first question about `notebook` begins with, unless that is kept, or no model of llama.cpp is here."""
    asyncio.run(_prepare(notebook.resolve()))


async def _prepare(notebook: Path) -> None:
    content = await asyncio.to_thread(notebook.read_bytes)
    label = hashlib.sha256(content + version.encode()).hexdigest()[:16]
    config = EngineConfig()
    if await SupervisedEngines(config).keeps(label) is not False:
        return
    print(READING, flush=True)
    administration = Administration(defaults={}, locked=frozenset())
    runtime = Runtime(
        config,
        limits=AnswerLimits(),
        threads_folder=None,
        root_dir=str(notebook.parent),
        max_privacy="samples",
        load_on_start=True,
        warming_share=1.0,
        locks=Locks(administration),
        on_status=lambda status: None,
        log=logging.getLogger(__name__),
    )
    try:
        await runtime.prepare(notebook, administration.effective({}))
        if await runtime.services.warming.finished(notebook.name) == "done":
            await runtime.keep(label, notebook.name)
    finally:
        await runtime.aclose()
