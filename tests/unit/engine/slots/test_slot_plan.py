"""Which slot a request takes, and what makes room in a full pool."""

from __future__ import annotations

from jupyter_qwen.engine.slots.plan import CHAT, COMPLETION, EVALUATION, LANES, SlotPlan


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
