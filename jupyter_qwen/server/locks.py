"""An administrator's locked settings, held on the server too: a request that a front end should not have sent is cut or refused.

What only a front end does (where a cell goes, how long it waits after a key) it cannot see.
"""

from __future__ import annotations

from typing import Any, cast

from jupyter_qwen.schema.model import PRIVACY_LEVELS, PrivacyLevel
from jupyter_qwen.server.settings import Administration


class Locks:
    """Settings that users cannot change, with the values that they keep."""

    def __init__(self, administration: Administration) -> None:
        kept = administration.effective({})
        self._values = {name: kept[name] for name in administration.locked if name in kept}

    def max_privacy(self, most: PrivacyLevel) -> PrivacyLevel:
        """The highest level that requests may have: `most`, or the locked one where that is lower."""
        locked = self._values.get("privacy", "auto")
        return most if locked == "auto" else min(most, cast("PrivacyLevel", locked), key=PRIVACY_LEVELS.index)

    def applied(self, body: dict[str, Any]) -> dict[str, Any]:
        """The request without cells that may not be sent; the cell that /fix or /explain is about is named and stays."""
        if self._values.get("sendCells", True):
            return body
        if "prefix" in body:
            return {**body, "cells": []}
        excluded = body.get("exclude") or []
        return {**body, "exclude": [*excluded, "cells"] if isinstance(excluded, list) else excluded}

    def no_completion(self, body: dict[str, Any]) -> str:
        """Why a CompleteRequest gets no text: ``off`` or ``by-key``, as in docs/reference/protocol.md; empty when it
        may have one."""
        values = self._values
        off = (
            not values.get("inlineCompletion", True)
            or body.get("language") in values.get("inlineCompletionDisabledLanguages", ())
            or body.get("path") in values.get("inlineCompletionDisabledDocuments", ())
            or (body.get("warm") is True and not self.prepares)
        )
        if off:
            return "off"
        manual = values.get("inlineCompletionManualOnly", False) and not body.get("by_key") and not body.get("warm")
        return "by-key" if manual else ""

    @property
    def prepares(self) -> bool:
        """Whether prompts may be processed before somebody asks."""
        return bool(self._values.get("prepareWhileIdle", True))
