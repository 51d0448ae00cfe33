"""KV caches in files: put away while another question is answered, fetched when they are wanted.

Attention walks over all cells of the pool up to the last one in use, other conversations' too, for every token that is written.
Putting 800 tokens away takes 7 to 14 ms, fetching them 3 to 4 ms, computing them again 10 s (docs/explanation/log.md).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from jupyter_qwen.engine.client.http import HttpEngine
from jupyter_qwen.engine.slots.cache_files import SavedSlot, SlotFiles
from jupyter_qwen.engine.slots.plan import SlotContent, SlotPlan, common_prefix

log = logging.getLogger(__name__)
# Less costs the decoding of others nothing that could be measured, and stays where it is.
PARK_TOKENS = 64
# A file that lacks no more than this of what the slot holds now is as good: computing 60 tokens takes 0.8 s, but it is rarely
# needed, while a new file is written to a disk each time.
STALE_CHARACTERS = 200


class SlotMemory:
    """The slots of one running child and their files.

    `alone` says whether nobody else uses the child: another server's slots are not ours to empty. Problems with files cost a head
    start, never an answer.
    """

    def __init__(self, http: HttpEngine, files: SlotFiles) -> None:
        self._http, self._files = http, files
        self.alone: Callable[[], bool] = lambda: True
        self._shelf: list[SavedSlot] = []  # least recently used first
        self._moving = asyncio.Lock()

    async def open(self) -> None:
        """Make the folder, find what stayed there, and begin to make room before each question of this client."""
        await asyncio.to_thread(self._files.open)
        self._shelf = await asyncio.to_thread(self._files.kept)
        self._http.memory = self

    async def close(self) -> None:
        """Delete the files but those that stay; the child has ended."""
        for saved in [saved for saved in self._shelf if not saved.stays]:
            await self._drop(saved)

    async def keep(self, label: str, owner: str) -> bool:
        """Write the longest prompt that is held for `owner` to a file that stays; whether that worked."""
        plan = self._http.slots
        async with self._moving:
            slots = plan.of_owner(owner) if plan is not None else ()
            if plan is None or not slots:
                return False
            slot = max(slots, key=lambda slot: len(plan.held[slot].text))
            file, text = self._files.kept_name(label), plan.held[slot].text
            if not await self._http.slot_action(slot, "save", file):
                return False
            try:
                await asyncio.to_thread(self._files.keep, file, text)
            except OSError as error:
                log.info("The KV cache of slot %d is not kept: %s", slot, error)
                await asyncio.to_thread(self._files.delete, file)
                return False
            return True

    async def make_room(self, slot: int, prompt: str) -> None:
        """Put the other conversations away, and fetch what `prompt` begins with into `slot`, which is about to compute it."""
        plan = self._http.slots
        if plan is None or not self.alone():
            return
        async with self._moving:
            for other in plan.idle_chats(slot):
                held = plan.held.get(other)  # another notebook's question may have emptied or taken it meanwhile
                if held is None or plan.busy.get(other) or held.tokens < PARK_TOKENS:
                    continue
                if not await self._park(plan, other, held):
                    break
            await self._fetch(plan, slot, prompt)

    async def forget(self, owner: str) -> None:
        """Empty the slots that hold a notebook's text, and delete its files."""
        plan = self._http.slots
        async with self._moving:
            for slot in plan.of_owner(owner) if plan is not None else ():
                if plan is not None and not plan.busy.get(slot):
                    await self._http.slot_action(slot, "erase")
                    plan.emptied(slot)
            for saved in [saved for saved in self._shelf if saved.owner == owner and not saved.stays]:
                await self._drop(saved)

    async def _park(self, plan: SlotPlan, slot: int, held: SlotContent) -> bool:
        """One slot into a file, unless there is one as good, and out of the pool; whether that worked."""
        if await self._filed(slot, held) is None:
            return False
        if slot in plan.held and not plan.busy.get(slot):
            await self._http.slot_action(slot, "erase")
            plan.emptied(slot)
        return True

    async def _filed(self, slot: int, held: SlotContent) -> SavedSlot | None:
        """The file with what a slot holds, written now if need be, then the latest; ``None`` where it cannot be written."""
        known = max(self._shelf, key=lambda saved: common_prefix(saved.text, held.text), default=None)
        lacking = len(held.text) - (common_prefix(known.text, held.text) if known is not None else 0)
        if known is not None and lacking <= min(STALE_CHARACTERS, len(held.text) // 4):
            if await asyncio.to_thread(self._files.size, known.file):
                self._touch(known)
                return known
            self._shelf.remove(known)
        if not await asyncio.to_thread(self._files.room):
            return None
        file = self._files.name()
        try:
            written = await self._http.slot_action(slot, "save", file)
        except asyncio.CancelledError:  # somebody pressed Stop; the file is on no list
            self._files.delete(file)
            raise
        if not written:
            await asyncio.to_thread(self._files.delete, file)
            log.info("The KV cache of slot %d could not be written to a file.", slot)
            return None
        saved = SavedSlot(file, held.text, held.owner)
        for older in [one for one in self._shelf if one.owner == saved.owner and saved.text.startswith(one.text)]:
            if not older.stays:
                await self._drop(older)
        self._shelf.append(saved)
        await self._within_budget()
        return saved

    async def _fetch(self, plan: SlotPlan, slot: int, prompt: str) -> None:
        """Fill a slot with the file that saves the most computing, when it saves more than what the slot holds."""
        best = max(self._shelf, key=lambda saved: common_prefix(saved.text, prompt), default=None)
        if best is None:
            return
        there = common_prefix(plan.text_before(slot), prompt)
        if common_prefix(best.text, prompt) - there <= STALE_CHARACTERS:
            return
        self._touch(best)
        if not await self._http.slot_action(slot, "restore", best.file):
            log.info("A KV cache could not be read back; it is computed again.")
            await self._drop(best)

    async def _within_budget(self) -> None:
        """Delete what was not used for longest, until the files are no larger than they may be."""
        sizes = {
            saved.file: await asyncio.to_thread(self._files.size, saved.file)
            for saved in self._shelf
            if not saved.stays
        }
        while sizes and sum(sizes.values()) > self._files.budget_bytes:
            oldest = next(saved for saved in self._shelf if saved.file in sizes)
            del sizes[oldest.file]
            await self._drop(oldest)

    async def _drop(self, saved: SavedSlot) -> None:
        if saved in self._shelf:
            self._shelf.remove(saved)
        await asyncio.to_thread(self._files.delete, saved.file)

    def _touch(self, saved: SavedSlot) -> None:
        self._shelf.remove(saved)
        self._shelf.append(saved)
