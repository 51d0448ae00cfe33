"""The transformers engine's parts: the prefix cache, text as it comes, sampling, pace, loading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from jupyter_qwen.engine.children.decoder.attention import GRID, CacheShape, KeyValues, padded
from jupyter_qwen.engine.children.decoder.pass_size import PassSize
from jupyter_qwen.engine.children.decoder.prefixes import CachedPrefix, PrefixCache
from jupyter_qwen.engine.children.decoder.sampling import Sampler, Sampling
from jupyter_qwen.engine.children.decoder.text_stream import TextStream
from jupyter_qwen.engine.children.decoder.weights import WeightsError, load, stretch
from jupyter_qwen.engine.slots.plan import common_prefix

SHAPE = CacheShape(layers=2, kv_heads=2, head_dim=16, dtype=torch.bfloat16, device=torch.device("cpu"))


@pytest.fixture(scope="module")
def words(taught_weights: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(taught_weights)


def ids(words: Any, text: str) -> list[int]:
    return list(words(text, add_special_tokens=False)["input_ids"])


# -- the cache


def test_cache_keeps_within_its_budget_and_drops_the_longest_unused() -> None:
    one = KeyValues(SHAPE, GRID)
    prefixes = PrefixCache(8, 2 * one.bytes)
    for slot in (0, 1, 2):
        prefixes.give_back(slot, [slot, 5, 6], KeyValues(SHAPE, GRID))
    assert prefixes.bytes <= 2 * one.bytes
    assert prefixes.take(0, [0, 5, 6, 7], (), 4) == (None, 0)
    cache, cached = prefixes.take(2, [2, 5, 6, 7], (), 4)
    assert cache is not None
    assert cached == 3


def test_last_token_of_a_known_prompt_is_computed_again_for_its_logits() -> None:
    prefixes = PrefixCache(2, 2**30)
    prefixes.give_back(0, [1, 2, 3], KeyValues(SHAPE, GRID))
    assert prefixes.take(0, [1, 2, 3], (), 3)[1] == 2


def test_request_that_runs_lends_its_beginning() -> None:
    prefixes = PrefixCache(2, 2**30)
    running = CachedPrefix(list(range(40)), KeyValues(SHAPE, GRID))
    cache, cached = prefixes.take(0, [*range(30), 99], [running], 50)
    assert cached == 30
    assert cache is not running.cache


def test_slot_is_chosen_by_what_it_holds_then_by_age() -> None:
    prefixes = PrefixCache(3, 2**30)
    for slot in (0, 1, 2):
        prefixes.give_back(slot, [slot] * 10, KeyValues(SHAPE, GRID))
    assert prefixes.choose([1] * 12, set()) == 1
    assert prefixes.choose([9] * 12, set()) == 0
    assert prefixes.choose([1] * 12, {1}) == 0


def test_common_beginning_is_found_whatever_its_length() -> None:
    for length in (0, 1, 2, 7, 8, 63):
        assert common_prefix([*range(length), -1, 5], [*range(length), -2, 5]) == length
    assert common_prefix([], [1]) == 0
    assert common_prefix([1, 2], [1, 2, 3]) == 2


def test_cache_grows_without_losing_what_it_holds() -> None:
    cache = KeyValues(SHAPE, 1)
    keys = torch.ones(2, 3, 16, dtype=torch.bfloat16)
    cache.write(1, 0, keys, keys * 2)
    cache.reserve(padded(GRID + 1))
    assert cache.capacity >= 2 * GRID
    found, values = cache.read(1, 3)
    assert torch.equal(found, keys)
    assert torch.equal(values, keys * 2)


# -- text, sampling, loading


def test_half_a_character_is_held_back_until_it_is_whole(words: Any) -> None:
    stream = TextStream(words, ())
    pieces = [stream.push(token) for token in ids(words, "é🙂 ü")]
    assert "".join(pieces) + stream.end() == "é🙂 ü"
    assert not any("\ufffd" in piece for piece in pieces)


def test_answer_cut_inside_a_character_shows_the_replacement_sign(words: Any) -> None:
    stream = TextStream(words, ())
    first = ids(words, "🙂")[0]
    assert stream.push(first) == ""
    assert stream.end() == "\ufffd"


def test_text_that_may_become_a_stop_string_is_held_back(words: Any) -> None:
    stream = TextStream(words, ("```\n", "END"))
    shown = ""
    for token in ids(words, "a ``b`` EN c ```\nmore"):
        shown += stream.push(token)
        if stream.stopped:
            break
    assert shown + stream.end() == "a ``b`` EN c "
    held = TextStream(words, ("END",))
    assert "".join(held.push(token) for token in ids(words, "an EN")) + held.end() == "an EN"


def test_sampling_follows_seed_temperature_and_top_p() -> None:
    logits = torch.tensor([0.0, 3.0, 2.9, -5.0])
    assert Sampler(Sampling()).draw(logits) == 1

    def draws(**how: Any) -> list[int]:
        sampler = Sampler(Sampling(temperature=1.0, **how))
        return [sampler.draw(logits) for _ in range(60)]

    assert draws(seed=3) == draws(seed=3)
    assert draws(seed=3) != draws(seed=4)
    assert set(draws(seed=3, top_p=0.9)) == {1, 2}
    assert set(draws(seed=3, top_p=0.01)) == {1}
    assert set(draws(seed=3, top_k=1)) == {1}


def test_rows_follow_the_speed_and_the_company() -> None:
    pace = PassSize(rows_per_second=240)
    assert pace.rows(alone=True) == 240
    assert pace.rows(alone=False) == 48
    pace.note(100, 10)
    assert pace.rows(alone=True) < 240


def test_folder_without_a_shard_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="holds no model"):
        load(tmp_path, threads=1, context_tokens=10)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model-00001-of-00002.safetensors").write_bytes(b"")
    index = '{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}'
    (tmp_path / "model.safetensors.index.json").write_text(index)
    with pytest.raises(WeightsError, match=r"model-00002-of-00002\.safetensors is missing"):
        load(tmp_path, threads=1, context_tokens=10)


def test_context_beyond_the_native_one_sets_yarn() -> None:
    class Config:
        max_position_embeddings = 32768
        rope_parameters = {"rope_type": "default", "rope_theta": 1e6}  # noqa: RUF012 - as transformers has it

    config = Config()
    stretch(config, 8192)
    assert config.rope_parameters["rope_type"] == "default"
    stretch(config, 131072)
    assert config.rope_parameters == {
        "rope_type": "yarn", "rope_theta": 1e6, "factor": 4.0, "original_max_position_embeddings": 32768,
    }  # fmt: skip
