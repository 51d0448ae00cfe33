"""Names that find models, and what fits a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_qwen.models import fit
from jupyter_qwen.models.catalog import DEFAULT_MODEL, MODELS, UnknownModel, find


@pytest.mark.parametrize(
    "name", [DEFAULT_MODEL, "qwen2.5-coder-1.5b-instruct", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"]
)
def test_default_model_is_found_by_each_of_its_names(name: str) -> None:
    assert find(name) is MODELS[0]


def test_every_family_has_its_rows_and_no_name_is_used_twice() -> None:
    names = [entry.id for entry in MODELS]
    assert len(names) == len(set(names)) == 16
    for size in ("0.5B", "1.5B", "3B", "7B", "14B", "32B"):
        assert f"Qwen/Qwen2.5-Coder-{size}" in names
        assert f"Qwen/Qwen2.5-Coder-{size}-Instruct" in names


def test_licences_that_are_not_free_carry_a_notice() -> None:
    for entry in MODELS:
        assert bool(entry.needs_notice) == (entry.licence != "Apache-2.0"), entry.id


def test_unknown_name_lists_near_ones() -> None:
    with pytest.raises(UnknownModel) as unknown:
        find("Qwen2.5-Codr-7B-Instruct")
    assert "Qwen2.5-Coder-7B-Instruct" in unknown.value.near


def test_path_to_a_file_of_the_users_own_is_a_model(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"x" * 100)
    entry = find(str(path))
    assert entry.path == str(path.resolve())
    with pytest.raises(UnknownModel):
        find(str(tmp_path / "other.gguf"))


def test_kv_cache_of_the_default_model_costs_28_kib_a_token() -> None:
    assert find(DEFAULT_MODEL).kv_bytes_per_token == 28 * 1024


def test_small_memory_shortens_the_context_and_says_so() -> None:
    entry = find(DEFAULT_MODEL)
    assert fit.choose_context(entry, 16 * 2**30) == (8192, "")
    tokens, reason = fit.choose_context(entry, fit.need(entry, 4096).total)
    assert tokens == 4096
    assert "memory is small" in reason


def test_container_limits_count(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    (tmp_path / "memory.max").write_text(str(2**30))
    (tmp_path / "memory.current").write_text(str(2**29))
    (tmp_path / "memory.stat").write_text(f"anon 1\nfile {2**28}\n")
    machine = fit.machine(cgroup=tmp_path)
    assert machine.cores == 1
    assert machine.total_bytes == 2**30
    assert machine.available_bytes <= 2**30 - 2**28
