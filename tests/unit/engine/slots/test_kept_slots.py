"""The beginning that every demo has stays on disk from one engine to the next."""

from __future__ import annotations

import os
from pathlib import Path

from test_parked_slots import Child

from jupyter_qwen.engine.slots.cache_files import KEPT, SlotFiles
from jupyter_qwen.engine.slots.parking import SlotMemory

TABLES = "tables of the demo\n" * 200


def engine(folder: Path, kind: str = "one", files: dict[str, str] | None = None) -> tuple[Child, SlotMemory]:
    """An engine that begins; `files` is what the disk holds."""
    child = Child(folder)
    child.files = files if files is not None else {}
    return child, SlotMemory(child, SlotFiles(folder, kind=kind))


async def read(child: Child, memory: SlotMemory, prompt: str, owner: str) -> str:
    """What of `prompt` was there already."""
    assert child.slots is not None
    slot = child.slots.take("chat", prompt, owner)
    await memory.make_room(slot, prompt)
    there = child.texts.get(slot, "")
    child.texts[slot] = prompt
    child.slots.give_back(slot, 700)
    return there


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def kept_by_an_earlier_engine(folder: Path, label: str = "demo") -> dict[str, str]:
    child, memory = engine(folder)
    await memory.open()
    await read(child, memory, TABLES, "demo.ipynb")
    assert await memory.keep(label, "demo.ipynb")
    await memory.close()
    return child.files


async def test_the_next_engine_reads_nothing_twice(tmp_path: Path) -> None:
    child, memory = engine(tmp_path, files=await kept_by_an_earlier_engine(tmp_path))
    await memory.open()
    assert await read(child, memory, f"{TABLES}Question: revenue", "demo.ipynb") == TABLES
    await memory.forget("demo.ipynb")
    await memory.forget("")
    await memory.close()
    assert names(tmp_path) == ["kept-one-demo.kv", "kept-one-demo.txt"]


async def test_an_engine_of_another_kind_does_not_touch_it(tmp_path: Path) -> None:
    files = await kept_by_an_earlier_engine(tmp_path)
    child, memory = engine(tmp_path, kind="two", files=files)
    await memory.open()
    assert await read(child, memory, f"{TABLES}Question: revenue", "demo.ipynb") == ""
    assert names(tmp_path) == ["kept-one-demo.kv", "kept-one-demo.txt"]


async def test_a_conversation_that_begins_so_and_its_files_do_not_take_its_place(tmp_path: Path) -> None:
    child, memory = engine(tmp_path, files=await kept_by_an_earlier_engine(tmp_path))
    await memory.open()
    for question in ("one", "two " * 200, "three " * 400):
        await read(child, memory, f"{TABLES}Question: {question}", "demo.ipynb")
        await read(child, memory, "tables of another\n" * 200, "other.ipynb")
    await memory.close()
    assert names(tmp_path) == ["kept-one-demo.kv", "kept-one-demo.txt"]


def test_of_too_many_the_oldest_go_and_one_without_its_text_too(tmp_path: Path) -> None:
    files = SlotFiles(tmp_path, kind="one")
    for number in range(KEPT + 1):
        (tmp_path / f"kept-one-{number}.kv").write_bytes(b"kv")
        os.utime(tmp_path / f"kept-one-{number}.kv", (number, number))
        files.keep(files.kept_name(str(number)), TABLES)
    assert names(tmp_path) == [f"kept-one-{number}.{kind}" for number in (1, 2) for kind in ("kv", "txt")]
    (tmp_path / "kept-one-1.txt").unlink()
    assert [saved.file for saved in files.kept()] == ["kept-one-2.kv"]
    assert names(tmp_path) == ["kept-one-2.kv", "kept-one-2.txt"]


async def test_nothing_is_kept_for_a_conversation_that_was_not_read(tmp_path: Path) -> None:
    _, memory = engine(tmp_path)
    await memory.open()
    assert not await memory.keep("demo", "demo.ipynb")
    assert names(tmp_path) == []
