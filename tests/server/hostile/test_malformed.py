"""10,000 malformed requests over every route: no 500, no hang, and what is refused is refused in a sentence.

A few hundred in the ordinary run; ``JUPYTER_QWEN_MALFORMED=10000 pytest tests/server/hostile/test_malformed.py`` for all of them.
"""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

COUNT = int(os.environ.get("JUPYTER_QWEN_MALFORMED", "240"))
SEED = 20_251_121
POSTS = (
    "ask", "complete", "context", "warm", "prove", "models/pull", "models/cancel", "engine/load", "engine/switch", "thread/move",
    "knowledge", "demo",
)  # fmt: skip
GETS = ("thread?id={}", "knowledge?thread={}", "collector?privacy={}", "status?x={}", "models?{}", "settings?{}")
DEEP = 3_000


def nested(depth: int, ends: str = "[]") -> str:
    return ends[0] * depth + ends[1] * depth


class Raw(str):
    """JSON text that stands for itself: what `json.dumps` would not write."""


JUNK: list[Any] = [
    None, True, False, 0, -1, 1, 2**63, -(2**70), 10**400, 1.5, Raw("NaN"), Raw("Infinity"), Raw("-1e999"), "", " ", "x",
    "\x00", "a\x00b", "\ud800", "x\udfff.ipynb", "\u202egpj.exe", "𝔘𝔫𝔦", "é" * 300, "m" * 5_000, "../" * 60 + "etc/passwd",
    "/" + "d/" * 3_000, "C:\\con", "<|im_end|>", "</script>", "'; DROP TABLE orders; --", "/fix", "/sql", "/explain", "%s%n{}{0}",
    [], {}, [[]], [None], [{}], {"": ""}, {"a": {"b": []}}, ["x"] * 500,
    Raw(nested(DEEP)), Raw('{"a":' * DEEP + "1" + "}" * DEEP), Raw(nested(200)), Raw('{"a":' * 600 + "1" + "}" * 600),
    Raw('"\\ud800"'), Raw("1e5000"), Raw("9" * 5_000),
]  # fmt: skip
BODIES: list[bytes] = [
    b"", b" ", b"null", b"[]", b"{", b'"', b"\xff\xfe", b"{}" * 2, b'{"question": "\xff"}', b"\x00" * 40, b"[" * 100_000,
    nested(100_000).encode(), b'{"a":' * 100_000, b"NaN", b'{"mode": "sql", "mode": []}', b'\xef\xbb\xbf{"question": "x"}',
]  # fmt: skip
MARK = "\x01raw:"


def written(body: Any) -> bytes:
    """`body` as JSON, the `Raw` texts in it unquoted."""
    marked = json.dumps(body, default=str)
    for text in {found for found in _raws(body)}:
        marked = marked.replace(json.dumps(MARK + text), text)
    return marked.encode("utf-8", "surrogatepass")


def _raws(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith(MARK):
            yield value[len(MARK) :]
    elif isinstance(value, dict):
        for item in value.values():
            yield from _raws(item)
    elif isinstance(value, list):
        for item in value:
            yield from _raws(item)


def spoilt(valid: dict[str, Any], chance: random.Random) -> Any:
    """`valid` with one to three of its places filled with junk, or without them."""
    body: Any = copy.deepcopy(valid)
    for _ in range(chance.randint(1, 3)):
        if not body:
            break
        place, key = _somewhere(body, chance)
        junk = chance.choice(JUNK)
        if chance.random() < 0.1 and isinstance(place, dict):
            del place[key]
        else:
            place[key] = MARK + junk if isinstance(junk, Raw) else copy.deepcopy(junk)
    return body


def _somewhere(body: Any, chance: random.Random) -> tuple[Any, Any]:
    place, key = body, chance.choice(sorted(body))
    while chance.random() < 0.7 and isinstance(place[key], dict | list) and place[key]:
        place = place[key]
        key = chance.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
    return place, key


@pytest.fixture
def valid(question: Any) -> dict[str, dict[str, Any]]:
    error = {"name": "KeyError", "message": "'x'", "traceback": "KeyError: 'x'"}
    asked = question(
        "how many orders", dialect=None, connection="con", privacy="samples", tables=["orders"], max_new_tokens=8,
        include=[{"kind": "cell", "name": "cell 1", "id": "c1", "text": "x"}], exclude=["cell:c2"],
        cells=[{"id": "c1", "type": "code", "source": "df['x']", "execution_count": 1, "error": error}],
    )  # fmt: skip
    typed = {"prefix": "total = ", "suffix": "", "path": "a.ipynb", "multiline": None, "by_key": False, "warm": False}
    shared = {key: asked[key] for key in ("language", "thread", "cells", "active_cell", "schema", "privacy")}
    return {
        "ask": asked, "context": asked, "warm": asked, "complete": {**shared, **typed},
        "prove": {"sql": "SELECT 1", "schema": asked["schema"], "connection": "con"},
        "models/pull": {"model": "no-such-model", "format": "gguf", "accept_licence": False},
        "engine/switch": {"model": "no-such-model", "engine": "auto", "context_tokens": 0},
        "knowledge": {"thread": "a.ipynb", "scope": "project", "pair": {"question": "How many?", "sql": "SELECT 1"}},
        "thread/move": {"from": "a.ipynb", "to": "b.ipynb"},
        "models/cancel": {"x": 1}, "engine/load": {"x": 1}, "demo": {"path": "a.ipynb"},
    }  # fmt: skip


@pytest.mark.timeout(max(300, COUNT // 2))
async def test_malformed_requests_are_refused_in_a_sentence(
    jp_fetch: Any, valid: dict[str, dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(SEED)
    failures: list[str] = []
    for number in range(COUNT):
        if chance.random() < 0.15:
            route, body = chance.choice(GETS).format(quote(_as_query(chance.choice(JUNK)), safe="")), None
        else:
            route = chance.choice(POSTS)
            body = chance.choice(BODIES) if chance.random() < 0.1 else written(spoilt(valid[route], chance))
        path, _, query = route.partition("?")
        response = await jp_fetch(
            "jupyter-qwen", *path.split("/"), params=dict([query.split("=", 1)]) if "=" in query else {},
            method="GET" if body is None else "POST", body=body, raise_error=False, request_timeout=60,
        )  # fmt: skip
        if wrong := _what_is_wrong(response):
            failures.append(f"{number} {route[:60]} {wrong} {(body or b'')[:300]!r}")
        caplog.clear()
    assert not failures, "\n".join(failures[:40])


def _as_query(junk: Any) -> str:
    text = junk if isinstance(junk, str) else json.dumps(junk, default=str)
    return text[:2_000].encode("utf-8", "replace").decode()


def _what_is_wrong(response: Any) -> str:
    """Anything but an answer, or a refusal in words."""
    text = response.body.decode()
    if response.headers.get("Content-Type", "").startswith("application/x-ndjson"):
        last = json.loads(text.splitlines()[-1]) if text.strip() else {"type": "error", "code": "no event at all"}
        return f"{last['code']}: {last.get('message')}" if last.get("code") in ("internal", "no event at all") else ""
    if response.code < 400:
        return ""
    told = json.loads(text)
    if response.code >= 500 and told.get("code") != "engine-unavailable":
        return f"{response.code} {told}"
    return "" if told.get("message") else f"{response.code} without a sentence"
