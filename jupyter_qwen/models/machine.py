"""What this machine has for a model: cores, memory and graphics cards, within the limits of a container or a batch job."""

from __future__ import annotations

import csv
import math
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

CGROUP = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")
CPU_INFO = Path("/proc/cpuinfo")
MIB = 1024 * 1024
NVIDIA_SMI_SECONDS = 5.0


@dataclass(frozen=True)
class Gpu:
    """A CUDA device as its driver describes it; bytes of its own memory."""

    name: str
    total_bytes: int
    available_bytes: int


@dataclass(frozen=True)
class Machine:
    """Bytes and cores that this process may really use. `total` and `available` respect cgroup limits.

    `limited_by` says in words which limit is smaller than the machine, for `doctor`. `float_bits` is how many bits a number
    of the transformers engine takes on the processor: 16 where it computes with bfloat16, else 32.
    """

    cores: int
    total_bytes: int
    available_bytes: int
    gpus: tuple[Gpu, ...] = ()
    limited_by: str = ""
    float_bits: int = 16


def machine(*, cgroup: Path = CGROUP, own: Path = OWN_CGROUPS) -> Machine:
    """Measure this machine now. A limit of any cgroup above this process counts, not only that of its own."""
    memory = psutil.virtual_memory()
    total, available = memory.total, memory.available
    limits = []
    for folder in _memory_folders(cgroup, own):
        limit = _number(folder / "memory.max") or _number(folder / "memory.limit_in_bytes")
        if limit is None or limit >= memory.total:
            continue
        used = _number(folder / "memory.current") or _number(folder / "memory.usage_in_bytes") or 0
        # Page cache counts as used in a cgroup and is given back on demand; mapped weights are page cache too.
        used = max(0, used - _page_cache(folder))
        total, available = min(total, limit), min(available, limit - used)
        limits.append(f"memory limit of the container {limit / 2**30:.1f} GB")
    quota = _quota(cgroup, own)
    if quota:
        limits.append(f"CPU limit of the container {quota:g} cores")
    cores = usable_cores(cgroup=cgroup, own=own)
    return Machine(cores, total, max(0, available), gpus(), "; ".join(dict.fromkeys(limits)), float_bits())


def usable_cores(*, cgroup: Path = CGROUP, own: Path = OWN_CGROUPS) -> int:
    """Cores worth a thread each: affinity, the cgroup's quota, and one thread a physical core when all are ours."""
    logical = os.cpu_count() or 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else logical
    physical = psutil.cpu_count(logical=False)
    if physical and cores == logical and physical < cores:
        cores = physical
    quota = _quota(cgroup, own)
    return max(1, min(cores, math.floor(quota))) if quota else max(1, cores)


def float_bits(cpu_info: Path = CPU_INFO) -> int:
    """16 on a processor with bfloat16 (or on Apple's own), 32 on any other: it would be slower in 16 than in 32 bits."""
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return 16
    try:
        flags = set(cpu_info.read_text().split())
    except OSError:  # not Linux: nobody says, and too much memory is better planned than too little
        return 32
    return 16 if flags & {"avx512_bf16", "amx_bf16", "bf16"} else 32


def gpus() -> tuple[Gpu, ...]:
    """CUDA devices that this process may use, as nvidia-smi lists them; none when there is no driver.

    CUDA_VISIBLE_DEVICES hides devices from CUDA, but not from nvidia-smi.
    """
    program, visible = shutil.which("nvidia-smi"), os.environ.get("CUDA_VISIBLE_DEVICES")
    if program is None or (visible is not None and visible.strip() in ("", "-1")):
        return ()
    query = [program, "--query-gpu=index,uuid,name,memory.total,memory.free", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=NVIDIA_SMI_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):  # a driver that does not answer is no driver for us
        return ()
    wanted = None if visible is None else {item.strip() for item in visible.split(",")}
    found = []
    for row in csv.reader(answer.stdout.splitlines(), skipinitialspace=True):
        if len(row) == 5 and row[3].isdigit() and row[4].isdigit() and (wanted is None or {row[0], row[1]} & wanted):
            found.append(Gpu(row[2], int(row[3]) * MIB, int(row[4]) * MIB))
    return tuple(found)


def _memory_folders(root: Path, own: Path) -> Iterator[Path]:
    """Folders of the memory controller, from this process's cgroup up to the root; version 2, then version 1."""
    yield from _upwards(root, _path_of(own, ""))
    yield from _upwards(root / "memory", _path_of(own, "memory"))


def _upwards(root: Path, inner: str) -> Iterator[Path]:
    folder = root / inner.strip("/")
    yield folder
    while folder != root and root in folder.parents:
        folder = folder.parent
        yield folder


def _path_of(own: Path, controller: str) -> str:
    """This process's path in a hierarchy: lines are ``0::/path`` (version 2) or ``4:cpu,cpuacct:/path`` (version 1)."""
    try:
        lines = own.read_text().splitlines()
    except OSError:  # not Linux
        return ""
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controller in controllers.split(",") and ".." not in path:
            return path
    return ""


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # not Linux, no cgroup of this version, or "max"
        return None


def _page_cache(folder: Path) -> int:
    wanted = "file" if (folder / "memory.max").is_file() else "total_cache"
    try:
        for line in (folder / "memory.stat").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == wanted or (wanted == "total_cache" and name == "cache"):
                return int(value)
    except (OSError, ValueError):
        return 0
    return 0


def _quota(root: Path, own: Path) -> float | None:
    """Cores by CPU quota (the smallest of cgroup 2, else of cgroup 1); ``None`` without one."""
    found = []
    for folder in _upwards(root, _path_of(own, "")):
        try:
            quota, period = (folder / "cpu.max").read_text().split()
        except (OSError, ValueError):
            continue
        if quota != "max":
            found.append(int(quota) / int(period))
    for folder in _upwards(root / "cpu", _path_of(own, "cpu")):
        old, span = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
        if old and span and old > 0:
            found.append(old / span)
    return min(found, default=None)
