"""The magic goes by the settings of JupyterLab's editor, as panel and completion do."""

from __future__ import annotations

from typing import Any

import pytest
from fake_server import FakeServer, answer_events

from jupyter_qwen.kernel import asking
from jupyter_qwen.kernel.state import AnswerState


def _ask(shell: Any) -> None:
    shell.run_cell("import duckdb\ncon = duckdb.connect()", store_history=True)
    shell.run_cell("%%qwen sql\nhow many?", store_history=True)


def test_privacy_and_cells_are_those_of_the_settings_editor(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    server.routes["settings"] = {"settings": {"privacy": "names", "sendCells": False}}
    _ask(shell)
    assert (server.asked()["privacy"], server.asked()["cells"]) == ("names", [])


def test_of_many_cells_the_last_go_along(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    server.routes["settings"] = {"settings": {"maxCells": 1}}
    _ask(shell)
    assert [cell["id"] for cell in server.asked()["cells"]] == [server.asked()["active_cell"]]


def test_the_magics_own_setting_goes_first(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    server.routes["settings"] = {"settings": {"privacy": "names"}}
    shell.run_line_magic("config", "QwenMagics.privacy = 'types'")
    _ask(shell)
    assert server.asked()["privacy"] == "types"
    assert len(server.asked()["cells"]) > 1


def test_auto_and_a_server_without_settings_leave_it_to_where_the_server_is(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    _ask(shell)
    assert server.asked()["privacy"] == "samples"
    server.routes["settings"] = {"settings": {"privacy": "auto"}}
    _ask(shell)
    assert server.asked()["privacy"] == "samples"


class Kept:
    """A view that keeps the state it is shown."""

    def __init__(self) -> None:
        self.state = AnswerState()

    def update(self, state: AnswerState) -> None:
        self.state = state

    def finish(self, state: AnswerState) -> None:
        self.state = state


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    view = Kept()
    monkeypatch.setattr(asking, "view_for", lambda shell, form: view)
    return view


def test_cells_made_by_the_buttons_tell_where_they_come_from(shell: Any, server: FakeServer, kept: Kept) -> None:
    server.events = answer_events("SELECT 1")
    _ask(shell)
    model = "Qwen2.5-Coder-1.5B-Instruct"
    assert kept.state.origin(kept.state.blocks[0]) == {"model": model, "question": "how many?", "verdict": "bound"}


def test_the_setting_that_leaves_metadata_out_of_cells_leaves_it_out_of_the_buttons(
    shell: Any, server: FakeServer, kept: Kept
) -> None:
    server.events = answer_events("SELECT 1")
    server.routes["settings"] = {"settings": {"cellMetadata": False}}
    _ask(shell)
    assert kept.state.origin(kept.state.blocks[0]) is None


def test_a_value_that_a_question_brings_along_is_in_no_metadata(shell: Any, server: FakeServer, kept: Kept) -> None:
    server.events = answer_events("x = 1", language="python", verdict=None)
    number = shell.execution_count
    shell.run_cell("'a ' + 'value'", store_history=True)
    shell.run_cell(f"%qwen fix Out[{number}] to be shorter", store_history=True)
    assert "'a value'" in server.asked()["question"]
    assert kept.state.question == f"Out[{number}] to be shorter"
