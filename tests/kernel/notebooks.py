"""A kernel that a real Jupyter server started, seen as a notebook sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from benchmarks.speed.jupyter_process import JupyterServer


class Notebook:
    """A kernel and what a notebook would show of it."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def run(self, code: str, *, interrupt: Any = None) -> dict[str, Any]:
        outputs: list[dict[str, Any]] = []
        shown: dict[str, dict[str, Any]] = {}

        def hook(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "display_data":
                outputs.append(content["data"])
                shown[content["transient"].get("display_id", "")] = content["data"]
            elif message["msg_type"] == "update_display_data":
                shown[content["transient"]["display_id"]] = content["data"]
                if interrupt is not None:
                    interrupt(content["data"])
            elif message["msg_type"] in ("stream", "execute_result"):
                outputs.append(content)

        reply = self.client.execute_interactive(code, timeout=120, output_hook=hook, allow_stdin=False)["content"]
        text = "".join(output.get("text", "") for output in outputs if output.get("name"))
        return {
            "reply": reply,
            "shown": list(shown.values()),
            "text": text,
            "next": [p["text"] for p in reply.get("payload", ())],
        }


@contextmanager
def opened(server: JupyterServer, folder: Path, path: str) -> Iterator[Notebook]:
    """A new notebook at `path` on `server`, whose runtime files lie below `folder`; its kernel ends with the block."""
    body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
    session = server.request("api/sessions", body)
    client = BlockingKernelClient(connection_file=str(folder / "runtime" / f"kernel-{session['kernel']['id']}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        _wait_until_ready(client, seconds=60)
        yield Notebook(client)
    finally:
        client.stop_channels()
        server.request(f"api/sessions/{session['id']}", method="DELETE")


def _wait_until_ready(client: BlockingKernelClient, *, seconds: float) -> None:
    """The client calls a kernel dead that leaves a heartbeat unanswered for a second: on a busy machine, one that starts."""
    until = time.monotonic() + seconds
    while True:
        try:
            return client.wait_for_ready(timeout=seconds)
        except RuntimeError:
            if time.monotonic() > until:
                raise
