"""A program that behaves like llama-server on its command line, to see how such a program is started and ended.

``MODE`` in its own folder says what it shall be: ``serves`` (the rule), ``card`` (it has a graphics card), ``old`` (an option is
missing), ``fails`` (it cannot load).
"""

from __future__ import annotations

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HELP = """
-m,    --model FNAME                    model path
-a,    --alias STRING                   model alias
-t,    --threads N                      CPU threads
-tb,   --threads-batch N                CPU threads for prompts
-c,    --ctx-size N                     context
-b,    --batch-size N                   logical batch
-ub,   --ubatch-size N                  physical batch
-kvu,  --kv-unified, -no-kvu, --no-kv-unified
--kv-unified-per-slot N                 context limit per slot
--no-context-shift                      no shift
-np,   --parallel N                     slots
--host HOST                             ip address
--port PORT                             port
--api-key-file FNAME                    path to file containing API keys
--slot-save-path PATH                   path to save slot kv cache
-lv,   --verbosity, --log-verbosity N   threshold
--list-devices                          devices
--no-webui                              no page
--offline                               offline
"""
HERE = Path(__file__).parent
SYSTEM = "0.00.1 I system_info: n_threads = 2 / 2 | CPU : SSE3 = 1 | AVX2 = 1 | AVX512 = 1 | REPACK = 1 | "


def main(words: list[str], mode: str) -> int:
    if "--version" in words:
        print("version: 6700 (1e6fc8a)\nbuilt with GNU 12.2.0 for Linux x86_64", file=sys.stderr)
        return 0
    if "--help" in words:
        print(HELP if mode == "old" else HELP + "--slots, --no-slots                     slots endpoint")
        return 0
    if "--list-devices" in words:
        card = "CUDA0: NVIDIA H200 (143771 MiB, 143000 MiB free)"
        print(f"Available devices:\n  {card if mode == 'card' else '(none)'}")
        return 0
    if words[words.index("--model") + 1] == os.devnull:
        print(SYSTEM)
        return 1
    if mode == "fails":
        print("E llama_model_load: error loading model: failed to read magic", file=sys.stderr)
        return 1
    return serve(words)


def serve(words: list[str]) -> int:
    key = Path(words[words.index("--api-key-file") + 1]).read_text().strip()
    began = time.monotonic()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/health":
                self.send_response(200 if time.monotonic() - began > 0.3 else 503)
            else:
                self.send_response(200 if self.headers.get("Authorization") == f"Bearer {key}" else 401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", int(words[words.index("--port") + 1])), Handler)
    (HERE / "started.json").write_text(
        json.dumps({"pid": os.getpid(), "words": words, "environment": dict(os.environ)})
    )
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], (HERE / "MODE").read_text()))
