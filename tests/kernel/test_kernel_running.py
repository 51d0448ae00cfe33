"""What runs: nothing that was not proved as a whole, unless the user says so."""

from __future__ import annotations

from typing import Any

from fake_server import FakeServer, answer_events


def test_a_mended_cell_that_holds_more_than_its_query_asks_before_it_runs(
    shell: Any, server: FakeServer, monkeypatch: Any
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(shell, "ask_yes_no", lambda question, **_: bool(asked.append(question)))
    source = "ran = True\ncon.sql('SELECT 1')"
    server.events = answer_events(source, language="python", verdict=None, kind="query", needs_consent=True)
    shell.run_cell("%%qwen fix --run\n" + source)
    assert len(asked) == 1
    assert "ran" not in shell.user_ns
