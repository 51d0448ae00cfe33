"""What idle slots hold goes to files while another question is answered, and comes back when it is wanted."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from jupyter_qwen.engine.client.http import HttpEngine, SlotAction
from jupyter_qwen.engine.slots.cache_files import SlotFiles
from jupyter_qwen.engine.slots.parking import SlotMemory
from jupyter_qwen.engine.slots.plan import CHAT, SlotPlan, common_prefix

MB = 1024**2


class Child(HttpEngine):
    """Holds a text a slot, as llama.cpp holds a KV cache; its files are as long as it is told."""

    def __init__(self, folder: Path, *, file_bytes: int = 1000, full_disk: bool = False) -> None:
        super().__init__("http://127.0.0.1:1", slots=SlotPlan(12_288))
        self.folder, self.file_bytes, self.full_disk = folder, file_bytes, full_disk
        self.texts: dict[int, str] = {}
        self.files: dict[str, str] = {}
        self.actions: list[tuple[str, int]] = []

    async def slot_action(self, slot: int, action: SlotAction, file: str = "") -> bool:
        self.actions.append((action, slot))
        if action == "save":
            if self.full_disk:
                return False
            self.files[file] = self.texts[slot]
            with (self.folder / file).open("wb") as out:
                out.truncate(self.file_bytes)
        elif action == "restore":
            if not (self.folder / file).exists():
                return False
            self.texts[slot] = self.files[file]
        else:
            self.texts.pop(slot, None)
        return True


class Desk:
    """Asks questions as `HttpEngine.generate` does, without computing anything."""

    def __init__(self, folder: Path, *, budget: int = 512 * MB, **child: object) -> None:
        folder.mkdir(exist_ok=True)
        self.child = Child(folder, **child)  # type: ignore[arg-type]
        self.memory = SlotMemory(self.child, SlotFiles(folder, budget_bytes=budget))

    async def ask(self, prompt: str, owner: str) -> int:
        """Characters of the prompt that were there already."""
        plan = self.child.slots
        assert plan is not None
        slot = plan.take("chat", prompt, owner)
        await self.memory.make_room(slot, prompt)
        there = common_prefix(self.child.texts.get(slot, ""), prompt)
        self.child.texts[slot] = prompt
        plan.give_back(slot, len(prompt) // 3)
        return there

    def parked(self) -> list[str]:
        """Whose files there are, least recently used first."""
        return [saved.owner for saved in self.memory._shelf]


A, B = "tables of a\n" * 200, "tables of b\n" * 200


async def test_only_the_conversation_that_is_asked_about_stays_in_the_pool(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    assert await desk.ask(A + "first", "a") == 0
    assert await desk.ask(B + "first", "b") == 0
    assert [text[:11] for text in desk.child.texts.values()] == ["tables of b"]
    assert await desk.ask(A + "second", "a") >= len(A)
    assert [text[:11] for text in desk.child.texts.values()] == ["tables of a"]
    assert await desk.ask(B + "second", "b") >= len(B)


async def test_file_that_is_as_good_is_not_written_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    for number in range(6):
        await desk.ask(f"{A}question {number}", "a")
        await desk.ask(f"{B}question {number}", "b")
    assert sum(action == "save" for action, _ in desk.child.actions) == 2


async def test_conversation_that_grew_takes_the_place_of_its_older_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    await desk.ask(A, "a")
    await desk.ask(B, "b")
    longer = A + "a long answer " * 60
    await desk.ask(longer, "a")
    await desk.ask(B, "b")
    assert await desk.ask(longer + "more", "a") >= len(longer)
    assert sorted(desk.parked()) == ["a", "b"]
    assert len(list((tmp_path / "slots").glob("*.kv"))) == 2


async def test_more_conversations_than_slots_are_all_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    texts = [f"tables of notebook {number}\n" * 200 for number in range(len(CHAT) + 3)]
    for number, text in enumerate(texts):
        await desk.ask(text, f"{number}")
    assert [await desk.ask(text + "?", f"{number}") >= len(text) for number, text in enumerate(texts)] == [True] * 8


async def test_files_stay_within_the_budget_and_the_oldest_goes(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots", budget=2500, file_bytes=1000)
    for name in "abcd":
        await desk.ask(f"tables of {name}\n" * 200, name)
    assert desk.parked() == ["b", "c"]
    assert len(list((tmp_path / "slots").glob("*.kv"))) == 2


async def test_file_that_somebody_deleted_costs_the_head_start_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    await desk.ask(A, "a")
    await desk.ask(B, "b")
    for path in (tmp_path / "slots").glob("*.kv"):
        path.unlink()
    assert await desk.ask(A + "x", "a") == 0
    assert desk.parked() == ["b"]


async def test_where_no_file_can_be_written_the_pool_keeps_everything(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots", full_disk=True)
    await desk.ask(A, "a")
    await desk.ask(B, "b")
    assert await desk.ask(A + "x", "a") == len(A)
    assert await desk.ask(B + "x", "b") == len(B)


async def test_slots_that_another_server_may_use_are_left_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    desk.memory.alone = lambda: False
    await desk.ask(A, "a")
    await desk.ask(B, "b")
    assert desk.child.actions == []
    assert await desk.ask(A + "x", "a") == len(A)


async def test_conversation_that_is_cleared_or_asked_about_while_others_are_put_away_costs_no_answer(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path / "slots")
    plan = desk.child.slots
    assert plan is not None
    texts = [f"tables of notebook {name}\n" * 200 for name in "abc"]
    slots = []
    for text in texts:  # three in the pool: nobody made room yet
        slots.append(slot := plan.take("chat", text, text[:20]))
        desk.child.texts[slot] = text
        plan.give_back(slot, len(text) // 3)
    real = desk.child.slot_action

    async def slow(slot: int, action: SlotAction, file: str = "") -> bool:
        if action == "save" and slot == slots[0]:
            plan.emptied(slots[1])  # somebody else cleared it
            plan.take("chat", texts[2], "c")  # and somebody asks about this one
        return await real(slot, action, file)

    desk.child.slot_action = slow  # type: ignore[method-assign]
    await desk.memory.make_room(CHAT[-1], "another notebook")
    assert ("save", slots[0]) in desk.child.actions
    assert ("erase", slots[2]) not in desk.child.actions


async def test_answer_that_is_being_written_is_not_put_away(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    await desk.ask(A, "a")
    plan = desk.child.slots
    assert plan is not None
    writing = plan.take("chat", A + "more", "a")
    await desk.ask(B, "b")
    assert ("erase", writing) not in desk.child.actions


async def test_file_of_a_question_that_was_stopped_while_it_was_read_gives_way_to_the_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    plan = desk.child.slots
    assert plan is not None
    slot = plan.take("chat", A, "a")
    desk.child.texts[slot] = A[: len(A) // 2]
    plan.give_back(slot, None, share_read=0.5)
    await desk.ask(B, "b")
    assert await desk.ask(A, "a") == len(A) // 2
    await desk.ask(B, "b")
    assert await desk.ask(A + "x", "a") == len(A)


async def test_cleared_conversation_leaves_no_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    await desk.ask(A, "a")
    await desk.ask(B, "b")
    await desk.ask(A + "x", "a")
    await desk.memory.forget("a")
    assert desk.parked() == ["b"]
    assert len(list((tmp_path / "slots").glob("*.kv"))) == 1
    assert await desk.ask(A + "y", "a") == 0


async def test_end_of_the_engine_leaves_no_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "slots")
    for name in "abc":
        await desk.ask(f"tables of {name}\n" * 200, name)
    assert len(list((tmp_path / "slots").glob("*.kv"))) == 2
    await desk.memory.close()
    assert list((tmp_path / "slots").iterdir()) == []


def test_files_of_servers_that_were_killed_go_and_a_living_ones_stay(tmp_path: Path) -> None:
    folder = tmp_path / "slots"
    folder.mkdir()
    alive = folder / f"{os.getppid()}-aa.kv"
    for path in (alive, folder / "999999999-bb.kv", folder / "index.json"):
        path.write_bytes(b"kv")
    SlotFiles(folder).open()
    assert list(folder.iterdir()) == [alive]


def test_file_that_cannot_be_deleted_costs_no_engine(tmp_path: Path) -> None:
    stuck = tmp_path / "slots" / "999999999-aa.kv"
    stuck.mkdir(parents=True)  # nobody may unlink that
    SlotFiles(tmp_path / "slots").open()
    assert stuck.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the user's folders from others by its own lists")
def test_nobody_but_the_user_may_enter_the_folder(tmp_path: Path) -> None:
    (tmp_path / "slots").mkdir(mode=0o755)
    SlotFiles(tmp_path / "slots").open()
    assert stat.S_IMODE((tmp_path / "slots").stat().st_mode) == 0o700
