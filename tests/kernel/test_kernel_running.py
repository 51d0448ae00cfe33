"""What runs: nothing that was not proved as a whole, unless the user says so."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from fake_server import FakeServer, answer_events

from jupyter_qwen.kernel.showing.presentation import as_html
from jupyter_qwen.kernel.state import AnswerState


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


def test_a_cell_that_holds_more_than_its_query_is_saved_without_a_badge_of_proof() -> None:
    state = AnswerState()
    for event in answer_events("x()\ncon.sql('SELECT 1')", verdict=None, kind="query", needs_consent=True):
        state.apply(event)
    saved = as_html(state)
    assert "bound" not in re.sub(r"<button.*?</button>", "", saved)
    assert "asks before it runs" in saved
    runs = [json.loads(html.unescape(text)) for text in re.findall(r'commandlinker-args="([^"]*)"', saved)]
    (run,) = [arguments for arguments in runs if arguments.get("run")]
    assert (run["verdict"], run["needs_consent"]) == (None, True)
