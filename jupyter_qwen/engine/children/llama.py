"""Child process: llama.cpp's own server (xllamacpp) on a GGUF file, behind a key, on the loopback address only.

Settings (one JSON line on standard input): model, alias, key, context_tokens (of one answer), pool_tokens (of all slots
together), slots, threads, gpu_layers, batch_tokens, slot_folder (where KV caches may be saved).
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

from jupyter_qwen.engine.children.guard import announce, begin
from jupyter_qwen.engine.children.out_of_memory import lacking

GPU_BATCH_TOKENS = 512
WARNING = 2  # llama.cpp's verbosity: 1 errors, 2 warnings, 3 information (which would log parts of requests)


def params_for(settings: dict[str, Any]) -> Any:
    """`CommonParams` for the settings. Kept apart from `main` so that a test can look at what the server is told."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["model"]
    params.model_alias = {settings.get("alias") or "local"}
    # Without a key, and with its open CORS default, every program and web page on this machine could use the server.
    params.api_keys = [settings["key"]]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.cors_origins = ""
    params.cors_credentials = False
    params.ui = False
    params.endpoint_slots = True
    params.endpoint_props = False
    params.n_parallel = settings["slots"]
    # All slots draw on one pool. When it is full the server drops idle slots; each alone may use `context_tokens`.
    params.kv_unified = True
    params.n_ctx = settings["pool_tokens"]
    params.kv_unified_per_slot = settings["context_tokens"]
    params.cache_prompt = True
    # Else every new request moves the idle slots' caches into a store in which requests with `id_slot` never look.
    params.cache_idle_slots = False
    params.cache_ram_mib = 0
    # A running batch cannot be interrupted: its length is the longest that Stop and a waiting completion have to wait.
    params.n_batch = params.n_ubatch = GPU_BATCH_TOKENS if on_gpu(settings) else settings["batch_tokens"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings["threads"]
    if settings.get("gpu_layers") is not None:
        params.n_gpu_layers = settings["gpu_layers"]
    if settings.get("yarn"):
        stretch(params, **settings["yarn"])
    params.ctx_shift = False  # nothing is cut silently
    params.fit_params = False  # the supervisor has decided what fits
    params.verbosity = WARNING
    params.offline = True
    # Only with a folder can slots be saved, restored and emptied; llama.cpp wants the separator at its end.
    if settings.get("slot_folder"):
        params.slot_save_path = settings["slot_folder"].rstrip(os.sep) + os.sep
    return params


def stretch(params: Any, *, factor: int, original_tokens: int) -> None:
    """Let positions reach `factor` times as far as the model was trained for, by YaRN.

    The same as ``--rope-scaling yarn --rope-scale FACTOR --yarn-orig-ctx TOKENS`` of llama.cpp's own server.
    """
    import xllamacpp

    params.rope_scaling_type = xllamacpp.llama_rope_scaling_type.LLAMA_ROPE_SCALING_TYPE_YARN
    params.rope_freq_scale = 1.0 / factor
    params.yarn_orig_ctx = original_tokens


def on_gpu(settings: dict[str, Any]) -> bool:
    """Whether a graphics card computes."""
    import xllamacpp

    cpu = xllamacpp.ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_CPU
    return settings.get("gpu_layers") != 0 and any(info["type"] != cpu for info in xllamacpp.get_device_info())


def device(threads: int) -> str:
    """What computes, in words."""
    import xllamacpp

    kinds = xllamacpp.ggml_backend_dev_type
    found = xllamacpp.get_device_info()
    for info in found:
        if info["type"] != kinds.GGML_BACKEND_DEVICE_TYPE_CPU:
            return f"{info['name']}: {info['description']}"
    name = str(found[0]["description"]).strip() if found else ""
    return f"CPU: {name}, {threads} thread{'s' if threads != 1 else ''}"


def main() -> int:
    settings, channel = begin()
    os.umask(0o077)  # saved KV caches hold what the prompts held
    announce(channel, "loading")
    try:
        import xllamacpp

        server = xllamacpp.Server(params_for(settings))
    except (RuntimeError, ImportError, MemoryError, OSError, ValueError) as error:
        short = lacking(error, Path(settings["model"]))
        announce(channel, "failed", message=short or str(error) or type(error).__name__)
        return 1
    announce(channel, "ready", url=server.listening_address, device=device(settings["threads"]))
    threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
