"""Child process: a `llama-server` that is not the wheel's, on a GGUF file, behind a key, on the loopback address only.

Settings (one JSON line on standard input): those of `children.llama`, and server (the binary's path), options (those that its
help names), devices (its graphics cards).
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import psutil

from jupyter_qwen.engine.builds.processor import processor_name
from jupyter_qwen.engine.builds.server_facts import environment
from jupyter_qwen.engine.children.guard import PR_SET_PDEATHSIG, announce, begin
from jupyter_qwen.engine.children.out_of_memory import lacking

GPU_BATCH_TOKENS = 512
ALL_LAYERS = 999
WARNING = 2  # information would log parts of requests
LOOK_SECONDS = 0.02
LAST_LINES = 12


def arguments_for(settings: dict[str, Any], key_file: str) -> list[str]:
    """The command line that says what `children.llama.params_for` says, as far as the binary knows the options.

    Why each of them: see there. The key is in a file: arguments are everybody's to read.
    """
    known = set(settings["options"])
    batch = str(GPU_BATCH_TOKENS if on_gpu(settings) else settings["batch_tokens"])
    threads = str(settings["threads"])
    said = [
        "--model", settings["model"], "--alias", settings.get("alias") or "local", "--api-key-file", key_file,
        "--host", "127.0.0.1", "--port", "0", "--slots", "--parallel", str(settings["slots"]), "--kv-unified",
        "--ctx-size", str(settings["pool_tokens"]), "--batch-size", batch, "--ubatch-size", batch,
        "--threads", threads, "--threads-batch", threads, "--no-context-shift",
    ]  # fmt: skip
    for option, value in (
        ("--kv-unified-per-slot", str(settings["context_tokens"])),
        ("--cache-prompt", None),
        ("--no-cache-idle-slots", None),
        ("--cache-ram", "0"),
        ("--cors-origins", ""),
        ("--no-cors-credentials", None),
        ("--no-ui" if "--no-ui" in known else "--no-webui", None),
        ("--verbosity", str(WARNING)),
        ("--offline", None),
    ):
        if option in known:
            said += [option] if value is None else [option, value]
    said += _layers(settings, known)
    if settings.get("yarn"):
        factor, original = settings["yarn"]["factor"], settings["yarn"]["original_tokens"]
        said += ["--rope-scaling", "yarn", "--rope-scale", str(factor), "--yarn-orig-ctx", str(original)]
    if settings.get("slot_folder"):
        said += ["--slot-save-path", settings["slot_folder"]]
    return said


def _layers(settings: dict[str, Any], known: set[str]) -> list[str]:
    """How much goes to a graphics card: newer builds fit it to the card's memory, older ones are told to take all."""
    if settings.get("gpu_layers") is not None:
        return ["--gpu-layers", str(settings["gpu_layers"])]
    if not on_gpu(settings):
        return ["--fit", "off"] if "--fit" in known else []  # the supervisor has decided what fits
    return [] if "--fit" in known else ["--gpu-layers", str(ALL_LAYERS)]


def on_gpu(settings: dict[str, Any]) -> bool:
    """Whether a graphics card computes."""
    return settings.get("gpu_layers") != 0 and bool(settings.get("devices"))


def device(settings: dict[str, Any]) -> str:
    """What computes, in words."""
    if on_gpu(settings):
        return str(settings["devices"][0])
    threads = settings["threads"]
    return f"CPU: {processor_name()}, {threads} thread{'s' if threads != 1 else ''}"


class RunningServer:
    """The binary while it runs. `lines` are the last that it wrote; all of them go to this process's standard error."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.lines: deque[str] = deque(maxlen=LAST_LINES)
        self.url = ""
        handle, key_file = tempfile.mkstemp(prefix="jupyter_qwen-")  # readable by its user alone
        self._key_file = Path(key_file)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(settings["key"] + "\n")
        try:
            self.process = subprocess.Popen(
                [settings["server"], *arguments_for(settings, key_file)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(),
                cwd=Path(settings["server"]).parent, preexec_fn=_dies_with_us(),
            )  # fmt: skip
        except OSError:
            self._key_file.unlink()
            raise
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def end(self) -> None:
        """End it now."""
        self.process.kill()
        self._key_file.unlink(missing_ok=True)

    def answers(self) -> bool:
        """Wait until the model is loaded; sets `url`. False when the process ended before."""
        try:
            self.url = self._listening()
        finally:
            self._key_file.unlink(missing_ok=True)  # it was read before the first socket was there
        plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while self.process.poll() is None:
            try:
                with plain.open(self.url + "/health", timeout=5):
                    return True
            except OSError:  # 503 while it loads
                time.sleep(LOOK_SECONDS)
        return False

    def last_words(self) -> str:
        """What it wrote last, once it has ended."""
        self.process.wait()
        self._reader.join(timeout=5)
        return " ".join(line for line in self.lines if line)

    def _listening(self) -> str:
        """Its address, empty when it ended first. The system says where it listens, so that nobody else gets the key."""
        while self.process.poll() is None:
            try:
                process = psutil.Process(self.process.pid)
                sockets = getattr(process, "net_connections", None) or process.connections
                for socket in sockets(kind="tcp4"):
                    if socket.status == psutil.CONN_LISTEN:
                        return f"http://127.0.0.1:{socket.laddr.port}"
            except psutil.NoSuchProcess:
                break
            time.sleep(LOOK_SECONDS)
        return ""

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                text = line.decode(errors="replace").rstrip()
                self.lines.append(text)
                print(text, file=sys.stderr, flush=True)


def _dies_with_us() -> Callable[[], object] | None:
    """What the new process does first: on Linux it asks to be killed when this one is. Elsewhere this one sees to it."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> int:
    running: list[RunningServer] = []

    def end_what_runs() -> None:
        for started in running:
            started.end()

    settings, channel = begin(end_what_runs)
    os.umask(0o077)  # saved KV caches hold what the prompts held
    announce(channel, "loading")
    try:
        server = RunningServer(settings)
        running.append(server)
        ready = server.answers()
    except (OSError, ValueError, psutil.Error) as error:
        announce(channel, "failed", message=f"{settings['server']} could not be started: {error}")
        return 1
    if not ready:
        words = server.last_words()
        short = lacking(RuntimeError(words), Path(settings["model"]))
        announce(channel, "failed", message=short or words or f"{settings['server']} ended at once")
        return 1
    announce(channel, "ready", url=server.url, device=device(settings))
    return _ended(server.process.wait())


def _ended(code: int) -> int:
    """End as the server ended: who watches this process reads a crash from its signal."""
    if code < 0 and -code != getattr(signal, "SIGKILL", 9):
        signal.signal(-code, signal.SIG_DFL)
    if code < 0:
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    sys.exit(main())
