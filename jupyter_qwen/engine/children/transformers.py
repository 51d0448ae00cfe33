"""Child process: torch and transformers on a folder of safetensors, behind the same endpoints as llama.cpp's server.

Settings (one JSON line on standard input): model (folder), alias, key, context_tokens, pool_tokens (of all kept KV caches
together), threads; optional: device ("cpu", "cuda", "mps"), dtype ("bfloat16", …).
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from jupyter_qwen.engine.children.guard import announce, begin
from jupyter_qwen.engine.children.out_of_memory import lacking
from jupyter_qwen.engine.children.tiny_http import serve
from jupyter_qwen.engine.slots.plan import TOTAL


async def _run(settings: dict[str, Any], channel: Any) -> None:
    from jupyter_qwen.engine.children.decoder.computer import Computer
    from jupyter_qwen.engine.children.decoder.routes import Routes
    from jupyter_qwen.engine.children.decoder.weights import load

    context = int(settings["context_tokens"])
    loaded = load(
        Path(settings["model"]),
        threads=int(settings.get("threads") or 1),
        context_tokens=context,
        device=settings.get("device"),
        dtype=settings.get("dtype"),
    )
    kept = int(settings.get("pool_tokens") or context) * loaded.shape.bytes_per_token
    computer = Computer(loaded, slots=TOTAL, cache_bytes=kept, pace=_paced(loaded))
    routes = Routes(
        computer, loaded.tokenizer, alias=settings.get("alias") or "local", key=settings["key"], context_tokens=context
    )
    server = await serve(routes.handle)
    port = server.sockets[0].getsockname()[1]
    announce(channel, "ready", url=f"http://127.0.0.1:{port}", device=loaded.label, dtype=loaded.dtype)
    await server.serve_forever()


def _paced(loaded: Any) -> Any:
    """A first guess of this machine's pace, which passes correct, and one short pass: it maps the weights into memory."""
    import torch

    from jupyter_qwen.engine.children.decoder.attention import KeyValues
    from jupyter_qwen.engine.children.decoder.network import Network, Rows
    from jupyter_qwen.engine.children.decoder.pass_size import PassSize

    with torch.inference_mode():
        Network(loaded).compute([Rows([1], 0, KeyValues(loaded.shape, 1), wanted=1)], lambda: None)
    return PassSize(rows_per_second=128.0 if loaded.shape.device.type == "cpu" else 2048.0)


def main() -> int:
    settings, channel = begin()
    announce(channel, "loading")
    try:
        asyncio.run(_run(settings, channel))
    except Exception as error:  # noqa: BLE001 - whatever it was, the parent must be told in words
        short = lacking(error, Path(settings["model"]))
        announce(channel, "failed", message=short or str(error) or type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
