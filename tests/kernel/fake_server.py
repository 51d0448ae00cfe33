"""A small HTTP server that replays events of docs/reference/protocol.md as the server extension would send them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Event = dict[str, Any]
TOKEN = "secret-token"
STATUS: Event = {
    "state": "ready", "message": "", "hint": "", "engine": "llama", "device": "CPU", "reason": "",
    "model": {"id": "qwen2.5-coder-1.5b-instruct", "label": "Qwen2.5-Coder-1.5B-Instruct", "file": "q.gguf"},
    "progress": None, "tokens_per_second": 28.0, "context_tokens": 8192,
}  # fmt: skip


def answer_events(
    code: str,
    *,
    cell: str | None = None,
    language: str = "sql",
    verdict: str | None = "bound",
    prose: str = "Here it is.",
    **block: Any,
) -> list[Event]:
    """The events of a good answer with one block."""
    markdown = f"{prose}\n\n```{language}\n{code}\n```"
    told = {
        "index": 0, "language": language, "source": code, "verdict": verdict, "kind": "query" if verdict else None,
        "needs_consent": False, "diagnostics": [], "repairs": [],
        "cell": {"source": cell if cell is not None else code, "type": "code"}, **block,
    }  # fmt: skip
    return [
        {"type": "phase", "phase": "linking"},
        {"type": "prompt", "prompt_tokens": 300, "parts": [], "notes": []},
        {"type": "phase", "phase": "prefill"},
        *({"type": "delta", "text": markdown[i : i + 7]} for i in range(0, len(markdown), 7)),
        {"type": "block", "block": told},
        {
            "type": "answer", "markdown": markdown, "blocks": [told], "seconds": 1.25, "ttft_seconds": 0.4, "mode": "sql",
            "usage": {"prompt_tokens": 300, "new_tokens": 20}, "model": "Qwen2.5-Coder-1.5B-Instruct",
        },
    ]  # fmt: skip


class FakeServer:
    """What it was asked is in `requests`; `events` is what it answers, or a function of the request that yields them."""

    def __init__(self) -> None:
        self.requests: list[Event] = []
        self.events: list[Event] | Callable[[Event], Iterator[Event]] = []
        self.routes: dict[str, Event | Callable[[Event | None], tuple[int, Event]]] = {"status": STATUS}
        self.left = threading.Event()
        self.refuse: tuple[int, Event] | None = None
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                """Quiet."""

            def do_GET(self) -> None:
                self._answer(None)

            def do_DELETE(self) -> None:
                self._answer(None)

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, body: Event | None) -> None:
                route = self.path.split("/jupyter-qwen/")[-1]
                owner.requests.append({"method": self.command, "route": route, "body": body})
                if self.headers.get("Authorization") != f"token {TOKEN}":
                    self._whole(403, {"message": "Forbidden"})
                elif owner.refuse is not None:
                    self._whole(*owner.refuse)
                elif route == "ask":
                    self._stream(body or {})
                elif route.split("?")[0] in owner.routes:
                    found = owner.routes[route.split("?")[0]]
                    self._whole(*(found(body) if callable(found) else (200, found)))
                else:
                    self._whole(404, {"message": "Not Found"})

            def _whole(self, status: int, data: Event) -> None:
                text = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def _stream(self, body: Event) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/x-ndjson")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    for event in owner.events(body) if callable(owner.events) else owner.events:
                        line = json.dumps(event).encode() + b"\n"
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                        self.wfile.flush()
                    self.wfile.write(b"0\r\n\r\n")
                except (BrokenPipeError, ConnectionResetError):
                    owner.left.set()
                    self.close_connection = True

        class Http(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that leaves in mid-answer is what some tests are about; `left` tells them."""

        self._http = Http(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/base/"

    @property
    def told(self) -> list[Event]:
        """The requests that bring something of the user's, which reading the settings does not."""
        return [request for request in self.requests if request["route"] != "settings"]

    def asked(self) -> Event:
        """The body of the last question."""
        return next(request["body"] for request in reversed(self.requests) if request["route"] in ("ask", "context"))

    @contextmanager
    def running(self) -> Iterator[FakeServer]:
        """Serve until left."""
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()
