"""The transformers engine's computing: exactness in pieces and in company, jobs, cancelling. A network of two layers."""

from __future__ import annotations

import queue
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from jupyter_qwen.engine.children.decoder.attention import Interrupted, KeyValues
from jupyter_qwen.engine.children.decoder.computer import Computer
from jupyter_qwen.engine.children.decoder.network import Network, Rows
from jupyter_qwen.engine.children.decoder.pass_size import PassSize
from jupyter_qwen.engine.children.decoder.sampling import Sampling
from jupyter_qwen.engine.children.decoder.sequence import Ended, Job, RequestFailed, Written
from jupyter_qwen.engine.children.decoder.weights import Loaded, load

COUNTING = "count: 1, 2, 3, 4, 5, 6,"


@pytest.fixture(scope="module", params=["bfloat16", "float32"])
def loaded(taught_weights: Path, request: pytest.FixtureRequest) -> Loaded:
    return load(taught_weights, threads=1, context_tokens=2048, dtype=request.param)


@pytest.fixture
def computer(loaded: Loaded) -> Computer:
    return Computer(loaded, slots=4, cache_bytes=2**26, pace=PassSize())


def answer(computer: Computer, prompt: list[int], limit: int = 24, **options: Any) -> tuple[str, Ended]:
    """The text and the end of a job."""
    events: queue.Queue[Any] = queue.Queue()
    computer.submit(Job(prompt, limit, events.put, **options))
    text = ""
    while True:
        event = events.get(timeout=30)
        assert not isinstance(event, RequestFailed), event
        if isinstance(event, Written):
            text += event.text
        if isinstance(event, Ended):
            return text, event


def ids(loaded: Loaded, text: str) -> list[int]:
    return list(loaded.tokenizer(text, add_special_tokens=False)["input_ids"])


# -- exactness


def test_logits_agree_with_the_model_as_transformers_runs_it(loaded: Loaded, taught_weights: Path) -> None:
    from transformers import AutoModelForCausalLM

    tokens = ids(loaded, COUNTING + " 7, 8, 9, 10, 11")
    plain = AutoModelForCausalLM.from_pretrained(taught_weights, dtype=loaded.shape.dtype)
    with torch.inference_mode():
        expected = plain(input_ids=torch.tensor([tokens])).logits[0]
        found = Network(loaded).compute([Rows(tokens, 0, KeyValues(loaded.shape, 1), len(tokens))], lambda: None)[0]
    tolerance = 0.4 if loaded.shape.dtype is torch.bfloat16 else 1e-3
    assert float((found - expected).abs().max()) < tolerance
    assert found.argmax(-1).tolist() == expected.argmax(-1).tolist()


@pytest.mark.parametrize("sizes", [(30, 20), (49, 1), (16,) * 3, (38, *(1,) * 12), (7, 3, 21, 7)])
def test_prompt_cut_into_pieces_gives_the_same_logits(loaded: Loaded, sizes: tuple[int, ...]) -> None:
    tokens = ids(loaded, COUNTING + " 7, 8, 9, 10, 11, 12, 13, 14")[: sum(sizes)]
    network = Network(loaded)
    with torch.inference_mode():
        whole = network.compute([Rows(tokens, 0, KeyValues(loaded.shape, 1), 2)], lambda: None)[0][-1]
        cache, at = KeyValues(loaded.shape, 1), 0
        for size in (*sizes, len(tokens)):
            if tokens[at : at + size]:
                (found,) = network.compute([Rows(tokens[at : at + size], at, cache, 1)], lambda: None)
            at += size
    assert torch.allclose(found[-1], whole, atol=1e-4), "in float32 sums may differ in the last bits"
    if loaded.shape.dtype is torch.bfloat16 and torch.backends.mkldnn.is_available():
        assert int(found[-1].argmax()) == int(whole.argmax())


def test_sequences_in_one_pass_do_not_see_each_other(loaded: Loaded) -> None:
    left, right = ids(loaded, COUNTING), ids(loaded, "def add(a, b):")
    network = Network(loaded)
    with torch.inference_mode():
        together = network.compute(
            [Rows(left, 0, KeyValues(loaded.shape, 1), 1), Rows(right, 0, KeyValues(loaded.shape, 1), 1)], lambda: None
        )
        alone = [
            network.compute([Rows(tokens, 0, KeyValues(loaded.shape, 1), 1)], lambda: None)[0]
            for tokens in (left, right)
        ]
    for one, other in zip(together, alone, strict=True):
        assert torch.allclose(one, other, atol=1e-4)


