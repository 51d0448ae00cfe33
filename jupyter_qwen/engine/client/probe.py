"""Finding out what an unknown endpoint is and can do, with requests that cost it nothing."""

from __future__ import annotations

from typing import Any

import httpx

from jupyter_qwen.engine.base import Capabilities, EngineRefused, EngineUnavailable
from jupyter_qwen.engine.client.flavours import Dialect, Flavour

PROBE_TIMEOUT_SECONDS = 8.0


async def probe(client: httpx.AsyncClient, root: str, *, model: str | None = None) -> Dialect:
    """Ask the endpoint at `root` for its models, then for what it can do.

    Raises EngineUnavailable when it does not answer and EngineRefused when it refuses the key or lacks the model.
    """
    try:
        listing = await client.get(f"{root}/v1/models", timeout=PROBE_TIMEOUT_SECONDS)
    except httpx.TransportError as error:
        raise EngineUnavailable(
            f"No engine answers at {_shown(root)}.", "Check that it runs and that its address is right."
        ) from error
    if listing.status_code in (401, 403):
        raise EngineRefused("The engine refused the key.", "Check the key in the settings of the openai engine.")
    if listing.status_code == 503:
        raise EngineUnavailable("The engine is still loading its model.", "Try again in a moment.")
    row = _choose(_models(listing), model, root)
    meta = row.get("meta") or {}
    flavour = _flavour(listing, row)
    slots, context = 0, row.get("max_model_len") or meta.get("n_ctx") or row.get("context_length")
    if flavour in ("llama.cpp", "jupyter_qwen"):
        answer = await client.get(f"{root}/slots", timeout=PROBE_TIMEOUT_SECONDS)
        if answer.status_code == 200 and (rows := answer.json()):
            slots, context = len(rows), rows[0].get("n_ctx") or context
    raw = await _has(client, f"{root}/v1/completions")
    return Dialect(
        flavour=flavour,
        model=row.get("id"),
        context_tokens=int(context) if context else None,
        slots=slots,
        capabilities=Capabilities(
            raw_completions=raw,
            tokenize=flavour != "plain" and await _has(client, f"{root}/tokenize"),
            grammar=flavour in ("llama.cpp", "vllm"),
        ),
    )


def _models(listing: httpx.Response) -> list[dict[str, Any]]:
    if listing.status_code != 200:
        return []
    try:
        data = listing.json().get("data")
    except (ValueError, AttributeError):
        return []
    return [row for row in data or () if isinstance(row, dict) and isinstance(row.get("id"), str)]


def _choose(rows: list[dict[str, Any]], model: str | None, root: str) -> dict[str, Any]:
    """The row of the model asked for; a listing may be missing altogether, then the name is taken on trust."""
    if model is None:
        if not rows:
            raise EngineRefused(
                f"{_shown(root)} lists no models.", "Name the model in the settings of the openai engine."
            )
        return rows[0]
    for row in rows:
        if row["id"] == model:
            return row
    if rows:
        names = ", ".join(row["id"] for row in rows[:6])
        raise EngineRefused(f'{_shown(root)} has no model "{model}".', f"It has: {names}.")
    return {"id": model}


def _flavour(listing: httpx.Response, row: dict[str, Any]) -> Flavour:
    if listing.headers.get("server") == "llama.cpp" or row.get("owned_by") == "llamacpp":
        return "llama.cpp"
    known: dict[str, Flavour] = {"jupyter_qwen": "jupyter_qwen", "vllm": "vllm"}
    return known.get(str(row.get("owned_by")), "plain")


async def _has(client: httpx.AsyncClient, url: str) -> bool:
    """Whether a POST route exists: an empty request is refused for its content, not for its address."""
    try:
        response = await client.post(url, json={}, timeout=PROBE_TIMEOUT_SECONDS)
    except httpx.TransportError:
        return False
    return response.status_code not in (404, 405, 501)


def _shown(root: str) -> str:
    url = httpx.URL(root)
    return str(url.copy_with(username=None, password=None)) if url.userinfo else root
