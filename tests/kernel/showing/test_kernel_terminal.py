"""A terminal obeys what is printed: nothing that a model, a table or an error says reaches it as a command."""

from __future__ import annotations

import argparse
import io
import json
from typing import Any

import pytest
from fake_server import FakeServer, answer_events

from jupyter_qwen.assistant.events import AnswerFinished, Block, PromptBuilt, RepairMade, TextDelta
from jupyter_qwen.cli import ask as command
from jupyter_qwen.kernel.showing.display import TerminalView
from jupyter_qwen.kernel.showing.presentation import plain
from jupyter_qwen.kernel.showing.terminal import printable
from jupyter_qwen.kernel.state import AnswerState
from jupyter_qwen.sql.model import Diagnostic

# A window's title, the clipboard (OSC 52), a report that types back, colours, C1 sequences, a bell, overwriting, reordering.
ATTACKS = (
    "\x1b]0;owned\x07", "\x1b]52;c;cm0gLXJmIH4K\x07", "\x1b[6n", "\x1b[31m", "\x9b31m", "\x90q\x9c", "\x07", "\x08\x08",
    "safe\rrm -rf",
    "\x7f", "\u202egpj.exe", "\u2066x\u2069", "\x00", "\x1bc",
)  # fmt: skip
FORBIDDEN = {
    *map(chr, range(9)), *map(chr, range(11, 32)), *map(chr, range(127, 160)),
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
}  # fmt: skip
TEXT = "".join(ATTACKS)


def test_text_without_commands_is_left_as_it_is() -> None:
    honest = "SELECT 'é', '漢字', '😀'\n\tFROM \"Straße\" -- שלום"
    assert printable(honest) == honest


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_command_is_printed(attack: str) -> None:
    assert not FORBIDDEN & set(printable(f"a{attack}b"))


def test_a_streamed_answer_reaches_the_terminal_without_commands() -> None:
    stream, state = io.StringIO(), AnswerState()
    view = TerminalView(stream)
    for event in answer_events(f"SELECT 1 {TEXT}", prose=TEXT, diagnostics=[{"severity": "error", "message": TEXT}]):
        state.apply(event)
        view.update(state)
    view.finish(state)
    assert "SELECT 1" in stream.getvalue()
    assert not FORBIDDEN & set(stream.getvalue() + plain(state))


@pytest.mark.parametrize("form", ["code", "json", "markdown"])
def test_no_form_of_the_magic_prints_commands(shell: Any, server: FakeServer, capsys: Any, form: str) -> None:
    server.events = answer_events(f"SELECT 1 {TEXT}", prose=TEXT)
    shell.run_cell(f"%%qwen chat --format {form}\nq")
    out = capsys.readouterr().out
    assert "SELECT 1" in out
    assert not FORBIDDEN & set(out)


def test_names_of_tables_and_old_answers_are_printed_without_commands(
    shell: Any, server: FakeServer, capsys: Any
) -> None:
    import pandas as pd

    shell.user_ns["frame"] = pd.DataFrame({f"a{TEXT}": [1]})
    server.routes["thread"] = {"turns": [{"question": TEXT, "markdown": TEXT}]}
    shell.run_cell("%qwen tables")
    shell.run_cell("%qwen history")
    out = capsys.readouterr().out
    assert "frame" in out
    assert not FORBIDDEN & set(out)


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_prints_an_answer_without_commands(capsys: Any, monkeypatch: Any, as_json: bool) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    for event in (TextDelta(TEXT), PromptBuilt(1, notes=(TEXT,)), RepairMade(0, "x", TEXT, "", "")):
        command._tell(event)
    block = Block(0, "sql", f"SELECT 1 {TEXT}", "rejected", diagnostics=(Diagnostic("x", "error", TEXT),))
    command._print(AnswerFinished(TEXT, (block,)), 1, argparse.Namespace(json=as_json, dialect=None))
    told = capsys.readouterr()
    assert "SELECT 1" in told.out
    assert not FORBIDDEN & set(told.out + told.err)
    assert not as_json or json.loads(told.out)["markdown"] == TEXT
