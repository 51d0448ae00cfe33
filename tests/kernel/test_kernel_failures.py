"""What ``%%qwen`` says when something goes wrong: wrong options, a server that refuses, is gone or breaks off, Ctrl-C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from fake_server import FakeServer


def run(shell: Any, cell: str) -> Any:
    return shell.run_cell(cell, store_history=True)


def test_fix_without_an_error_says_so(shell: Any, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.delattr("sys.last_value", raising=False)
    assert not run(shell, "%qwen fix").success
    assert "no cell has failed yet" in capsys.readouterr().err


def test_an_unknown_table_is_named_with_its_likely_spelling(shell: Any, server: FakeServer, capsys: Any) -> None:
    shell.user_ns["orders"] = pd.DataFrame({"a": [1]})
    assert not run(shell, "%%qwen sql --tables order\nq").success
    assert "'order'; there are: orders" in capsys.readouterr().err
    assert server.told == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--nonsense", "unrecognized arguments"),
        ("--connection nowhere", "no open DuckDB connection"),
        ("--out 1abc", "needs a variable name"),
        ("--max-tokens 0", "must be above 0"),
    ],
)
def test_wrong_options_are_one_line(shell: Any, server: FakeServer, capsys: Any, line: str, said: str) -> None:
    assert not run(shell, f"%%qwen sql {line}\nq").success
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.out + told.err


def test_an_empty_question_says_what_to_write(shell: Any, capsys: Any) -> None:
    assert not run(shell, "%%qwen sql\n\n").success
    assert "write the question below" in capsys.readouterr().err


def test_an_error_event_is_one_line_with_the_way_out(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.events = [
        {"type": "delta", "text": "Be"},
        {"type": "error", "message": "The engine died.", "hint": "Ask again.", "code": "x"},
    ]
    assert not run(shell, "%%qwen sql\nq").success
    told = capsys.readouterr()
    assert told.err.strip() == "UsageError: %%qwen: The engine died. Ask again."


def test_a_refusal_keeps_the_servers_own_words(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.refuse = (503, {"message": "No weights.", "hint": "jupyter qwen model pull", "code": "absent"})
    assert not run(shell, "%%qwen sql\nq").success
    assert "No weights. jupyter qwen model pull" in capsys.readouterr().err


def test_a_stream_that_breaks_off_is_said(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.events = [{"type": "delta", "text": "Half"}]
    assert not run(shell, "%%qwen sql\nq").success
    assert "broke off" in capsys.readouterr().err


def test_a_wrong_token_names_the_variable(shell: Any, server: FakeServer, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("JUPYTER_QWEN_TOKEN", "wrong")
    assert not run(shell, "%%qwen sql\nq").success
    assert "JUPYTER_QWEN_TOKEN" in capsys.readouterr().err


def test_a_server_that_is_gone_is_one_line(shell: Any, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("JUPYTER_QWEN_URL", "http://127.0.0.1:9/")
    assert not run(shell, "%%qwen sql\nq").success
    told = capsys.readouterr()
    assert "does not answer" in told.err
    assert "Traceback" not in told.out + told.err


def test_interrupting_closes_the_stream_and_is_one_line(
    shell: Any, server: FakeServer, capsys: Any, monkeypatch: Any
) -> None:
    def endless(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        while True:
            yield {"type": "delta", "text": "word " * 100}

    server.events = endless
    seen: list[str] = []
    from jupyter_qwen.kernel.state import AnswerState

    original = AnswerState.apply

    def interrupting(self: AnswerState, event: dict[str, Any]) -> None:
        seen.append("event")
        if len(seen) == 5:
            raise KeyboardInterrupt
        original(self, event)

    monkeypatch.setattr(AnswerState, "apply", interrupting)
    assert not run(shell, "%%qwen sql\nq").success
    assert server.left.wait(10)
    told = capsys.readouterr()
    assert told.err.strip() == "UsageError: %%qwen: stopped"
    assert "[stopped]" in told.out
