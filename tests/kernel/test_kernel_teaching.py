"""``%qwen teach``: a term, the last answered question, the list, and forgetting."""

from __future__ import annotations

from typing import Any

import pytest
from fake_server import Event, FakeServer

KNOWN: Event = {
    "terms": [{"name": "revenue", "meaning": "price times quantity", "scope": "project", "line": 3}],
    "pairs": [{"question": "How many?", "sql": "SELECT 1", "scope": "user", "line": 5}],
    "problems": [{"line": 9, "message": "this query has no question", "scope": "project"}],
    "files": [
        {"scope": "project", "path": "qwen.md", "exists": True},
        {"scope": "user", "path": "/home/me/qwen.md", "exists": True},
    ],
}


@pytest.fixture(autouse=True)
def knowledge(server: FakeServer) -> None:
    server.routes["knowledge"] = KNOWN


def run(shell: Any, code: str) -> None:
    shell.run_cell(code, store_history=False)


def test_term_is_sent_to_the_projects_file_or_the_users(shell: Any, server: FakeServer, capsys: Any) -> None:
    run(shell, "%qwen teach net revenue: price times quantity: no returns")
    body = server.requests[-1]["body"]
    assert (body["scope"], body["term"]) == (
        "project",
        {"name": "net revenue", "meaning": "price times quantity: no returns"},
    )
    assert "Kept in qwen.md: 1 terms and 1 questions" in capsys.readouterr().out
    run(shell, "%qwen teach --user churn: left")
    assert server.requests[-1]["body"]["scope"] == "user"


def test_last_answered_query_becomes_a_verified_question(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.routes["thread"] = {
        "turns": [{"question": "orders per day", "sql": "SELECT 2"}, {"question": "why?", "sql": None}]
    }
    run(shell, "%qwen teach last")
    assert server.requests[-1]["body"]["pair"] == {"question": "orders per day", "sql": "SELECT 2"}


def test_without_an_answered_query_there_is_nothing_to_keep(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.routes["thread"] = {"turns": []}
    run(shell, "%qwen teach last")
    assert "no question of this notebook has been answered with a query yet" in capsys.readouterr().err


def test_alone_it_lists_what_is_known_and_what_is_wrong_in_the_files(shell: Any, capsys: Any) -> None:
    run(shell, "%qwen teach")
    told = capsys.readouterr().out
    assert "revenue: price times quantity  (project)" in told
    assert "── How many?  (user)\nSELECT 1" in told
    assert "note: qwen.md, line 9: this query has no question" in told


def test_what_a_strangers_file_says_sends_no_escape_sequence_to_the_terminal(
    shell: Any, server: FakeServer, capsys: Any
) -> None:
    term = {"name": "a\x1b[2Jb", "meaning": "c\x1b]0;title\x07", "scope": "project", "line": 1}
    server.routes["knowledge"] = {**KNOWN, "terms": [term]}
    run(shell, "%qwen teach")
    told = capsys.readouterr().out
    assert "a[2Jb" in told
    assert "\x1b" not in told


def test_forgetting_names_the_entry_as_it_is_kept(shell: Any, server: FakeServer, capsys: Any) -> None:
    run(shell, "%qwen teach forget REVENUE")
    last = server.requests[-1]
    assert (last["method"], "kind=term" in last["route"], "name=revenue" in last["route"]) == ("DELETE", True, True)
    run(shell, "%qwen teach forget profit")
    assert "nothing is known under 'profit' in the project's file" in capsys.readouterr().err


def test_what_is_no_term_is_answered_with_the_form(shell: Any, capsys: Any) -> None:
    run(shell, "%qwen teach revenue is money")
    assert "%qwen teach revenue: quantity times unit price" in capsys.readouterr().err
