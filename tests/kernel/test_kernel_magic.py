"""``%%qwen`` in a shell, against a server that replays events of the contract."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pandas as pd
import pytest
from fake_server import FakeServer, answer_events


def run(shell: Any, cell: str) -> Any:
    return shell.run_cell(cell, store_history=True)


def test_the_question_goes_out_with_tables_cells_and_thread(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    shell.user_ns["orders"] = pd.DataFrame({"total": [1.5]})
    run(shell, "x = 1")
    assert run(shell, "%%qwen sql\nrevenue per month").success
    asked = server.asked()
    assert (asked["question"], asked["mode"], asked["thread"]) == ("revenue per month", "sql", "sub/analysis.ipynb")
    assert [table["reference"] for table in asked["schema"]["tables"]] == [["orders"]]
    assert [cell["source"] for cell in asked["cells"]] == ["x = 1", "%%qwen sql\nrevenue per month"]
    assert asked["cells"][-1]["id"] == asked["active_cell"]


def test_a_proved_query_becomes_the_next_cell(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.events = answer_events("SELECT 1", cell='con.sql("SELECT 1").df()')
    run(shell, "%%qwen sql\nq")
    assert shell.rl_next_input == 'con.sql("SELECT 1").df()'
    printed = capsys.readouterr().out
    assert "SELECT 1" in printed
    assert "✔ bound" in printed


@pytest.mark.parametrize(
    "block", [{"verdict": "rejected"}, {"verdict": "unchecked"}, {"needs_consent": True, "kind": "delete"}], ids=str
)
def test_what_is_not_a_proved_read_is_not_placed(shell: Any, server: FakeServer, block: dict[str, Any]) -> None:
    server.events = answer_events("DELETE FROM t", **block)
    run(shell, "%%qwen sql\nq")
    assert shell.rl_next_input is None


def test_insert_none_places_nothing_and_replace_asks_for_it(shell: Any, server: FakeServer, monkeypatch: Any) -> None:
    calls: list[tuple[str, bool]] = []
    monkeypatch.setattr(type(shell), "set_next_input", lambda self, text, replace=False: calls.append((text, replace)))
    server.events = answer_events("SELECT 1")
    run(shell, "%%qwen sql --insert none\nq")
    assert calls == []
    run(shell, "%%qwen sql --insert replace\nq")
    assert calls == [("SELECT 1", True)]


def test_out_keeps_the_result_as_a_dataframe(shell: Any, server: FakeServer) -> None:
    shell.user_ns["con"] = con = duckdb.connect()
    con.execute("CREATE TABLE t AS SELECT 42 AS a")
    server.events = answer_events("SELECT a FROM t", cell='con.sql("""\nSELECT a FROM t\n""")')
    result = run(shell, "%%qwen sql --out best\nq")
    assert result.success
    assert shell.user_ns["best"].to_dict("list") == {"a": [42]}
    assert shell.rl_next_input is None


def test_out_works_on_a_cell_that_already_assigns(shell: Any, server: FakeServer) -> None:
    shell.user_ns["con"] = duckdb.connect()
    server.events = answer_events("SELECT 1 AS a", cell='# from the assistant\nresult = con.sql("SELECT 1 AS a").df()')
    assert run(shell, "%%qwen sql --out best\nq").success
    assert shell.user_ns["best"].to_dict("list") == {"a": [1]}


def test_run_does_not_run_a_rejected_query(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.events = answer_events("SELECT nope", cell="ran = True", verdict="rejected")
    assert not run(shell, "%%qwen sql --run\nq").success
    assert "ran" not in shell.user_ns
    assert "DuckDB rejects the query" in capsys.readouterr().err


@pytest.mark.parametrize(("reply", "ran"), [("n", False), ("y", True)])
def test_run_asks_before_anything_that_writes(
    shell: Any, server: FakeServer, monkeypatch: Any, reply: str, ran: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda prompt="": asked.append(prompt) or reply)
    server.events = answer_events("DELETE FROM t", cell="ran = True", kind="delete", needs_consent=True)
    run(shell, "%%qwen sql --run\nq")
    assert "delete" in asked[0]
    assert ("ran" in shell.user_ns) is ran


def test_generated_python_is_not_run_without_a_question(shell: Any, server: FakeServer, monkeypatch: Any) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt="": "n")
    server.events = answer_events("ran = True", language="python", verdict=None)
    run(shell, "%%qwen python --run\nq")
    assert "ran" not in shell.user_ns


def test_expressions_in_braces_are_filled_in(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    shell.user_ns.update(year=2024, names=["Ann", "Bob"])
    run(shell, "%%qwen sql\nrevenue in {year + 1} of {names[0]}, in $")
    assert server.asked()["question"] == "revenue in 2025 of Ann, in $"


def test_braces_that_are_no_expression_stay(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    run(shell, "%%qwen sql\nrows where meta = {unknown_name}")
    assert server.asked()["question"] == "rows where meta = {unknown_name}"


def test_code_to_explain_keeps_its_braces(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    shell.user_ns["x"] = 1
    run(shell, "%%qwen explain\nprint(f'{x}')")
    asked = server.asked()
    assert asked["question"] == "Explain this code."
    assert asked["cells"][-1] == {"id": asked["active_cell"], "type": "code", "source": "print(f'{x}')"}


def test_fix_takes_the_last_error_and_its_cell(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("1 / 1", language="python", verdict=None)
    run(shell, "1 / 0")
    run(shell, "y = 2")
    run(shell, "%qwen fix")
    asked = server.asked()
    assert (asked["mode"], asked["question"]) == ("fix", "Fix this error: ZeroDivisionError: division by zero")
    failed = next(cell for cell in asked["cells"] if cell["id"] == asked["active_cell"])
    assert failed["source"] == "1 / 0"
    assert failed["error"]["name"] == "ZeroDivisionError"
    assert "\x1b" not in failed["error"]["traceback"]
    assert "interactiveshell.py" not in failed["error"]["traceback"]


def test_generated_code_that_failed_can_be_fixed(shell: Any, server: FakeServer, monkeypatch: Any) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt="": "y")
    server.events = answer_events("undefined_name + 1", language="python", verdict=None)
    assert not run(shell, "%%qwen python --run\nq").success
    run(shell, "%qwen fix")
    asked = server.asked()
    assert asked["question"] == "Fix this error: NameError: name 'undefined_name' is not defined"
    assert asked["cells"][-1]["source"] == "undefined_name + 1"


def test_only_the_named_tables_are_sent(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    shell.user_ns.update(
        orders=pd.DataFrame({"a": [1]}), customers=pd.DataFrame({"a": [1]}), other=pd.DataFrame({"a": [1]})
    )
    run(shell, "%%qwen sql --tables Customers,orders\nq")
    assert [table["reference"] for table in server.asked()["schema"]["tables"]] == [["customers"], ["orders"]]


def test_options_reach_the_request(shell: Any, server: FakeServer) -> None:
    server.events = answer_events("SELECT 1")
    shell.user_ns["con"] = duckdb.connect()
    run(shell, "%%qwen sql --dialect bigquery --max-tokens 50 --connection con\nq")
    asked = server.asked()
    assert (asked["dialect"], asked["max_new_tokens"], asked["connection"]) == ("bigquery", 50, "con")


def test_dry_shows_what_the_model_would_see(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.routes["context"] = {"parts": [{"label": "schema", "text": "t(a)", "tokens": 4}], "prompt_tokens": 44}
    run(shell, "%%qwen sql --dry\nq")
    assert "schema · 4 tokens" in capsys.readouterr().out
    assert [request["route"] for request in server.told] == ["context"]


def test_format_code_prints_the_code_alone(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.events = answer_events("SELECT 1")
    run(shell, "%%qwen sql --format code\nq")
    assert capsys.readouterr().out == "SELECT 1\n"


def test_format_json_prints_the_answer_event(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.events = answer_events("SELECT 1")
    run(shell, "%%qwen sql --format json\nq")
    assert json.loads(capsys.readouterr().out)["blocks"][0]["verdict"] == "bound"


def test_a_query_for_another_database_is_printed_and_not_placed(shell: Any, server: FakeServer, capsys: Any) -> None:
    server.events = translated()
    assert run(shell, "%%qwen sql --dialect bigquery --insert next\nq").success
    assert shell.rl_next_input is None
    printed = capsys.readouterr().out
    assert "SELECT 1 AS n" in printed
    assert "◌ unchecked: written for another database" in printed
    run(shell, "%%qwen sql --dialect bigquery --format code\nq")
    assert capsys.readouterr().out == "SELECT 1 AS n\n"


@pytest.mark.parametrize("option", ["--run", "--out best"])
def test_a_query_for_another_database_is_not_run(shell: Any, server: FakeServer, capsys: Any, option: str) -> None:
    server.events = translated()
    assert not run(shell, f"%%qwen sql --dialect bigquery {option}\nq").success
    assert "bigquery cannot run here" in capsys.readouterr().err
    assert server.requests == []


def translated() -> list[dict[str, Any]]:
    """An answer in another dialect, as the server gives it: it has no cell."""
    events = answer_events("SELECT 1 AS n", verdict="unchecked")
    for block in (events[-2]["block"], *events[-1]["blocks"]):
        block["cell"] = None
    return events


def test_a_repaired_query_is_printed_again(shell: Any, server: FakeServer, capsys: Any) -> None:
    events = answer_events(
        "SELECT b FROM t", repairs=[{"name": "move", "reason": "b is in t", "before": "", "after": ""}]
    )
    events[3] = {"type": "delta", "text": "```sql\nSELECT a FROM t\n```"}
    server.events = [*events[:4], events[-1]]
    run(shell, "%%qwen sql\nq")
    printed = capsys.readouterr().out
    assert printed.count("Repaired:") == 1
    assert printed.count("```") == 4
    assert "SELECT b FROM t" in printed
    assert "repaired: b is in t" in printed


def test_commands_answer_without_a_question(shell: Any, server: FakeServer, capsys: Any) -> None:
    run(shell, "%qwen status")
    assert "ready: Qwen2.5-Coder-1.5B-Instruct on CPU" in capsys.readouterr().out
    run(shell, "%qwen help")
    assert "%qwen tables" in capsys.readouterr().out
    shell.user_ns["orders"] = pd.DataFrame({"total": [1.5]})
    run(shell, "%qwen tables")
    assert "orders  (dataframe of pandas, 1 rows): total DOUBLE" in capsys.readouterr().out


def test_reset_forgets_this_notebooks_thread(shell: Any, server: FakeServer) -> None:
    server.routes["thread"] = {}
    run(shell, "%qwen reset")
    assert server.requests[-1] == {"method": "DELETE", "route": "thread?id=sub%2Fanalysis.ipynb", "body": None}


def test_types_only_go_to_a_server_on_another_machine(shell: Any, server: FakeServer, monkeypatch: Any) -> None:
    monkeypatch.setattr("jupyter_qwen.kernel.discovery.LOOPBACK", ())
    server.events = answer_events("SELECT 1")
    shell.user_ns["df"] = pd.DataFrame({"a": ["private"]})
    run(shell, "%%qwen sql\nq")
    assert "private" not in json.dumps(server.asked()["schema"])


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_options_are_completed(shell: Any) -> None:
    assert "--tables" in shell.complete("--ta", "%%qwen sql --ta", 15)[1]
    assert "replace" in shell.complete("re", "%%qwen sql --insert re", 22)[1]


def test_tables_and_models_are_completed(shell: Any, server: FakeServer) -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE orders(a INT)")
    shell.user_ns |= {"con": con, "customers": pd.DataFrame({"total": [1.5]})}
    line = "%%qwen sql --tables orders,cus"
    assert "orders,customers" in shell.complete("orders,cus", line, len(line))[1]
    line = "%%qwen sql --tables or"
    assert "orders" in shell.complete("or", line, len(line))[1]
    assert not server.requests, "Tab asks nobody before the first question"
    server.routes["models"] = {"models": [{"id": "qwen2.5-coder-7b-instruct"}]}
    run(shell, "%qwen status")
    line = "%qwen model qw"
    assert "qwen2.5-coder-7b-instruct" in shell.complete("qw", line, len(line))[1]


def test_unloading_removes_both_magics_and_the_listener(shell: Any) -> None:
    before = len(shell.events.callbacks["post_run_cell"])
    shell.run_line_magic("unload_ext", "jupyter_qwen")
    assert shell.find_cell_magic("qwen") is None
    assert len(shell.events.callbacks["post_run_cell"]) == before - 1
    shell.run_line_magic("load_ext", "jupyter_qwen")
