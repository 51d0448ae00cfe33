"""The magic goes by the settings of JupyterLab's editor, as panel and completion do."""

from __future__ import annotations

from typing import Any

from fake_server import FakeServer, answer_events


def _ask(shell: Any) -> None:
    shell.run_cell("import duckdb\ncon = duckdb.connect()", store_history=True)
    shell.run_cell("%%qwen sql\nhow many?", store_history=True)


def test_privacy_and_cells_are_those_of_the_settings_editor(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    server.routes["settings"] = {"settings": {"privacy": "names", "sendCells": False}}
    _ask(shell)
    assert (server.asked()["privacy"], server.asked()["cells"]) == ("names", [])


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