def test_greedy_tokens_are_the_same_with_and_without_the_cache(loaded: Loaded) -> None:
    texts = [COUNTING, COUNTING + " 7,", COUNTING + " 7, 8, 9,", "count: 1, 2, 3,", COUNTING]
    cold = [
        answer(Computer(loaded, slots=4, cache_bytes=2**26, pace=PassSize()), ids(loaded, text))[0] for text in texts
    ]
    warm = Computer(loaded, slots=4, cache_bytes=2**26, pace=PassSize())
    found = [answer(warm, ids(loaded, text), slot=3) for text in texts]
    assert [text for text, _ in found] == cold
    assert all(end.timings.cache_n > 0 for _, end in found[1:])


def test_fused_attention_of_graphics_cards_agrees_with_ours(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = ids(loaded, COUNTING)
    network = Network(loaded)
    found = []
    for fused in (False, True):
        monkeypatch.setattr(loaded.attention, "fused", fused)
        cache = KeyValues(loaded.shape, 1)
        with torch.inference_mode():
            network.compute([Rows(tokens[:9], 0, cache, 0)], lambda: None)
            found.append(network.compute([Rows(tokens[9:], 9, cache, 1)], lambda: None)[0][-1].float())
    assert float((found[0] - found[1]).abs().max()) < (0.4 if loaded.shape.dtype is torch.bfloat16 else 1e-3)
    assert int(found[0].argmax()) == int(found[1].argmax())


# -- jobs


def test_interrupted_pass_leaves_nothing_behind(loaded: Loaded) -> None:
    tokens = ids(loaded, COUNTING)
    network, cache = Network(loaded), KeyValues(loaded.shape, 1)
    calls = iter((None, Interrupted()))

    def check() -> None:
        raised = next(calls, None)
        if raised is not None:
            raise raised

    with torch.inference_mode():
        with pytest.raises(Interrupted):
            network.compute([Rows(tokens, 0, cache, 1)], check)
        found = network.compute([Rows(tokens, 0, cache, 1)], lambda: None)[0]
        fresh = network.compute([Rows(tokens, 0, KeyValues(loaded.shape, 1), 1)], lambda: None)[0]
    assert torch.equal(found, fresh)


def test_cancelled_job_ends_and_its_prefix_stays(computer: Computer, loaded: Loaded) -> None:
    events: queue.Queue[Any] = queue.Queue()
    prompt = ids(loaded, COUNTING * 8)
    job = Job(prompt, 1000, events.put, slot=1)
    computer.submit(job)
    while not isinstance(events.get(timeout=30), Written):
        continue
    computer.cancel(job)
    deadline = time.monotonic() + 10
    while any(computer.busy()):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    assert computer.cancelled == 1
    _, end = answer(computer, prompt, slot=1)
    assert end.timings.cache_n == len(prompt) - 1


def test_job_without_an_answer_only_processes_its_prompt(computer: Computer, loaded: Loaded) -> None:
    prompt = ids(loaded, COUNTING)
    text, end = answer(computer, prompt, limit=0, slot=2)
    assert (text, end.timings.predicted_n, end.timings.prompt_n) == ("", 0, len(prompt))
    _, end = answer(computer, [*prompt, *ids(loaded, " 7")], slot=2)
    assert end.timings.cache_n == len(prompt)


def test_prefix_of_another_slot_is_copied(computer: Computer, loaded: Loaded) -> None:
    prompt = ids(loaded, COUNTING * 4)
    answer(computer, prompt, slot=0)
    _, end = answer(computer, prompt, slot=1)
    assert end.timings.cache_n == len(prompt) - 1
    _, end = answer(computer, prompt, slot=0)
    assert end.timings.cache_n == len(prompt) - 1


def test_seed_draws_the_same_answer_again_and_another_seed_another(computer: Computer, loaded: Loaded) -> None:
    prompt = ids(loaded, "def")
    drawn = [answer(computer, prompt, 12, sampling=Sampling(temperature=1.5, seed=seed))[0] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_failed_pass_ends_its_jobs_and_the_next_one_works(
    computer: Computer, loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: Any) -> None:
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory")

    events: queue.Queue[Any] = queue.Queue()
    with monkeypatch.context() as patched:
        patched.setattr(computer._network, "compute", no_memory)
        computer.submit(Job(ids(loaded, COUNTING), 4, events.put))
        failed = events.get(timeout=30)
    assert isinstance(failed, RequestFailed)
    assert "not enough memory" in failed.message
    assert answer(computer, ids(loaded, COUNTING))[0].startswith(" 7, 8")
