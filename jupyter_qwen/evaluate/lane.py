"""The lane that evaluation works in: behind everything that a person waits for, with a KV-cache slot of its own."""

from __future__ import annotations

from typing import Any

from jupyter_qwen.assistant.owner import OwnedEngine
from jupyter_qwen.assistant.services import EngineSource
from jupyter_qwen.engine.base import Engine


class EvaluationEngines:
    """An engine source all of whose work, preparation included, is evaluation's.

    The engine may be the one that the user's notebooks run, and then their questions and completions go first.
    """

    def __init__(self, engines: EngineSource) -> None:
        self._engines = engines

    async def engine(self) -> Engine:
        """See `services.EngineSource.engine`."""
        return OwnedEngine(await self._engines.engine(), "evaluation", "evaluation")

    def describe(self) -> dict[str, Any]:
        """See `services.EngineSource.describe`."""
        return self._engines.describe()
