"""``%qwen model``, ``pull``, ``load`` and ``--model``: which model answers, and waiting for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fake_server import STATUS, Event, FakeServer, answer_events

LARGE: Event = {"id": "qwen2.5-coder-7b-instruct", "label": "Qwen2.5-Coder 7B Instruct", "file": "large.gguf"}


def run(shell: Any, code: str) -> Any:
    return shell.run_cell(code, store_history=False)


class Switchable:
    """A server's model: a switch takes two looks at the status to be done."""

    def __init__(self, server: FakeServer) -> None:
        self.model: Event = dict(STATUS["model"])
        self.states: Iterator[str] = iter(())
        server.routes |= {"status": self.status, "engine/switch": self.switch, "engine/load": self.load}

    def status(self, body: Event | None = None) -> tuple[int, Event]:
        state = next(self.states, "ready")
        return 200, {
            **STATUS,
            "model": self.model,
            "state": state,
            "message": "" if state == "ready" else "Loading it.",
        }

    def switch(self, body: Event | None) -> tuple[int, Event]:
        self.model = LARGE
        return self.load(body)

    def load(self, body: Event | None) -> tuple[int, Event]:
        self.states = iter(("loading", "loading"))
        return self.status()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_qwen.kernel.following.POLL_SECONDS", 0.01)


def test_the_model_is_switched_and_waited_for(shell: Any, server: FakeServer, capsys: Any) -> None:
    Switchable(server)
    assert run(shell, "%qwen model qwen2.5-coder-7b-instruct").success
    printed = capsys.readouterr().out
    assert "Loading it" in printed
    assert "ready: Qwen2.5-Coder 7B Instruct on CPU" in printed


def test_a_question_can_name_its_model(shell: Any, server: FakeServer, capsys: Any) -> None:
    Switchable(server)
    server.events = answer_events("SELECT 1")
    assert run(shell, "%%qwen sql --model Qwen/Qwen2.5-Coder-7B-Instruct\nq").success
    assert "Qwen2.5-Coder 7B Instruct answers from now on" in capsys.readouterr().out
    assert [r["route"] for r in server.requests if r["method"] == "POST"] == ["engine/switch", "ask"]
    assert run(shell, "%%qwen sql --model qwen2.5-coder-7b-instruct\nq").success
    assert "from now on" not in capsys.readouterr().out, "it is that model already"


def test_loading_again_is_waited_for(shell: Any, server: FakeServer, capsys: Any) -> None:
    Switchable(server)
    run(shell, "%qwen load")
    assert capsys.readouterr().out.splitlines()[-2].startswith("ready: ")


def test_a_model_that_is_not_here_names_the_command_that_fetches_it(
    shell: Any, server: FakeServer, capsys: Any
) -> None:
    absent = {
        **STATUS,
        "model": LARGE,
        "state": "absent",
        "message": "Qwen2.5-Coder 7B Instruct is not on this machine.",
    }
    server.routes["engine/switch"] = absent
    assert not run(shell, "%qwen model qwen2.5-coder-7b-instruct").success
    told = capsys.readouterr().err
    assert "is not on this machine. Fetch it: %qwen pull qwen2.5-coder-7b-instruct" in told
    assert "Traceback" not in told


def test_a_locked_model_is_not_taken_for_a_wrong_token(shell: Any, server: FakeServer, capsys: Any) -> None:
    refusal = {"message": "The model is fixed on this server.", "hint": "Ask its administrator.", "code": "locked"}
    server.routes["engine/switch"] = lambda body: (403, refusal)
    run(shell, "%qwen model another")
    told = capsys.readouterr().err
    assert "The model is fixed on this server. Ask its administrator." in told
    assert "token" not in told


def test_terms_are_shown_and_accepted_before_anything_is_fetched(shell: Any, server: FakeServer, capsys: Any) -> None:
    def pull(body: Event | None) -> tuple[int, Event]:
        assert body is not None
        if not body["accept_licence"]:
            return 400, {
                "message": "It is under the Research licence",
                "hint": "Non-commercial use only.",
                "code": "licence",
            }
        return 200, {**STATUS, "state": "ready", "pulling": None}

    server.routes["models/pull"] = pull
    run(shell, "%qwen pull qwen2.5-coder-3b-instruct")
    told = capsys.readouterr().err
    assert "Research licence. Non-commercial use only." in told
    assert "%qwen pull qwen2.5-coder-3b-instruct --accept-licence" in told
    run(shell, "%qwen pull qwen2.5-coder-3b-instruct --accept-licence")
    assert server.requests[-1]["body"] == {"model": "qwen2.5-coder-3b-instruct", "accept_licence": True}


def test_interrupting_stops_a_download(shell: Any, server: FakeServer, monkeypatch: Any, capsys: Any) -> None:
    pulling = {**STATUS, "state": "downloading", "message": "Downloading it.", "pulling": {"id": "x", "label": "X"}}
    server.routes |= {"models/pull": pulling, "status": pulling, "models/cancel": STATUS}

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("jupyter_qwen.kernel.following.time.sleep", interrupted)
    run(shell, "%qwen pull x")
    assert server.requests[-1]["route"] == "models/cancel"
    assert "%%qwen: stopped" in capsys.readouterr().err
