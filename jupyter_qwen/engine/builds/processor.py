"""What this machine's processor has for a language model, and which of it a build of llama.cpp leaves unused."""

from __future__ import annotations

import platform
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
# llama.cpp's name in system_info: (the flag of Linux's /proc/cpuinfo, macOS's sysctl or "", how people say it)
FEATURES = {
    "AVX2": ("avx2", "hw.optional.avx2_0", "AVX2"),
    "AVX512": ("avx512f", "hw.optional.avx512f", "AVX-512"),
    "AVX512_VNNI": ("avx512_vnni", "hw.optional.avx512vnni", "VNNI"),
    "AVX_VNNI": ("avx_vnni", "", "AVX-VNNI"),
    "AVX512_BF16": ("avx512_bf16", "", "AVX-512 bfloat16"),
    "AMX_INT8": ("amx_int8", "", "AMX"),
    "DOTPROD": ("asimddp", "hw.optional.arm.FEAT_DotProd", "dot product"),
    "MATMUL_INT8": ("i8mm", "hw.optional.arm.FEAT_I8MM", "int8 matrices"),
    "SVE": ("sve", "", "SVE"),
}


@lru_cache(maxsize=1)
def processor_name() -> str:
    """The processor as its maker calls it, or its architecture where the system does not say."""
    for line in _cpu_info():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model", "Hardware"):
            return value.strip()
    return _sysctl("machdep.cpu.brand_string") or platform.processor() or platform.machine()


@lru_cache(maxsize=1)
def features() -> tuple[str, ...]:
    """Which of `FEATURES` this processor has, in llama.cpp's names; none where the system does not tell (Windows)."""
    flags: frozenset[str] = frozenset()
    for line in _cpu_info():
        name, _, value = line.partition(":")
        if name.strip() in ("flags", "Features"):
            flags = frozenset(value.split())
            break
    return tuple(name for name, (flag, key, _) in FEATURES.items() if flag in flags or (key and _sysctl(key) == "1"))


def unused(has: tuple[str, ...], uses: tuple[str, ...]) -> tuple[str, ...]:
    """Of what the processor `has`, what a build that `uses` so much leaves unused. AVX-VNNI is what VNNI is in shorter words."""
    return tuple(
        name for name in has
        if name not in uses and not (name == "AVX_VNNI" and "AVX512_VNNI" in (*has, *uses))
    )  # fmt: skip


def spoken(names: tuple[str, ...]) -> str:
    """Features as people call them."""
    return ", ".join(FEATURES[name][2] if name in FEATURES else name for name in names)


def _cpu_info() -> list[str]:
    try:
        return CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


@lru_cache(maxsize=32)
def _sysctl(key: str) -> str:
    if sys.platform != "darwin":
        return ""
    done = subprocess.run(["/usr/sbin/sysctl", "-n", key], capture_output=True, text=True, timeout=5, check=False)
    return done.stdout.strip()
