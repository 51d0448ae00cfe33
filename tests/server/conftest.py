"""A real Jupyter server with the extension and the scripted engine, authentication on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_qwen.schema.model import Column, Connection, Schema, Table

SCRIPT = Path(__file__).parent.parent / "fixtures" / "script.json"

ORDERS = Table(
    ("orders",),
    "table",
    (Column("order_id", "INTEGER"), Column("order_date", "DATE"), Column("total", "DECIMAL(10,2)")),
    connection="con",
    rows=((1, "2024-01-02", "10.00"), (2, "2024-02-03", "20.50")),
    rows_complete=True,
)
SCHEMA = Schema(tables=(ORDERS,), connections=(Connection("con", "shop.duckdb"),))


@pytest.fixture
def jp_server_config(tmp_path: Path) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"jupyter_qwen": True}},
        "QwenExtension": {
            "engine": "scripted",
            "script": str(SCRIPT),
            "threads_folder": str(tmp_path / "threads"),
            "choice_seconds": 2.0,
        },
    }


@pytest.fixture(autouse=True)
def own_user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what the user of this machine was teaching."""
    monkeypatch.setattr("jupyter_qwen.knowledge.files.user_config_path", lambda name: tmp_path / "config")


@pytest.fixture
def question() -> Callable[..., dict[str, Any]]:
    def build(text: str, **fields: Any) -> dict[str, Any]:
        return {
            "question": text,
            "mode": "sql",
            "thread": "demo.ipynb",
            "language": "python",
            "cells": [{"id": "c1", "type": "code", "source": 'con = duckdb.connect("shop.duckdb")'}],
            "active_cell": "c1",
            "schema": SCHEMA.to_json(),
            **fields,
        }

    return build


@pytest.fixture
def api(jp_fetch: Any) -> Callable[..., Any]:
    """A route of ours: a body is posted (a text as it stands), else it is read; gives the JSON of the answer."""

    async def call(route: str, body: Any = None, *, method: str | None = None, **query: str) -> Any:
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        response = await jp_fetch(
            "jupyter-qwen", *route.strip("/").split("/"), method=method or ("GET" if data is None else "POST"),
            body=data, params=query, request_timeout=120,
        )  # fmt: skip
        return json.loads(response.body or b"null")

    return call


@pytest.fixture
def refusal() -> Callable[..., Any]:
    """The status and the JSON with which a call of `api` is refused."""

    async def refused(call: Awaitable[Any]) -> tuple[int, dict[str, Any]]:
        with pytest.raises(HTTPClientError) as caught:
            await call
        return caught.value.code, json.loads(caught.value.response.body)

    return refused


@pytest.fixture
def qwen(jp_serverapp: Any) -> Any:
    """The extension in the test's server."""
    return next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_qwen"]))


@pytest.fixture
def loaded(api: Callable[..., Any]) -> Callable[..., Any]:
    """Loads the engine and waits until it is ready; gives that status."""

    async def load() -> Any:
        await api("engine/load", {})
        while (status := await api("status"))["state"] != "ready":
            pass
        return status

    return load


@pytest.fixture
def ask_events(jp_fetch: Any) -> Callable[..., Any]:
    """POST and read the NDJSON stream to its end."""

    async def post(route: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        response = await jp_fetch("jupyter-qwen", route, method="POST", body=json.dumps(body), request_timeout=60)
        return [json.loads(line) for line in response.body.decode().splitlines()]

    return post


@pytest.fixture(autouse=True)
def stop_child(qwen: Any, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Ends the engine's child with the test's server, as stopping a server does."""
    yield
    jp_asyncio_loop.run_until_complete(qwen.stop_extension())
