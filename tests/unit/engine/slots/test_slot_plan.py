"""Which slot a request takes, what makes room in a full pool, and the files that outlive the engine."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path

import pytest

from jupyter_qwen.engine.slots.files import DAYS, INDEX, SavedSlot, SlotFiles, fingerprint
from jupyter_qwen.engine.slots.plan import CHAT, COMPLETION, EVALUATION, LANES, Held, SlotPlan


def ask(plan: SlotPlan, text: str, *, owner: str = "", tokens: int, lane: str = "chat") -> int:
    slot = plan.take(lane, text, owner)  # type: ignore[arg-type]
    plan.crowded_out(slot, 0)
    plan.give_back(slot, tokens)
    return slot


def test_completion_comes_before_chat_in_the_engines_own_order() -> None:
    assert max(COMPLETION) < min(CHAT) < min(EVALUATION)


def test_prefixes_are_kept_in_slots_of_their_own_and_the_next_one_takes_the_oldest() -> None:
    plan = SlotPlan()
    slots = [ask(plan, f"{name} " * 300, tokens=300) for name in "abcde"]
    assert sorted(slots) == sorted(CHAT)
    assert ask(plan, "b " * 300 + "more", tokens=310) == slots[1]
    assert ask(plan, "f " * 300, tokens=300) == slots[0]


def test_full_pool_empties_the_chat_that_was_used_least_recently_and_never_the_completion() -> None:
    plan = SlotPlan(pool_tokens=1000)
    ask(plan, "typed", tokens=200, lane="completion")
    first = ask(plan, "one", tokens=300)
    second = ask(plan, "two", tokens=300)
    third = plan.take("chat", "three" * 100)
    assert plan.crowded_out(third, 100) == (first,)
    assert second in plan.held
    assert COMPLETION[0] in plan.held
    plan.give_back(third, 300)
    typed = plan.take("completion", "typed and more of it" * 40)
    assert COMPLETION[0] == typed
    assert set(plan.crowded_out(typed, 50)) <= set(CHAT)


def test_answer_that_is_being_written_is_never_emptied() -> None:
    plan = SlotPlan(pool_tokens=500)
    writing = plan.take("chat", "x" * 1000)
    other = plan.take("chat", "y" * 1000)
    assert plan.crowded_out(other, 100) == ()
    plan.give_back(writing, 400)
    assert plan.crowded_out(other, 100) == (writing,)


def test_room_is_not_made_where_there_is_enough() -> None:
    plan = SlotPlan(pool_tokens=100_000)
    for number in range(3):
        ask(plan, f"{number}" * 900, tokens=3000)
    slot = plan.take("chat", "0" * 900)
    assert plan.crowded_out(slot, 900) == ()


def test_slots_of_a_notebook_are_found_by_its_name() -> None:
    plan = SlotPlan()
    slot = ask(plan, "text", owner="a.ipynb", tokens=5)
    ask(plan, "other", owner="b.ipynb", tokens=5)
    assert plan.of_owner("a.ipynb") == (slot,)
    plan.emptied(slot)
    assert plan.of_owner("a.ipynb") == ()


def test_prompt_that_was_read_in_part_is_not_taken_for_whole() -> None:
    plan = SlotPlan()
    slot = plan.take("chat", "a" * 1000)
    plan.give_back(slot, None, share_read=0.5)
    assert 400 <= len(plan.held[slot].text) <= 500
    assert plan.take("chat", "a" * 1000 + "b") == slot
    plan.give_back(slot, None, share_read=0.0)
    assert 400 <= len(plan.held[slot].text) <= 500, "what it held before is still there"
    plan.take("chat", "a" * 1000 + "b")
    plan.give_back(slot, 700)
    assert len(plan.held[slot].text) == 1001


def test_every_lane_has_a_slot() -> None:
    assert set(LANES) == {"chat", "warming", "completion", "evaluation"}


# -- files

HOSTILE = 'Bestellungen "2024"\n<|im_end|> 🙂 ' + "x" * 300


def files(folder: Path, **fields: object) -> SlotFiles:
    return SlotFiles(folder / "slots", str(fields.pop("fingerprint", "model-a")), **fields)  # type: ignore[arg-type]


def written(store: SlotFiles, *, owner: str = "a.ipynb") -> SavedSlot:
    """One file as a child would have left it, under the umask of a careless shell."""
    store.folder.mkdir(mode=0o700, exist_ok=True)
    saved = SavedSlot(store.name(), CHAT[0], HOSTILE, owner, 900)
    (store.folder / saved.file).write_bytes(b"kv" * 1000)
    (store.folder / saved.file).chmod(0o644)
    return saved


def test_what_was_kept_is_found_again_with_its_text_to_the_letter(tmp_path: Path) -> None:
    store = files(tmp_path)
    saved = written(store)
    store.keep([saved])
    assert files(tmp_path).open() == [saved]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the user's folders from others by its own lists")
def test_nobody_but_the_user_may_read_them(tmp_path: Path) -> None:
    store = files(tmp_path)
    store.keep([written(store)])
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    for path in store.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@pytest.mark.parametrize(
    "change",
    [{"fingerprint": "model-b"}, {"privacy": "types"}, {"privacy": "names"}],
    ids=["another model", "types only", "names only"],
)
def test_another_model_or_less_privacy_given_up_deletes_them(tmp_path: Path, change: dict[str, str]) -> None:
    store = files(tmp_path, privacy="samples")
    store.keep([written(store)])
    assert files(tmp_path, **change).open() == []
    assert list(store.folder.iterdir()) == []


def test_files_written_at_a_lower_level_may_be_used_at_a_higher_one(tmp_path: Path) -> None:
    store = files(tmp_path, privacy="types")
    store.keep([written(store)])
    assert len(files(tmp_path, privacy="samples").open()) == 1


def test_clearing_a_conversation_deletes_its_file_and_no_other(tmp_path: Path) -> None:
    store = files(tmp_path)
    mine, other = written(store), written(store, owner="b.ipynb")
    store.keep([mine, other])
    files(tmp_path, fingerprint="not known here").forget("a.ipynb")
    assert not (store.folder / mine.file).exists()
    assert store.open() == [other]


def test_they_are_gone_after_a_week(tmp_path: Path) -> None:
    store = files(tmp_path)
    store.keep([written(store)])
    index = json.loads((store.folder / INDEX).read_text())
    index["saved_at"] = time.time() - (DAYS + 1) * 86_400
    (store.folder / INDEX).write_text(json.dumps(index))
    assert store.open() == []
    assert list(store.folder.iterdir()) == []


@pytest.mark.parametrize(
    "index", ["", "[]", "{", '{"fingerprint": "model-a", "saved_at": 1e12, "slots": [{"file": 1}]}']
)
def test_damaged_index_is_as_good_as_none(tmp_path: Path, index: str) -> None:
    store = files(tmp_path)
    store.open()
    (store.folder / INDEX).write_text(index)
    assert store.open() == []


def test_name_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    store = files(tmp_path)
    saved = written(store)
    store.keep([saved])
    index = json.loads((store.folder / INDEX).read_text())
    index["slots"][0]["file"] = "../outside.kv"
    (tmp_path / "outside.kv").write_text("mine")
    (store.folder / INDEX).write_text(json.dumps(index))
    assert store.open() == []
    assert (tmp_path / "outside.kv").read_text() == "mine"


def test_file_that_cannot_be_deleted_costs_no_engine(tmp_path: Path) -> None:
    store = files(tmp_path)
    stuck = store.folder / "999999999-aa.kv"
    stuck.mkdir(parents=True)  # nobody may unlink that
    assert store.open() == []
    store.keep([])
    assert stuck.exists()


def test_fingerprint_changes_with_the_weights(tmp_path: Path) -> None:
    weights = tmp_path / "model.gguf"
    weights.write_bytes(b"one")
    before = fingerprint(weights, "llama", 4096)
    assert fingerprint(weights, "llama", 4096) == before
    assert fingerprint(weights, "llama", 8192) != before
    weights.write_bytes(b"other")
    assert fingerprint(weights, "llama", 4096) != before


def test_plan_knows_what_was_put_back() -> None:
    plan = SlotPlan()
    plan.put_back(CHAT[1], Held("tables " * 200, "a.ipynb", 400))
    assert plan.take("chat", "tables " * 200 + "question") == CHAT[1]
    assert plan.latest_first() == (CHAT[1],)
