"""Conversations survive, and clear means gone."""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_qwen.assistant.threads import MAX_TURNS, ThreadFileError, ThreadStore, Turn, taken_before


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


def test_a_question_is_kept_before_it_is_answered(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    opened = store.begin("a.ipynb", replace(turn("one"), markdown=""))
    assert [(t.question, t.state) for t in ThreadStore(tmp_path).turns("a.ipynb")] == [("one", "cut")]
    opened.finish(replace(opened.turn, markdown="yes", state="done"))
    assert [(t.markdown, t.state) for t in ThreadStore(tmp_path).turns("a.ipynb")] == [("yes", "done")]


def test_an_answer_that_ends_after_clear_does_not_come_back(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    opened = store.begin("a.ipynb", turn("one"))
    store.clear("a.ipynb")
    opened.finish(turn("one"))
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_another_server_cleared_does_not_come_back(tmp_path: Path) -> None:
    opened = ThreadStore(tmp_path).begin("a.ipynb", turn("one"))
    ThreadStore(tmp_path).clear("a.ipynb")
    opened.finish(turn("one"))
    assert ThreadStore(tmp_path).turns("a.ipynb") == ()


def test_a_renamed_notebook_takes_its_conversation_along_even_while_it_is_answered(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.append("a.ipynb", turn("one"))
    opened = store.begin("a.ipynb", turn("two"))
    assert store.move("a.ipynb", "sub/b.ipynb") == 1
    opened.finish(replace(opened.turn, markdown="late", state="done"))
    assert store.turns("a.ipynb") == ()
    assert [t.markdown for t in store.turns("sub/b.ipynb")] == ["answer to one", "late"]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_renamed_folder_takes_all_conversations_in_it_along(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    for name in ("old/a.ipynb", "old/deep/b.ipynb", "older/c.ipynb"):
        store.append(name, turn(name))
    (tmp_path / "broken.json").write_text("{")
    assert store.move("old", "new") == 2
    assert store.turns("new/deep/b.ipynb")[0].question == "old/deep/b.ipynb"
    assert store.turns("older/c.ipynb")[0].question == "older/c.ipynb"


def test_a_move_onto_another_conversation_loses_neither(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.append("b.ipynb", replace(turn("late"), asked_at="2026-02-01T00:00:00+00:00"))
    store.append("a.ipynb", turn("early"))
    store.move("a.ipynb", "b.ipynb")
    assert [t.question for t in store.turns("b.ipynb")] == ["early", "late"]


@pytest.mark.parametrize(("source", "target"), [("", "b"), ("a", ""), ("a", "a"), ("none.ipynb", "b.ipynb")])
def test_a_move_of_nothing_changes_nothing(source: str, target: str, tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.append("a", turn("one"))
    assert store.move(source, target) == 0
    assert store.turns("a")[0].question == "one"


def test_a_thread_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    old = {"question": "q", "markdown": "m", "mode": "sql", "asked_at": "2026-01-01"}
    store.path("a").write_text(json.dumps({"version": 1, "id": "a", "turns": [old]}))
    assert store.turns("a")[0].state == "done"


def fixed(source: str) -> Turn:
    block = {"language": "sql", "source": source, "verdict": "bound", "needs_consent": False, "diagnostics": []}
    return replace(turn("/fix"), mode="fix", blocks=(block,))


def of_an_earlier_version(store: ThreadStore, thread: str) -> None:
    """Take the mark from the thread's turns."""
    data = json.loads(store.path(thread).read_text())
    for kept in data["turns"]:
        del kept["judging"]
    store.path(thread).write_text(json.dumps(data))


def test_saved_fix_of_an_earlier_version_is_no_longer_bound_and_asks(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.append("a", turn("plain"))
    store.append("a", fixed("SELECT 1"))
    of_an_earlier_version(store, "a")
    store.append("a", turn("next"))  # writes the old turns again
    for _ in range(2):
        (block,) = store.turns("a")[1].blocks
        assert (block["verdict"], block["needs_consent"]) == ("unchecked", True)
        assert [found["code"] for found in block["diagnostics"]] == ["other-code"]


def test_saved_fix_of_this_version_keeps_its_verdict(tmp_path: Path) -> None:
    ThreadStore(tmp_path).append("a", fixed("SELECT 1"))
    (block,) = ThreadStore(tmp_path).turns("a")[0].blocks
    assert (block["verdict"], block["needs_consent"]) == ("bound", False)


def test_saved_query_of_an_earlier_version_keeps_its_verdict(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.append("a", replace(fixed("SELECT 1"), mode="sql"))
    of_an_earlier_version(store, "a")
    assert store.turns("a")[0].blocks[0]["verdict"] == "bound"


def with_readings(question: str) -> Turn:
    block = {"index": 0, "language": "sql", "source": "SELECT 1", "alternative": {"source": "SELECT 2"}}
    return replace(turn(question), blocks=(block,))


def test_reading_that_was_taken_survives_and_is_the_query_that_later_questions_follow(tmp_path: Path) -> None:
    ThreadStore(tmp_path).append("a", with_readings("how many?"))
    assert ThreadStore(tmp_path).take_reading("a", "how many?", "SELECT 2")
    (kept,) = ThreadStore(tmp_path).turns("a")
    assert (kept.taken, kept.sql, kept.blocks[0]["source"]) == ("SELECT 2", "SELECT 2", "SELECT 1")
    assert taken_before((kept,), " How  many") == "SELECT 2"
    assert taken_before((kept,), "how many orders?") == ""


def test_reading_can_be_given_back(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.append("a", with_readings("how many?"))
    store.take_reading("a", "how many?", "SELECT 2")
    assert store.take_reading("a", "how many?", "SELECT 1")
    (kept,) = store.turns("a")
    assert (kept.taken, kept.sql) == ("", "SELECT 1")


def test_query_that_is_no_reading_of_the_question_is_not_kept(tmp_path: Path) -> None:
    store = ThreadStore(tmp_path)
    store.append("a", with_readings("how many?"))
    store.append("a", turn("one"))
    for question, source in (
        ("how many?", "DROP TABLE x"),
        ("one", "SELECT 1"),
        ("never asked", "SELECT 2"),
        ("one", ""),
    ):
        assert not store.take_reading("a", question, source)
    assert [kept.taken for kept in store.turns("a")] == ["", ""]
