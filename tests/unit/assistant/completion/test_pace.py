from __future__ import annotations

from jupyter_qwen.assistant.completion.pace import QUIET_SECONDS, SLOW_SECONDS, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def typed(pace: Pace, clock: Clock, *, seconds_per_key: float, keys: int = 20) -> None:
    for number in range(keys):
        clock.now += seconds_per_key
        pace.asked("a.ipynb", number)


def test_a_slow_typist_gets_a_longer_wait_than_a_fast_one() -> None:
    clock = Clock()
    fast, slow = Pace(clock), Pace(clock)
    typed(fast, clock, seconds_per_key=0.09)
    typed(slow, clock, seconds_per_key=0.2)

    assert fast.advice().debounce_ms < slow.advice().debounce_ms <= 250


def test_requests_that_skip_keys_say_the_same_about_the_rhythm() -> None:
    clock = Clock()
    every, some = Pace(clock), Pace(clock)
    typed(every, clock, seconds_per_key=0.2)
    for number in range(20):
        clock.now += 0.6
        some.asked("a.ipynb", 3 * number)

    assert some.advice().debounce_ms == every.advice().debounce_ms


def test_pasted_text_and_pauses_are_no_rhythm() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.asked("a.ipynb", 0)
    clock.now += 0.1
    pace.asked("a.ipynb", 5000)
    clock.now += 30
    pace.asked("a.ipynb", 5001)

    assert pace.advice().debounce_ms == 75


def test_a_machine_that_does_not_keep_up_rests_and_says_so() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(4):
        pace.showed(SLOW_SECONDS + 1)

    advice = pace.advice()
    assert advice.quiet
    assert "keep up" in advice.reason

    clock.now += QUIET_SECONDS + 1
    assert not pace.advice().quiet


def test_one_slow_answer_among_fast_ones_changes_nothing() -> None:
    pace = Pace(Clock())
    for seconds in (0.3, 0.4, 5.0, 0.3, 0.3):
        pace.showed(seconds)

    assert not pace.quiet
    assert not pace.slow
