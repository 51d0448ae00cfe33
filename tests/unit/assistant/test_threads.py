"""Conversations survive, and clear means gone."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from jupyter_qwen.assistant.threads import MAX_TURNS, ThreadFileError, ThreadStore, Turn


def turn(text: str) -> Turn:
    return Turn(
        question=text, markdown=f"answer to {text}", mode="sql", asked_at="2026-01-01T00:00:00+00:00", sql="SELECT 1"
    )


def test_turns_come_back_in_order_from_another_store(tmp_path: Path) -> None:
    ThreadStore(tmp_path).append("a/b.ipynb", turn("one"))
    ThreadStore(tmp_path).append("a/b.ipynb", turn("two"))
    assert [t.question for t in ThreadStore(tmp_path).turns("a/b.ipynb")] == ["one", "two"]
    assert ThreadStore(tmp_path).turns("other") == ()


def test_hostile_thread_names_stay_inside_the_folder(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path / "threads")
    for name in ("../../etc/passwd", "x" * 5000, "a\0b", "ü ☃", "C:\\x"):
        store.append(name, turn(name))
        assert store.path(name).parent == tmp_path / "threads"
        assert store.turns(name)[0].question == name


def test_cleared_thread_leaves_no_file(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.append("a", turn("one"))
    store.clear("a")
    assert list(tmp_path.iterdir()) == []
    store.clear("a")


def test_oldest_turns_fall_out(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    for number in range(MAX_TURNS + 3):
        store.append("a", turn(str(number)))
    kept = store.turns("a")
    assert (len(kept), kept[0].question) == (MAX_TURNS, "3")


def test_broken_file_is_named_and_not_overwritten(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.path("a").write_text("{ half")
    with pytest.raises(ThreadFileError, match=r"cannot be read"):
        store.append("a", turn("one"))
    assert store.path("a").read_text() == "{ half"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_can_read_a_conversation(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.append("a", turn("one"))
    assert stat.S_IMODE(store.path("a").stat().st_mode) == 0o600


def test_notebooks_of_one_name_under_two_roots_are_two_conversations(tmp_path: Path) -> None:
    ThreadStore(tmp_path, scope="/home/a").append("analysis.ipynb", turn("one"))
    assert ThreadStore(tmp_path, scope="/home/b").turns("analysis.ipynb") == ()
    assert ThreadStore(tmp_path, scope="/home/a").turns("analysis.ipynb")[0].question == "one"
