"""Stop strings watched for on our side: the same text as if the endpoint had known them, however it is cut into pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_qwen.engine.client.stops import StopWatch

PIECES = st.lists(st.text("ab\n`", max_size=4), max_size=12)
STOPS = st.lists(st.text("ab\n`", min_size=1, max_size=3), min_size=1, max_size=4)


def heard(pieces: list[str], stops: list[str]) -> tuple[str, bool]:
    watch = StopWatch(stops)
    said = [watch.passed(piece, final=False) for piece in pieces]
    return "".join([*said, watch.passed("", final=True)]), watch.stopped


@given(PIECES, STOPS)
def test_text_ends_where_the_first_stop_to_be_completed_begins(pieces: list[str], stops: list[str]) -> None:
    said, stopped = heard(pieces, stops)
    whole = "".join(pieces)
    assert whole.startswith(said)
    assert stopped == any(stop in whole for stop in stops)
    if not stopped:
        assert said == whole
    assert not any(stop in said for stop in stops)


def test_nothing_is_held_longer_than_it_may_be_a_stop() -> None:
    watch = StopWatch(("\n```\n",))
    assert watch.passed("x = 1\n``", final=False) == "x = 1"
    assert watch.passed("y", final=False) == "\n``y"


def test_nothing_comes_after_a_stop_that_came_in_two_pieces() -> None:
    watch = StopWatch(("END",))
    assert watch.passed("one EN", final=False) == "one "
    assert watch.passed("D more", final=False) == ""
    assert watch.passed("after", final=True) == ""
    assert watch.stopped
