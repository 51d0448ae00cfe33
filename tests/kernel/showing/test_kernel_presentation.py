"""What is shown and what is saved: readable text, and never a tag of the model's own."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from fake_server import answer_events

from jupyter_qwen.kernel.showing.display import TerminalView
from jupyter_qwen.kernel.showing.presentation import as_html, markdown, mimebundle, plain
from jupyter_qwen.kernel.state import AnswerState, status_line


def state_of(*events: dict[str, Any]) -> AnswerState:
    state = AnswerState()
    for event in events:
        state.apply(event)
    return state


HOSTILE = [
    'con.sql("""\nSELECT \'<b>"\' AS x\n""").df()',
    "\"' onclick=alert(1) data-commandlinker-command='application:close",
    "</button><script>alert(1)</script>",
    "&quot; &#34; &amp;quot;",
    "zero \x00 return \r tab \t separator \u2028 end",
    "<|im_end|> 😀 \ud800 " + "x" * 300,
]


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
def test_every_button_carries_its_text_exactly_and_nothing_else(source: str) -> None:
    page = as_html(state_of(*answer_events(source, cell=source, language='sql"><b>', kind="query")))
    seen = Buttons()
    seen.feed(page)
    known = {"run": True, "verdict": "bound", "needs_consent": False}
    assert [(command, arguments) for command, arguments in seen.buttons] == [
        ("jupyter_qwen:insert-cell", {"source": source, "type": "code"}),
        ("jupyter_qwen:insert-cell", {"source": source, "type": "code", **known}),
        ("jupyter_qwen:copy-code", {"source": source}),
        ("jupyter_qwen:explain-code", {"source": source, "language": 'sql"><b>'}),
    ]
    assert seen.tags <= {"div", "p", "pre", "code", "button", "ul", "li", "h1", "br", "em", "strong"}
    assert seen.attributes <= {
        "class", "style", "hidden", "role", "title", "data-commandlinker-command", "data-commandlinker-args",
    }  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE, ids=range(len(HOSTILE)))
def test_the_buttons_that_insert_bring_the_metadata_of_the_cell(question: str) -> None:
    state = state_of(*answer_events("SELECT 1"))
    state.question = question
    seen = Buttons()
    seen.feed(as_html(state))
    origin = {"model": "Qwen2.5-Coder-1.5B-Instruct", "question": question, "verdict": "bound"}
    assert [arguments.get("origin") for _, arguments in seen.buttons] == [origin, origin, None, None]


class Buttons(HTMLParser):
    """What a browser sees: tags, attributes, and each button with the arguments of its command."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.buttons: list[tuple[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(found)
        if tag == "button":
            command = found["data-commandlinker-command"] or ""
            self.buttons.append((command, json.loads(found["data-commandlinker-args"] or "")))


def labels(page: str) -> list[str]:
    return re.findall(r"<button[^>]*>([^<]*)</button>", page)


def test_a_block_that_is_no_cell_of_this_notebook_can_be_copied_and_explained() -> None:
    page = as_html(state_of(no_cell()))
    assert labels(page) == ["Copy", "Explain"]


def no_cell() -> dict[str, Any]:
    answer = answer_events("SELECT 1", verdict="unchecked")[-1]
    return {**answer, "blocks": [{**block, "cell": None} for block in answer["blocks"]]}


def test_a_markdown_cell_is_not_offered_to_be_run() -> None:
    events = answer_events("text", verdict=None, language="markdown")
    events[-1]["blocks"][0]["cell"]["type"] = "markdown"
    assert labels(as_html(state_of(*events))) == ["Insert", "Copy", "Explain"]


def test_each_of_several_blocks_has_its_own_row() -> None:
    answer = answer_events("SELECT 1")[-1]
    page = as_html(state_of({**answer, "blocks": answer["blocks"] * 2}))
    assert "Block 1" in page
    assert "Block 2" in page
    assert labels(page) == ["Insert", "Run", "Copy", "Explain"] * 2


def test_buttons_are_hidden_where_no_style_sheet_of_ours_shows_them() -> None:
    page = as_html(state_of(*answer_events("SELECT 1")))
    assert page.count("<button") == 4
    assert re.search(r'<div class="jp-Qwen-actions" hidden>(<button[^>]*>\w+</button>){4}</div>', page)


def test_the_progress_line_tells_phase_tokens_and_seconds() -> None:
    events = answer_events("SELECT 1")
    state = state_of(*events[:3])
    state.seconds = 2.34
    assert plain(state) == "reading the question · 300 tokens · 2.3 s …"
    state.apply(events[3])
    assert plain(state).endswith("writing · 300 + 1 tokens · 2.3 s …")
    state.stopped = True
    assert plain(state).endswith("stopped · 300 + 1 tokens · 2.3 s")


def test_a_streaming_answer_offers_no_button_yet() -> None:
    assert "button" not in as_html(state_of(*answer_events("SELECT 1")[:-1]))


def test_the_final_text_replaces_what_was_streamed() -> None:
    events = answer_events("SELECT b")
    state = state_of({"type": "delta", "text": "SELECT a"}, events[-1])
    for form in mimebundle(state).values():
        assert "SELECT a" not in form
        assert "SELECT b" in form


def test_a_rejection_shows_duckdbs_own_words() -> None:
    diagnostics = [
        {
            "code": "binder-error",
            "severity": "error",
            "message": 'Binder Error:\n"x" not found',
            "hint": "Did you mean y?",
        }
    ]
    state = state_of(*answer_events("SELECT x", verdict="rejected", diagnostics=diagnostics))
    for form in (plain(state), markdown(state), html.unescape(as_html(state))):
        assert 'error: Binder Error: "x" not found (Did you mean y?)' in form


def test_a_repair_says_whether_the_model_made_it() -> None:
    repairs = [{"name": "model", "reason": "no b", "round": 2}, {"name": "move", "reason": "b is in t", "round": 0}]
    shown = plain(state_of(*answer_events("SELECT b", repairs=repairs)))
    assert "repaired in round 2 of the model: no b" in shown
    assert "repaired: b is in t" in shown


def test_hostile_diagnostics_are_escaped() -> None:
    diagnostics = [{"code": "c", "severity": "error", "message": "<script>alert(1)</script>"}]
    assert "<script>" not in as_html(state_of(*answer_events("x", verdict="rejected", diagnostics=diagnostics)))


def test_unknown_events_are_ignored() -> None:
    assert state_of({"type": "from-the-future", "x": 1}) == AnswerState()


def test_a_download_is_told_in_one_line() -> None:
    progress = {"done_bytes": 250_000_000, "total_bytes": 1_000_000_000, "seconds_left": 75.2}
    line = status_line({"state": "downloading", "message": "Downloading the model.", "progress": progress})
    assert line == "Downloading the model · 25 % of 1,000 MB · 75 s left"


def test_a_terminal_gets_each_piece_once(capsys: pytest.CaptureFixture[str]) -> None:
    view, state = TerminalView(), AnswerState()
    for event in answer_events("SELECT 1"):
        state.apply(event)
        view.update(state)
    view.finish(state)
    printed = capsys.readouterr().out
    assert printed.count("SELECT 1") == 1
    assert printed.index("reading the question") < printed.index("Here it is") < printed.index("✔ bound")


def test_reading_a_long_prompt_moves_the_progress_line() -> None:
    state = AnswerState()
    state.apply({"type": "phase", "phase": "prefill", "done_tokens": 372, "total_tokens": 2000})
    assert state.progress == "reading the question (18 %)"
    state.apply({"type": "phase", "phase": "prefill"})
    assert state.progress == "reading the question"
