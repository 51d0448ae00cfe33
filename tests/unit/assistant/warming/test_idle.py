from __future__ import annotations

from types import SimpleNamespace

import pytest

from jupyter_qwen.assistant.warming import idle


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_idle_work_takes_only_a_share_of_a_minute() -> None:
    clock = Clock()
    budget = idle.IdleBudget(clock)
    clock.now = 31.0
    budget.note(0.0)

    assert not budget.allows()
    clock.now = 92.0
    assert budget.allows()


@pytest.mark.parametrize(
    ("battery", "allowed"),
    [(None, True), (SimpleNamespace(power_plugged=True), True), (SimpleNamespace(power_plugged=False), False)],
)
def test_idle_work_rests_on_a_battery(battery: object, allowed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle.psutil, "sensors_battery", lambda: battery, raising=False)

    assert idle.IdleBudget().allows() is allowed


def test_idle_work_rests_as_soon_as_the_user_wants_none() -> None:
    wanted = True
    budget = idle.IdleBudget(wanted=lambda: wanted)
    assert budget.allows()
    assert budget.wait() == 0.0
    wanted = False
    assert not budget.allows()
    assert budget.wait() is None
