"""The machine under a measurement, in the words that a figure needs beside it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from typing import Any

import psutil

from jupyter_qwen.models import fit
from jupyter_qwen.version import version

BUSY_SHARE = 0.25  # of the cores, in the minute before: above it the figures say more about the other programs


def describe() -> dict[str, Any]:
    """Processor, cores, memory, versions, and how busy it was before; `busy` is a sentence when that spoils the figures."""
    measured = fit.machine()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    busy = ""
    if load > BUSY_SHARE * measured.cores:
        busy = (
            f"The machine was busy before the run (load {load:.1f} on {measured.cores} cores): "
            "close other programs and measure again before believing the times."
        )
    return {
        "processor": processor(),
        "cores": measured.cores,
        "memory_gb": round(measured.total_bytes / 1e9, 1),
        "load_before": round(load, 2),
        "busy": busy,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "jupyter_qwen": version,
        "xllamacpp": _version("xllamacpp"),
    }


def processor() -> str:
    """The processor's own name for itself; on Linux from /proc/cpuinfo, for `platform` only knows its family."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        return platform.processor() or platform.machine()
    return platform.processor() or platform.machine()


def memory_mb(pid: int) -> float:
    """Memory that belongs to one process alone, in MB: what ending it would give back (resident where that is not known)."""
    process = psutil.Process(pid)
    try:
        return float(process.memory_full_info().uss) / 1e6
    except (psutil.AccessDenied, AttributeError):
        return float(process.memory_info().rss) / 1e6


def cpu_seconds(pid: int) -> float:
    """Processor time that one process has used so far, its children not counted."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
