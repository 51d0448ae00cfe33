"""Carries KV caches from one child to the next: saved before it ends, restored when the next one is ready."""

from __future__ import annotations

import asyncio
import logging
import time

from jupyter_qwen.engine.http import HttpEngine
from jupyter_qwen.engine.slot_files import SavedSlot, SlotFiles
from jupyter_qwen.engine.slots import CHAT, COMPLETION, Held

log = logging.getLogger(__name__)
# Less is computed again in three seconds on two cores.
WORTH_TOKENS = 200
# An unload, and the end of the Jupyter server, may take this much longer; a slot that still answers is waited for no longer.
SAVE_SECONDS = 3.0


class SlotMemory:
    """The slots of one running child and their files."""

    def __init__(self, http: HttpEngine, files: SlotFiles) -> None:
        self._http, self._files = http, files

    async def restore(self) -> int:
        """Fill the child's slots from the files; how many there were. What cannot be restored is computed when it is needed."""
        plan = self._http.slots
        if plan is None:
            return 0
        began, restored = time.monotonic(), 0
        for saved in reversed(await asyncio.to_thread(self._files.open)):  # so that the latest is the latest again
            if saved.slot in (*CHAT, *COMPLETION) and await self._http.slot_action(saved.slot, "restore", saved.file):
                plan.put_back(saved.slot, Held(saved.text, saved.owner, saved.tokens))
                restored += 1
        if restored:
            log.info("%d KV caches restored in %.0f ms", restored, 1000 * (time.monotonic() - began))
        return restored

    async def save(self) -> int:
        """Write the slots that are worth it, the latest first, within the budget; how many."""
        try:
            return await asyncio.wait_for(self._save(), SAVE_SECONDS)
        except (asyncio.TimeoutError, TimeoutError):
            log.info("Saving KV caches took too long; the older files stay.")
            return 0

    async def forget(self, owner: str) -> None:
        """Empty the slots that hold a notebook's text, and delete its files."""
        plan = self._http.slots
        for slot in plan.of_owner(owner) if plan is not None else ():
            if plan is not None and not plan.busy.get(slot):
                await self._http.slot_action(slot, "erase")
                plan.emptied(slot)
        await asyncio.to_thread(self._files.forget, owner)

    async def _save(self) -> int:
        plan = self._http.slots
        if plan is None or not await asyncio.to_thread(self._files.room):
            return 0
        saved: list[SavedSlot] = []
        used = 0
        for slot in plan.latest_first():
            held = plan.held[slot]
            if held.tokens < WORTH_TOKENS or plan.busy.get(slot):
                continue
            file = self._files.name()
            if not await self._http.slot_action(slot, "save", file):
                break  # this endpoint cannot
            used += self._files.size(file)
            if used > self._files.budget_bytes:
                break
            saved.append(SavedSlot(file, slot, held.text, held.owner, held.tokens))
        await asyncio.to_thread(self._files.keep, saved)
        return len(saved)
