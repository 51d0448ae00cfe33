"""Which engine is chosen and how that is said: on machines that are described, with files that are there or not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_qwen.engine.base import DoesNotFit, EngineRefused, EngineUnavailable
from jupyter_qwen.engine.choice import choose
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.models.catalog import MODELS, find
from jupyter_qwen.models.fit import Machine
from jupyter_qwen.models.machine import Gpu
from jupyter_qwen.models.store import ModelStore

GIB = 2**30
LAPTOP = Machine(8, 16 * GIB, 12 * GIB)
WORKSTATION = Machine(16, 64 * GIB, 50 * GIB, (Gpu("NVIDIA RTX 4090", 24 * GIB, 23 * GIB),))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("jupyter_qwen.engine.choice.torch_has_cuda", lambda: True)
    monkeypatch.setattr("jupyter_qwen.engine.choice.missing_for_transformers", lambda: ())
    return ModelStore(tmp_path / "models")


def put(store: ModelStore, name: str, *formats: str) -> None:
    entry = find(name)
    store.folder.mkdir(exist_ok=True)
    if "gguf" in formats:
        assert entry.gguf is not None
        (store.folder / entry.gguf.name).write_bytes(b"GGUF")
    if "safetensors" in formats:
        folder = store.folder_of(entry)
        folder.mkdir()
        for file in ("config.json", "tokenizer.json", "model.safetensors"):
            (folder / file).write_text("{}")


def test_laptop_runs_llama_and_says_why_not_transformers(store: ModelStore) -> None:
    choice = choose(EngineConfig(), LAPTOP, store)
    assert (choice.engine, choice.threads, choice.context_tokens) == ("llama", 8, 8192)
    assert choice.considered == ("transformers: there is no CUDA device",)
    assert "needs no graphics card" in choice.reason


def test_graphics_card_is_used_when_the_safetensors_are_on_disk(store: ModelStore) -> None:
    put(store, "Qwen2.5-Coder-7B-Instruct", "gguf", "safetensors")
    choice = choose(EngineConfig(model="Qwen2.5-Coder-7B-Instruct"), WORKSTATION, store)
    assert choice.engine == "transformers"
    assert "NVIDIA RTX 4090 is here" in choice.reason
    assert choice.format == "safetensors"


def test_graphics_card_without_safetensors_names_the_command_that_would_use_it(store: ModelStore) -> None:
    put(store, "Qwen2.5-Coder-7B-Instruct", "gguf")
    choice = choose(EngineConfig(model="Qwen2.5-Coder-7B-Instruct"), WORKSTATION, store)
    assert choice.engine == "llama"
    assert "model pull Qwen2.5-Coder-7B-Instruct --format safetensors" in choice.considered[0]


def test_model_too_large_for_the_card_stays_on_llama(store: ModelStore) -> None:
    put(store, "Qwen2.5-Coder-14B-Instruct", "gguf", "safetensors")
    choice = choose(EngineConfig(model="Qwen2.5-Coder-14B-Instruct"), WORKSTATION, store)
    assert choice.engine == "llama"
    assert "does not fit NVIDIA RTX 4090" in choice.considered[0]


def test_torch_without_cuda_does_not_use_the_card(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_qwen.engine.choice.torch_has_cuda", lambda: False)
    put(store, "Qwen2.5-Coder-7B-Instruct", "gguf", "safetensors")
    choice = choose(EngineConfig(model="Qwen2.5-Coder-7B-Instruct"), WORKSTATION, store)
    assert choice.engine == "llama"
    assert "built without CUDA" in choice.considered[0]


def test_folder_that_is_all_there_is_runs_on_the_processor(store: ModelStore) -> None:
    put(store, "Qwen2.5-Coder-1.5B-Instruct", "safetensors")
    choice = choose(EngineConfig(model="Qwen2.5-Coder-1.5B-Instruct"), LAPTOP, store)
    assert choice.engine == "transformers"
    assert "its safetensors are on disk" in choice.reason


def test_base_model_needs_transformers_and_says_how_to_install_it(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert choose(EngineConfig(model="Qwen2.5-Coder-1.5B"), LAPTOP, store).engine == "transformers"
    monkeypatch.setattr("jupyter_qwen.engine.choice.missing_for_transformers", lambda: ("torch", "transformers"))
    with pytest.raises(EngineUnavailable, match="torch and transformers are not installed") as missing:
        choose(EngineConfig(model="Qwen2.5-Coder-1.5B"), LAPTOP, store)
    assert "jupyter_qwen[transformers]" in missing.value.hint


def test_llama_that_cannot_load_a_folder_names_the_engine_that_can(store: ModelStore) -> None:
    with pytest.raises(EngineRefused, match="no GGUF file") as refused:
        choose(EngineConfig(model="Qwen2.5-Coder-1.5B", engine="llama"), LAPTOP, store)
    assert "transformers" in refused.value.hint


def test_without_a_wish_the_largest_that_is_here_and_fits_is_taken(store: ModelStore) -> None:
    put(store, "Qwen2.5-Coder-7B-Instruct", "gguf")
    put(store, "Qwen2.5-Coder-32B-Instruct", "gguf")
    choice = choose(EngineConfig(), LAPTOP, store)
    assert choice.model is not None
    assert choice.model.label == "Qwen2.5-Coder 7B Instruct"


def test_default_model_is_kept_when_nothing_is_here(store: ModelStore) -> None:
    choice = choose(EngineConfig(), LAPTOP, store)
    assert choice.model is MODELS[0]


def test_too_large_a_model_is_refused_and_one_that_fits_is_named(store: ModelStore) -> None:
    with pytest.raises(DoesNotFit, match=r"needs 19\.9 GB; 12\.0 GB of memory are available") as refused:
        choose(EngineConfig(model="Qwen2.5-Coder-32B-Instruct"), LAPTOP, store)
    assert refused.value.hint == "Qwen2.5-Coder 14B Instruct would fit."


def test_too_long_a_context_names_the_longest_that_fits(store: ModelStore) -> None:
    with pytest.raises(DoesNotFit) as refused:
        choose(EngineConfig(model="Qwen2.5-Coder-7B-Instruct", context_tokens=131_072), LAPTOP, store)
    assert "With 65,536 tokens of context it would fit." in refused.value.hint


def test_machine_too_small_for_everything_says_what_helps(store: ModelStore) -> None:
    with pytest.raises(DoesNotFit) as refused:
        choose(EngineConfig(model="Qwen2.5-Coder-0.5B-Instruct"), Machine(1, GIB, GIB // 4), store)
    assert "Close other programs" in refused.value.hint


def test_more_tokens_than_the_model_reads_are_refused(store: ModelStore) -> None:
    with pytest.raises(EngineRefused, match="reads at most 32,768 tokens; 65,536 were asked for"):
        choose(EngineConfig(context_tokens=65_536), WORKSTATION, store)


@pytest.mark.parametrize(("tokens", "factor"), [(8192, None), (32_768, None), (40_000, 2), (131_072, 4)])
def test_yarn_is_on_only_beyond_the_native_length(store: ModelStore, tokens: int, factor: int | None) -> None:
    config = EngineConfig(model="Qwen2.5-Coder-7B-Instruct", context_tokens=tokens)
    choice = choose(config, WORKSTATION, store)
    yarn = child_settings(choice, config, Path("x"))["yarn"]
    assert yarn == (None if factor is None else {"factor": factor, "original_tokens": 32_768})
    assert ("YaRN stretches 32,768 tokens" in choice.reason) == (factor is not None)


def test_small_memory_shortens_the_context_and_a_container_is_named(store: ModelStore) -> None:
    small = Machine(2, 2 * GIB, int(1.8 * GIB), limited_by="memory limit of the container 2.0 GB")
    choice = choose(EngineConfig(), small, store)
    assert choice.context_tokens == 4096
    assert "context shortened to 4,096 tokens" in choice.reason
    assert "memory limit of the container 2.0 GB" in choice.reason


def test_unknown_model_and_one_of_the_hub_are_two_answers(store: ModelStore) -> None:
    with pytest.raises(EngineRefused, match=r"Did you mean .*Qwen2\.5-Coder-7B"):
        choose(EngineConfig(model="Qwen2.5-Codr-7B"), LAPTOP, store)
    with pytest.raises(EngineRefused) as unknown:
        choose(EngineConfig(model="mistralai/Mistral-7B"), LAPTOP, store)
    assert "jupyter qwen model pull mistralai/Mistral-7B" in unknown.value.hint


def test_processor_without_bfloat16_counts_weights_and_cache_twice(store: ModelStore) -> None:
    put(store, "Qwen2.5-Coder-1.5B-Instruct", "safetensors")
    old = replace(LAPTOP, float_bits=32)
    new_need, old_need = choose(EngineConfig(), LAPTOP, store).need, choose(EngineConfig(), old, store).need
    assert new_need is not None
    assert old_need is not None
    assert old_need.weights == 2 * new_need.weights
    assert old_need.kv_cache == 2 * new_need.kv_cache
