"""A Hub on this machine that speaks what huggingface_hub speaks: listing with blobs, resolve, redirects, ranges, etags."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "c0ffee" + "0" * 34
SHARDED = "someone/Tiny-Coder"
CONFIG = {
    "model_type": "qwen2", "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_size": 64,
    "max_position_embeddings": 4096, "torch_dtype": "bfloat16", "tie_word_embeddings": True,
}  # fmt: skip
SHARDS = {f"model-0000{number}-of-00003.safetensors": bytes([number]) * 200_000 for number in (1, 2, 3)}


@dataclass
class FakeHub:
    """`repositories` maps a repository to its files. `cut` ends every large transfer early; `asked` is what was asked for."""

    url: str = ""
    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    cut: int | None = None
    broken: set[str] = field(default_factory=set)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                hub.answer(self, body=False)

            def do_GET(self) -> None:
                hub.answer(self, body=True)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def fetched(self, ending: str) -> int:
        """How often a file whose name ends so was transferred."""
        place = "/cdn/" if large(ending) else "/resolve/"
        return sum(place in path and path.endswith(ending) for path, _ in self.asked)

    def answer(self, request: BaseHTTPRequestHandler, *, body: bool) -> None:
        path = urlsplit(request.path).path
        if body:
            self.asked.append((path, request.headers.get("Range")))
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            self._listing(request, "/".join(parts[2:4]))
        elif parts[0] == "cdn":
            self._content(request, "/".join(parts[1:3]), "/".join(parts[3:]), body=body)
        elif len(parts) >= 5 and parts[2] == "resolve":
            self._resolve(request, "/".join(parts[:2]), "/".join(parts[4:]), body=body)
        else:
            self._refuse(request)

    def _listing(self, request: BaseHTTPRequestHandler, repo: str) -> None:
        files = self.repositories.get(repo)
        if files is None:
            self._refuse(request)
            return
        siblings = []
        for name, content in files.items():
            item: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": git_sha1(content)}
            if large(name):
                item["lfs"] = {"sha256": sha256(content), "size": len(content), "pointerSize": 135}
            siblings.append(item)
        data = json.dumps(
            {"id": repo, "modelId": repo, "sha": COMMIT, "cardData": {"license": "mit"}, "siblings": siblings, "tags": [],
             "private": False, "downloads": 0, "likes": 0}
        ).encode()  # fmt: skip
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def _resolve(self, request: BaseHTTPRequestHandler, repo: str, name: str, *, body: bool) -> None:
        """Small files come at once, large ones by way of a redirect to another address."""
        content = self.repositories.get(repo, {}).get(name)
        if content is None:
            self._refuse(request)
            return
        if not large(name):
            self._content(request, repo, name, body=body)
            return
        request.send_response(302)
        request.send_header("Location", f"{self.url}/cdn/{repo}/{name}")
        request.send_header("X-Repo-Commit", COMMIT)
        request.send_header("X-Linked-Etag", f'"{sha256(content)}"')
        request.send_header("X-Linked-Size", str(len(content)))
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _content(self, request: BaseHTTPRequestHandler, repo: str, name: str, *, body: bool) -> None:
        content = self.repositories[repo][name]
        if name in self.broken:
            content = b"x" + content[1:]
        wanted = request.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        piece = content[start:]
        request.send_response(206 if wanted else 200)
        request.send_header("Content-Length", str(len(piece)))
        if wanted:
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.send_header("ETag", f'"{sha256(content) if large(name) else git_sha1(content)}"')
        request.send_header("X-Repo-Commit", COMMIT)
        request.end_headers()
        if body:
            request.wfile.write(piece if self.cut is None or not large(name) else piece[: self.cut])

    def _refuse(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(404)
        request.send_header("X-Error-Code", "RepoNotFound")
        request.send_header("Content-Length", "0")
        request.end_headers()


def large(name: str) -> bool:
    return name.endswith((".safetensors", ".gguf"))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
