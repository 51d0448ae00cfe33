"""The collector in a real kernel that lacks jupyter_qwen: the answer is right and nothing of it stays behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from jupyter_qwen.schema.collect import kernel_expression
from jupyter_qwen.schema.model import Schema

SETUP = """
import sys
sys.modules["jupyter_qwen"] = None
import duckdb, pandas as pd
con = duckdb.connect()
con.execute("CREATE TABLE orders AS SELECT 1 AS id, 'Rom' AS city")
customers = pd.DataFrame({"name": ["Ann"], "password": ["hunter2"]})
"""
STATE = "(sorted(globals()), sorted(sys.modules), len(In), list(get_ipython().history_manager.get_tail(20, raw=True)))"


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    manager = KernelManager()
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    reply = client.execute_interactive(SETUP, timeout=60, output_hook=lambda _: None)
    assert reply["content"]["status"] == "ok", reply["content"]
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def silently(
    client: BlockingKernelClient,
    expressions: dict[str, str],
    subshell: str | None = None,
    passed: set[str] | None = None,
) -> dict[str, Any]:
    """What the browser does: an empty silent request with user expressions. `passed` collects other requests' replies."""
    content = {
        "code": "",
        "silent": True,
        "store_history": False,
        "user_expressions": expressions,
        "allow_stdin": False,
        "stop_on_error": False,
    }
    message = client.session.msg("execute_request", content)
    if subshell:
        message["header"]["subshell_id"] = subshell
    client.shell_channel.send(message)
    while True:
        reply = client.shell_channel.get_msg(timeout=30)
        if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            return dict(reply["content"])
        if passed is not None:
            passed.add(reply["parent_header"].get("msg_id"))


def schema_in(content: dict[str, Any]) -> Schema:
    assert content["user_expressions"]["schema"]["status"] == "ok", content
    return Schema.from_json(content["user_expressions"]["schema"]["data"]["application/json"])


def test_tables_of_a_kernel_without_the_package_are_found(kernel: BlockingKernelClient) -> None:
    schema = schema_in(silently(kernel, {"schema": kernel_expression("samples")}))
    assert [(table.reference, table.rows) for table in schema.tables] == [
        (("customers",), (("Ann", None),)),
        (("orders",), ((1, "Rom"),)),
    ]


def test_temporary_tables_are_seen_in_a_kernel_with_its_own_threads(kernel: BlockingKernelClient) -> None:
    """The kernel's heartbeat, output and history threads must not be taken for a user's thread."""
    kernel.execute_interactive(
        "con.execute('CREATE TEMP TABLE scratch(i INT)')", timeout=60, output_hook=lambda _: None
    )
    try:
        schema = schema_in(silently(kernel, {"schema": kernel_expression("types")}))
    finally:
        kernel.execute_interactive("con.execute('DROP TABLE scratch')", timeout=60, output_hook=lambda _: None)
    if int(duckdb.__version__.split(".")[0]) >= 2:
        assert schema.table("scratch") is not None


def test_looking_leaves_no_trace(kernel: BlockingKernelClient) -> None:
    silently(
        kernel, {"schema": kernel_expression("samples")}
    )  # what IPython itself imports for JSON output is loaded now
    before = silently(kernel, {"state": STATE})
    silently(kernel, {"schema": kernel_expression("samples")})
    after = silently(kernel, {"state": STATE})
    assert after["user_expressions"]["state"]["data"] == before["user_expressions"]["state"]["data"]
    assert after["execution_count"] == before["execution_count"]


def test_the_first_look_adds_no_module_but_the_standard_library(kernel: BlockingKernelClient) -> None:
    manager = KernelManager()
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive("import sys", timeout=60, output_hook=lambda _: None)
        modules = "[m for m in sys.modules if m.split('.')[0] not in sys.stdlib_module_names]"
        before = silently(client, {"m": modules})["user_expressions"]["m"]["data"]
        schema_in(silently(client, {"schema": kernel_expression("samples")}))
        assert silently(client, {"m": modules})["user_expressions"]["m"]["data"] == before
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_second_look_takes_milliseconds(kernel: BlockingKernelClient) -> None:
    silently(kernel, {"schema": kernel_expression("samples")})
    schema = schema_in(silently(kernel, {"schema": kernel_expression("samples")}))
    assert schema.seconds < 0.5


def test_a_user_variable_that_hides_a_builtin_does_not_matter(kernel: BlockingKernelClient) -> None:
    kernel.execute_interactive("compile, exec = 5, 6", timeout=60, output_hook=lambda _: None)
    try:
        schema_in(silently(kernel, {"schema": kernel_expression("types")}))
    finally:
        kernel.execute_interactive("del compile, exec", timeout=60, output_hook=lambda _: None)


def test_a_busy_kernel_is_looked_into_through_a_subshell(kernel: BlockingKernelClient) -> None:
    request = kernel.session.msg("create_subshell_request")
    kernel.control_channel.send(request)
    reply = kernel.control_channel.get_msg(timeout=30)
    subshell = reply["content"]["subshell_id"]
    running = kernel.execute(
        "import time\nuntil = time.time() + 20\nwhile time.time() < until and not globals().get('stop_now'): time.sleep(0.01)"
    )
    try:
        started = time.monotonic()
        schema = schema_in(silently(kernel, {"schema": kernel_expression("samples")}, subshell))
        assert time.monotonic() - started < 5
        assert {table.name for table in schema.tables} == {"customers", "orders"}
    finally:
        # the cell may end, and its reply arrive, before the reply of the request that ends it
        passed: set[str] = set()
        silently(kernel, {"end": "globals().update(stop_now=True)"}, subshell, passed)
        while (
            running not in passed and kernel.shell_channel.get_msg(timeout=30)["parent_header"].get("msg_id") != running
        ):
            continue
        kernel.control_channel.send(kernel.session.msg("delete_subshell_request", {"subshell_id": subshell}))
        kernel.control_channel.get_msg(timeout=30)


def test_an_error_inside_the_collector_comes_back_as_a_note(kernel: BlockingKernelClient) -> None:
    spoil = "get_ipython().__dict__['_jupyter_qwen_collector'].update(collect=None)"
    kernel.execute_interactive(spoil, timeout=60, output_hook=lambda _: None)
    try:
        schema = schema_in(silently(kernel, {"schema": kernel_expression("samples")}))
    finally:
        kernel.execute_interactive(
            "get_ipython().__dict__['_jupyter_qwen_collector'].clear()", timeout=60, output_hook=lambda _: None
        )
    assert schema.tables == ()
    assert "could not be read: TypeError" in schema.notes[0]
