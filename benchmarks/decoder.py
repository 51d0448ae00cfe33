"""The transformers engine's inside against plain `generate`, in one process on the same weights.

    python -m benchmarks.decoder FOLDER [--threads 2] [--new 64] [--rounds 2]

Prints, for a prompt about a notebook: tokens per second of `generate` and of our decode loop, the first token of a first and of a
second question on the same context, whether the tokens agree, and whether the logits are the same bits with the cache.
"""

from __future__ import annotations

import argparse
import queue
import time
from pathlib import Path
from typing import Any

import psutil
import torch
from transformers import AutoModelForCausalLM

from jupyter_qwen.engine.children.decoder.attention import KeyValues, Piece
from jupyter_qwen.engine.children.decoder.computer import Computer
from jupyter_qwen.engine.children.decoder.network import Network, Rows
from jupyter_qwen.engine.children.decoder.pass_size import PassSize
from jupyter_qwen.engine.children.decoder.sequence import Ended, Job, RequestFailed, Timings
from jupyter_qwen.engine.children.decoder.weights import load

TABLES = "\n".join(
    f"CREATE TABLE orders_{year} (order_id INTEGER, customer_id INTEGER, ordered_on DATE, net_amount DECIMAL(10, 2), "
    f"shipping_country VARCHAR, payment_method VARCHAR); -- {year * 37 % 9000} rows"
    for year in range(2015, 2025)
)
ASK = (
    "<|im_start|>system\nAnswer with one DuckDB query.<|im_end|>\n"
    "<|im_start|>user\n{tables}\n\n{question}<|im_end|>\n<|im_start|>assistant\n"
)
QUESTIONS = (
    "What was the total net amount per shipping country in 2024, highest first, with the number of orders?",
    "Which ten customers spent most in 2023 with each payment method, and on how many orders?",
)


def ours(computer: Computer, prompt: list[int], new: int, slot: int = 3) -> tuple[list[int], Timings, float]:
    """The answer's tokens are not on the wire: they are read from the slot afterwards. Seconds to the first token come last."""
    events: queue.Queue[Any] = queue.Queue()
    job = Job(prompt, new, events.put, slot=slot)
    began = time.perf_counter()
    computer.submit(job)
    first = 0.0
    while True:
        event = events.get()
        if isinstance(event, RequestFailed):
            raise SystemExit(event.message)
        if not first and not hasattr(event, "processed"):
            first = time.perf_counter() - began
        if isinstance(event, Ended):
            break
    while any(computer.busy()):
        time.sleep(0.001)
    return computer._prefixes._held[slot].tokens[len(prompt) :], event.timings, first


def pass_seconds(network: Network, tokens: list[int], rows: int) -> float:
    """The middle of seven passes of `rows` rows behind a prompt, through `model` itself: a row alone is not made two."""
    model, cache, times = network.loaded.model, KeyValues(network.loaded.shape, 1), []
    with torch.inference_mode():
        network.compute([Rows(tokens, 0, cache, 0)], lambda: None)
        for _ in range(7):
            ids, places = torch.tensor([tokens[:rows]]), torch.tensor([list(range(len(tokens), len(tokens) + rows))])
            network.loaded.attention.pieces = [Piece.of(cache, first=0, count=rows, position=len(tokens))]
            began = time.perf_counter()
            model(input_ids=ids, position_ids=places, use_cache=False)
            times.append(time.perf_counter() - began)
    return sorted(times)[3]


def same_bits(network: Network, tokens: list[int]) -> tuple[int, float]:
    """Ways of cutting the prompt whose last logits have other bits than at once (the engine promises 0), and by how much."""
    with torch.inference_mode():
        whole = network.compute([Rows(tokens, 0, KeyValues(network.loaded.shape, 1), 2)], lambda: None)[0][-1]
        different, most = 0, 0.0
        for sizes in (
            (len(tokens) - 20, 20),
            (len(tokens) - 1, 1),
            (64,) * 16,
            (len(tokens) - 12, *(1,) * 12),
            (100, 3, 256, 7),
        ):
            cache, at = KeyValues(network.loaded.shape, 1), 0
            for size in (*sizes, len(tokens)):
                part = tokens[at : at + size]
                if part:
                    found = network.compute([Rows(part, at, cache, 1)], lambda: None)[0][-1]
                at += len(part)
            different += not torch.equal(found, whole)
            most = max(most, float((found.float() - whole.float()).abs().max()))
    return different, most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--new", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    loaded = load(options.folder, threads=options.threads, context_tokens=4096)
    print(f"{loaded.label}, {loaded.dtype}; resident after loading {psutil.Process().memory_info().rss / 1e9:.2f} GB")
    plain = AutoModelForCausalLM.from_pretrained(options.folder, dtype=loaded.shape.dtype).eval()
    words = loaded.tokenizer
    prompts = [words(ASK.format(tables=TABLES, question=q), add_special_tokens=False)["input_ids"] for q in QUESTIONS]
    print(f"prompt {len(prompts[0])} tokens, {options.new} new ones at most")
    for fused, whose in ((False, "ours"), (True, "torch's fused attention")):
        loaded.attention.fused = fused
        different, most = same_bits(Network(loaded), prompts[0])
        print(
            f"{whose}: logits of other bits than at once in {different} of 5 ways to cut the prompt, by {most:.3f} at most"
        )
    loaded.attention.fused = loaded.shape.device.type != "cpu"
    seconds = {rows: pass_seconds(Network(loaded), prompts[0][:256], rows) * 1000 for rows in (1, 2, 4, 8)}
    print("a pass of " + ", ".join(f"{rows} rows: {ms:.0f} ms" for rows, ms in seconds.items()))
    for number in range(options.rounds):
        ids = torch.tensor([prompts[0]])
        with torch.inference_mode():
            began = time.perf_counter()
            plain.generate(ids, max_new_tokens=1, do_sample=False)
            read = time.perf_counter() - began
            found = plain.generate(ids, max_new_tokens=options.new, do_sample=False)[0, len(prompts[0]) :].tolist()
            wrote = time.perf_counter() - began - 2 * read
        print(
            f"round {number}: generate      prefill {len(prompts[0]) / read:6.1f}/s  decode {(len(found) - 1) / wrote:5.2f}/s"
        )
        computer = Computer(loaded, slots=8, cache_bytes=2**30, pace=PassSize())
        tokens, timings, first = ours(computer, prompts[0], options.new)
        prefill, decode = timings.prompt_n / timings.prompt_ms, (timings.predicted_n - 1) / timings.predicted_ms
        print(
            f"round {number}: ours          prefill {prefill * 1000:6.1f}/s  decode {decode * 1000:5.2f}/s"
            f"  same tokens as generate: {tokens[: len(found)] == found[: len(tokens)]}"
        )
        again, timings, second = ours(computer, prompts[1], options.new)
        alone, _, _ = ours(Computer(loaded, slots=8, cache_bytes=2**30, pace=PassSize()), prompts[1], options.new)
        print(
            f"round {number}:   first token {first:.2f} s, of a second question on the same context {second:.2f} s "
            f"({timings.cache_n} tokens cached); its tokens are those without a cache: {again == alone}"
        )


if __name__ == "__main__":
    main()
