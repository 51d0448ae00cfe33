"""Cores, memory and graphics cards within the limits of containers, described by files in a folder of the test's own."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil
import pytest

from jupyter_qwen.models.machine import Gpu, float_bits, gpus, machine, usable_cores

GIB = 2**30


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A process in a slice of its own, as systemd, a hub or a batch system starts it."""
    path = tmp_path / "proc"
    path.write_text("0::/user.slice/jupyter-ann.service\n")
    return path


def limit(folder: Path, *, memory: int, used: int, cache: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{memory}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 1\nfile {cache}\n")


def test_limit_of_the_processs_own_slice_counts(tmp_path: Path, own: Path) -> None:
    limit(tmp_path / "cg" / "user.slice" / "jupyter-ann.service", memory=GIB, used=GIB // 4)
    found = machine(cgroup=tmp_path / "cg", own=own)
    assert found.total_bytes == GIB
    assert found.available_bytes <= GIB - GIB // 4
    assert "memory limit of the container 1.0 GB" in found.limited_by


def test_limit_of_a_slice_above_counts_too_and_the_smallest_wins(tmp_path: Path, own: Path) -> None:
    limit(tmp_path / "cg" / "user.slice", memory=GIB // 2, used=0)
    limit(tmp_path / "cg" / "user.slice" / "jupyter-ann.service", memory=GIB, used=0)
    assert machine(cgroup=tmp_path / "cg", own=own).total_bytes == GIB // 2


def test_page_cache_is_not_taken_for_used(tmp_path: Path, own: Path) -> None:
    limit(tmp_path / "cg", memory=GIB, used=GIB, cache=GIB // 2)
    assert machine(cgroup=tmp_path / "cg", own=own).available_bytes == GIB // 2


def test_cgroup_version_1_is_read_too(tmp_path: Path) -> None:
    own = tmp_path / "proc"
    own.write_text("5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n")
    folder = tmp_path / "cg" / "memory" / "docker" / "abc"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text(str(GIB))
    (folder / "memory.usage_in_bytes").write_text(str(GIB // 4))
    (folder / "memory.stat").write_text("cache 0\n")
    cpu = tmp_path / "cg" / "cpu" / "docker" / "abc"
    cpu.mkdir(parents=True)
    (cpu / "cpu.cfs_quota_us").write_text("100000")
    (cpu / "cpu.cfs_period_us").write_text("100000")
    found = machine(cgroup=tmp_path / "cg", own=own)
    assert (found.total_bytes, found.cores) == (GIB, 1)
    assert "CPU limit of the container 1 cores" in found.limited_by


@pytest.mark.parametrize(("quota", "cores"), [("150000 100000", 1), ("50000 100000", 1), ("max 100000", None)])
def test_quota_of_processor_time_bounds_the_threads(tmp_path: Path, own: Path, quota: str, cores: int | None) -> None:
    (tmp_path / "cg" / "user.slice").mkdir(parents=True)
    (tmp_path / "cg" / "user.slice" / "cpu.max").write_text(quota)
    free = usable_cores(cgroup=tmp_path / "nothing", own=own)
    assert usable_cores(cgroup=tmp_path / "cg", own=own) == (cores or free)


def test_without_limits_the_whole_machine_is_there(tmp_path: Path, own: Path) -> None:
    found = machine(cgroup=tmp_path, own=own)
    assert found.total_bytes == psutil.virtual_memory().total
    assert 1 <= found.cores <= (os.cpu_count() or 1)
    assert found.limited_by == ""


@pytest.fixture
def nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\necho '0, GPU-aaa, NVIDIA H200, 143771, 143000'\necho '1, GPU-bbb, NVIDIA A10, 23028, 1000'\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return program


def test_cards_are_listed_with_their_free_memory(nvidia_smi: Path) -> None:
    assert gpus() == (
        Gpu("NVIDIA H200", 143_771 * 2**20, 143_000 * 2**20),
        Gpu("NVIDIA A10", 23_028 * 2**20, 1000 * 2**20),
    )


@pytest.mark.parametrize(
    ("visible", "names"), [("1", ["NVIDIA A10"]), ("GPU-aaa", ["NVIDIA H200"]), ("", []), ("-1", [])]
)
def test_hidden_cards_are_not_counted(
    nvidia_smi: Path, monkeypatch: pytest.MonkeyPatch, visible: str, names: list[str]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert [gpu.name for gpu in gpus()] == names


def test_driver_that_fails_is_no_card(nvidia_smi: Path) -> None:
    nvidia_smi.write_text("#!/bin/sh\necho 'Failed to initialize NVML: Driver/library version mismatch'\nexit 18\n")
    assert gpus() == ()


@pytest.mark.skipif(platform.system() != "Linux", reason="reads /proc/cpuinfo")
@pytest.mark.parametrize(
    ("flags", "bits"), [("fpu avx2 avx512_bf16", 16), ("fpu avx2 avx512f", 32), ("fp asimd bf16", 16)]
)
def test_processor_without_bfloat16_needs_twice_the_memory(tmp_path: Path, flags: str, bits: int) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags : {flags}\n")
    assert float_bits(tmp_path / "cpuinfo") == bits
