"""What the extension adds to JupyterLab's start: pairs of starts, with and without, one after the other.

    python -m benchmarks.startup [--pairs 7] [--json]

A start is timed from the launch of ``jupyter lab`` to the first answer of ``/api`` (the server answers) and to the page of
``/lab``. Quote the median of the differences: machines drift, pairs do not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

TOKEN = "benchmark"
TIMEOUT_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_seconds(*, enabled: bool, folder: str) -> float:
    """Seconds from launch until /lab has been served."""
    port = free_port()
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}",
        f"--ServerApp.jpserver_extensions=jupyter_qwen={enabled}",
    ]  # fmt: skip
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)) as lab:
        try:
            while True:
                try:
                    with urllib.request.urlopen(
                        f"http://127.0.0.1:{port}/lab?token={TOKEN}", timeout=TIMEOUT_SECONDS
                    ) as page:
                        page.read()
                        return time.perf_counter() - began
                except (urllib.error.URLError, ConnectionError):
                    if lab.poll() is not None or time.perf_counter() - began > TIMEOUT_SECONDS:
                        raise
                    time.sleep(0.005)
        finally:
            lab.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start_seconds(enabled=True, folder=folder)  # fills the disk cache
        start_seconds(enabled=False, folder=folder)
        pairs = [
            (start_seconds(enabled=True, folder=folder), start_seconds(enabled=False, folder=folder))
            for _ in range(arguments.pairs)
        ]
    result = {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "with_seconds": statistics.median(a for a, _ in pairs),
        "without_seconds": statistics.median(b for _, b in pairs),
        "median_difference_seconds": statistics.median(a - b for a, b in pairs),
        "pairs": pairs,
    }
    if arguments.json:
        print(json.dumps(result, indent=1))
    else:
        print(result["machine"])
        print(f"with {result['with_seconds']:.2f} s, without {result['without_seconds']:.2f} s")
        print(f"median difference of {len(pairs)} pairs: {result['median_difference_seconds']:+.3f} s")


if __name__ == "__main__":
    main()
