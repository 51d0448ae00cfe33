"""The thread that computes. Every pass serves all requests at once: one row for each answer being written, and as many rows of
waiting prompts as fit into the time that others can be kept waiting.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from typing import Any

import torch

from jupyter_qwen.engine.children.decoder.attention import Interrupted, KeyValues
from jupyter_qwen.engine.children.decoder.network import Network, Rows
from jupyter_qwen.engine.children.decoder.pass_size import PassSize
from jupyter_qwen.engine.children.decoder.prefixes import PrefixCache
from jupyter_qwen.engine.children.decoder.sequence import Job, RequestFailed, Sequence
from jupyter_qwen.engine.children.decoder.weights import Loaded

AT_ONCE = 16  # requests that compute together; more of them wait in the order of their lanes
NO_MEMORY = "There is not enough memory for this request. Ask about less, or set a shorter context."


class Computer:
    """Serves jobs until the process ends. `slots` KV caches are kept between requests, within `cache_bytes`."""

    def __init__(self, loaded: Loaded, *, slots: int, cache_bytes: int, pace: PassSize) -> None:
        self._loaded = loaded
        self._network = Network(loaded)
        self._prefixes = PrefixCache(slots, cache_bytes)
        self._pace = pace
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._jobs: dict[Job, int] = {}  # the slot of each job that computes
        self._sequences: list[Sequence] = []
        self._parts: list[tuple[Sequence, Rows]] = []
        self.finished = 0
        self.cancelled = 0
        threading.Thread(target=self._guarded, name="compute", daemon=True).start()

    @property
    def slots(self) -> int:
        return self._prefixes.slots

    def submit(self, job: Job) -> None:
        """Take a job. It is told Read, Written and in the end one Ended a sample, or Failed."""
        with self._changed:
            self._waiting.append(job)
            self._changed.notify()

    def cancel(self, job: Job) -> None:
        """Stop a job at the next layer of the network. What is computed stays for the next request. Nothing when it is over."""
        with self._changed:
            job.cancelled = True
            self._changed.notify()

    def busy(self) -> list[bool]:
        """For each slot, whether a request computes in it."""
        with self._changed:
            taken = set(self._jobs.values())
            return [slot in taken for slot in range(self.slots)]

    def _guarded(self) -> None:
        try:
            self._serve()
        except BaseException:  # noqa: BLE001 - told in the log, and by the exit
            traceback.print_exc(file=sys.stderr)
            os._exit(70)  # a child that no longer computes must not look alive

    def _serve(self) -> None:
        with torch.inference_mode():
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._waiting or self._sequences)
                self._admit()
                self._drop_cancelled()
                if self._sequences:
                    self._step()

    def _step(self) -> None:
        self._parts = self._plan()
        rows = sum(len(part.tokens) for _, part in self._parts)
        began = time.perf_counter()
        try:
            logits = self._network.compute([part for _, part in self._parts], self._check)
        except Interrupted:
            return
        except Exception as error:  # noqa: BLE001 - whatever it was, the next request must find this thread alive
            self._fail(error)
            return
        self._pace.note(rows, time.perf_counter() - began)
        for (sequence, part), found in zip(self._parts, logits, strict=True):
            self._take(sequence, part, found)
        self._leave([sequence for sequence in self._sequences if sequence.over])

    def _plan(self) -> list[tuple[Sequence, Rows]]:
        """Rows for the next pass: answers first, then prompts by lane and by age, as many as the time allows."""
        reading = sorted((s for s in self._sequences if s.reading), key=lambda s: s.job.rank)
        writing = [s for s in self._sequences if not s.reading]
        urgent = any(s.job.rank == 0 for s in reading)
        budget = self._pace.rows(alone=not writing and not urgent and len(reading) == 1)
        parts = [(sequence, self._rows(sequence, sequence.next_rows(1), wanted=1)) for sequence in writing]
        for sequence in reading:
            if budget <= 0:
                break
            tokens = sequence.next_rows(budget)
            budget -= len(tokens)
            last = sequence.computed + len(tokens) == len(sequence.tokens) and sequence.job.limit > 0
            parts.append((sequence, self._rows(sequence, tokens, wanted=int(last))))
        return parts

    def _rows(self, sequence: Sequence, tokens: list[int], *, wanted: int) -> Rows:
        return Rows(tokens, sequence.computed, sequence.cache, wanted)

    def _take(self, sequence: Sequence, part: Rows, logits: Any) -> None:
        if sequence.reading:
            sequence.take_prompt(len(part.tokens))
            if logits is None:
                if not sequence.reading:
                    sequence.finish("length")
                return
        else:
            sequence.computed += 1
        sequence.take_logits(logits)

    def _check(self) -> None:
        """Called before each layer: is the greater part of this pass still wanted, and does nothing urgent wait?"""
        total = sum(len(part.tokens) for _, part in self._parts)
        wanted = sum(len(part.tokens) for sequence, part in self._parts if not sequence.job.cancelled)
        if wanted * 2 < total:
            raise Interrupted
        if total > self._pace.rows(alone=False) * 2:
            with self._changed:
                urgent = any(job.rank == 0 and not job.cancelled for job in self._waiting)
            if urgent:
                raise Interrupted

    def _admit(self) -> None:
        with self._changed:
            room = AT_ONCE - len(self._jobs)
            self._waiting.sort(key=lambda job: job.rank)
            taken, self._waiting = self._waiting[:room], self._waiting[room:]
        for job in taken:
            if job.cancelled:
                self.cancelled += 1
                continue
            try:
                self._begin(job)
            except Exception as error:  # noqa: BLE001 - as in a pass
                self._jobs.pop(job, None)
                job.tell(self._failure(error))

    def _begin(self, job: Job) -> None:
        slot = job.slot if job.slot is not None else self._prefixes.choose(job.prompt, set(self._jobs.values()))
        slot %= self.slots
        room = len(job.prompt) + min(job.limit, 64)
        running = [sequence.held for sequence in self._sequences]
        cache, cached = self._prefixes.take(slot, job.prompt, running, room)
        cache = cache or KeyValues(self._loaded.shape, room)
        with self._changed:
            self._jobs[job] = slot
        self._sequences.append(
            Sequence(job, cache, cached=cached, tokenizer=self._loaded.tokenizer, ends=self._loaded.ends)
        )

    def _drop_cancelled(self) -> None:
        self._leave([sequence for sequence in self._sequences if sequence.job.cancelled])

    def _leave(self, sequences: list[Sequence]) -> None:
        """Put what the sequences computed back into their slots; their jobs are done."""
        if not sequences:
            return
        self._sequences = [sequence for sequence in self._sequences if sequence not in sequences]
        for sequence in sequences:
            held = sequence.held
            self._prefixes.give_back(self._jobs[sequence.job], held.tokens, held.cache)
            self.finished += sequence.over
            self.cancelled += not sequence.over
            with self._changed:
                del self._jobs[sequence.job]

    def _fail(self, error: Exception) -> None:
        """A pass failed: end its jobs, with a sentence to those who wait for them."""
        failure = self._failure(error)
        jobs = {sequence.job for sequence, _ in self._parts}
        self._sequences = [sequence for sequence in self._sequences if sequence.job not in jobs]
        with self._changed:
            for job in jobs:
                del self._jobs[job]
        for job in jobs:
            job.tell(failure)

    def _failure(self, error: Exception) -> RequestFailed:
        if is_out_of_memory(error):
            self._prefixes.clear()
            return RequestFailed(NO_MEMORY)
        traceback.print_exc(file=sys.stderr)  # the child's log; no text of the user is in it
        return RequestFailed(f"The computation failed: {type(error).__name__}: {error}")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch, or Python, had no memory left; on the processor torch raises a plain RuntimeError."""
    words = str(error).casefold()
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or (
        isinstance(error, (RuntimeError, OSError)) and ("allocate memory" in words or "out of memory" in words)
    )
