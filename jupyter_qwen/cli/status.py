"""``jupyter qwen status``: asks the running Jupyter servers of this user."""

from __future__ import annotations

import argparse
import json
from typing import Any

import httpx
from jupyter_server.serverapp import list_running_servers

from jupyter_qwen.cli.failure import CommandError

TIMEOUT_SECONDS = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json only: every running server is asked."""
    parser.add_argument("--json", action="store_true", help="print a JSON list, one object a server")


def run(arguments: argparse.Namespace) -> int:
    """0 when at least one server answers with a model that is ready; 1 otherwise."""
    servers = list(list_running_servers())
    if not servers:
        raise CommandError("No Jupyter server of yours is running.", "Start one with: jupyter qwen lab")
    found = [{"server": server["url"], **_status(server)} for server in servers]
    if arguments.json:
        print(json.dumps(found, indent=1))
    else:
        for item in found:
            print(_line(item))
    return 0 if any(item.get("state") == "ready" for item in found) else 1


def _status(server: dict[str, Any]) -> dict[str, Any]:
    url = f"{server['url'].rstrip('/')}/jupyter-qwen/status"
    headers = {"Authorization": f"token {server['token']}"} if server.get("token") else {}
    try:
        response = httpx.get(url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        return {"state": "unreachable", "message": f"{type(error).__name__}: {error}"}
    if response.status_code == 404:
        return {"state": "absent", "message": "jupyter_qwen is not enabled in this server."}
    if response.status_code != 200:
        return {"state": "unreachable", "message": f"HTTP {response.status_code}"}
    status: dict[str, Any] = response.json()
    return status


def _line(item: dict[str, Any]) -> str:
    model = (item.get("model") or {}).get("label", "")
    facts = [item["state"], model, item.get("dtype") or "", item.get("device") or "", item.get("message") or ""]
    if item.get("context_tokens"):
        cache = f" ({item['kv_bytes'] / 2**30:.2f} GB of KV cache)" if item.get("kv_bytes") else ""
        facts.append(f"{item['context_tokens']:,} tokens of context{cache}")
    if item.get("memory_bytes"):
        facts.append(f"{item['memory_bytes'] / 2**30:.1f} GB of memory")
    if item.get("vram_bytes"):
        facts.append(f"{item['vram_bytes'] / 2**30:.1f} GB of the graphics card")
    if item.get("tokens_per_second"):
        facts.append(f"{item['tokens_per_second']:.0f} tokens/s")
    facts += [item.get("sharing") or "", item.get("inline_completion_reason") or ""]
    pulling = (item.get("pulling") or {}).get("label")
    if pulling and item["state"] != "downloading":
        facts.append(f"downloading {pulling}")
    progress = item.get("progress")
    if progress and progress.get("total_bytes"):
        facts.append(f"{100 * progress['done_bytes'] / progress['total_bytes']:.0f} %")
    return f"{item['server']}  " + ", ".join(fact for fact in facts if fact)
