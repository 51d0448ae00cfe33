"""What we add to a question besides the engine: collection, decoding, linking, prompts, proof, one line each. No model is needed.

    python -m benchmarks.server_cost [--json] [--streams]

`--streams` also starts a Jupyter server with the scripted engine and 100 readers: event loop, processor time, memory. Tokens are
counted as characters / 2.6 here; the engine's own count costs one request a question (`benchmarks.speed` has it inside).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.collect import many_frames, many_tables
from benchmarks.speed import machine
from benchmarks.speed.traffic import clients
from jupyter_qwen.assistant.answers.blocks import sql_block
from jupyter_qwen.assistant.answers.examine import examine
from jupyter_qwen.assistant.ask import resolve
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.prompt import chat, text_to_sql
from jupyter_qwen.prompt.linking import link
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.server.wire import decode_body
from jupyter_qwen.sql.validate import prove

IN_THE_WAY_MS = 50.0
ROUNDS = 5
ASKED = "total amount per category of table t7, newest first"


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each round. The first is kept: users have no warm-up either."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        kept = work()  # freeing it is nobody's wait: a question lives until its answer is out
        taken.append(1000 * (time.perf_counter() - began))
        del kept
    return taken


def count(text: str) -> int:
    """Tokens, roughly."""
    return round(len(text) / 2.6)


def question_of(found: dict[str, Any], mode: str) -> bytes:
    """The request as the browser sends it: thirty cells and everything that was collected."""
    cells = [
        {"id": f"c{n}", "type": "code", "source": f"x{n} = con.sql('FROM t{n}').df()\nx{n}.head()"} for n in range(30)
    ]
    return json.dumps({"question": ASKED, "mode": mode, "cells": cells, "active_cell": "c29", "schema": found}).encode()


def on_a_schema(label: str, namespace: dict[str, Any], table: str) -> list[tuple[str, list[float], float | None]]:
    """Everything that happens to a question about `namespace` but the engine's work; limits in milliseconds."""
    rows: list[tuple[str, list[float], float | None]] = []

    def note(name: str, work: Callable[[], object], limit: float | None = IN_THE_WAY_MS) -> None:
        rows.append((f"{label}: {name}", timed(work), limit))

    for level in ("types", "samples"):
        note(f"collect, {level} (kernel)", partial(collect, namespace, privacy=level), 1000.0)
    found = collect(namespace, privacy="samples")
    body = question_of(found, "sql")
    note(f"read the request, {len(body) / 1e6:.1f} MB (thread)", lambda: Question.from_json(decode_body(body)))
    question = Question.from_json(decode_body(body))
    note("what a query sees", lambda: resolve(question))
    question, schema = resolve(question)
    note("link", lambda: link(ASKED, schema, count=count, budget_tokens=2000), 100.0)
    note("SQL prompt (thread)", lambda: text_to_sql.build(ASKED, schema, count=count, budget_tokens=3000), 100.0)
    note(
        "chat prompt (thread)",
        lambda: chat.build(ASKED, schema, question.cells, mode="chat", count=count, budget_tokens=3000),
        100.0,
    )
    sql = f"SELECT c1, sum(c0) AS total FROM {table} GROUP BY c1 ORDER BY total DESC"
    if table.startswith("df"):
        sql = sql.replace("c1", "s1")
    note("prove (thread, after the answer)", lambda: prove(sql, schema), None)
    note("prove, mend, try (thread, after the answer)", lambda: examine(sql, schema, question=ASKED), None)
    proof = examine(sql, schema, question=ASKED).proof
    note("the cell to insert", lambda: sql_block(proof, schema, question))
    return rows


async def streams() -> list[tuple[str, float, str, str]]:
    """(name, value, unit, note) of 100 readers on the scripted engine."""
    with tempfile.TemporaryDirectory() as folder:
        found = [figure async for figure in clients(Path(folder), clients=100, questions=1)]
    return [(f"{f.part}: {f.name}", statistics.median(f.product), f.unit, f.note) for f in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--streams", action="store_true")
    arguments = parser.parse_args()
    described = machine.describe()
    if not arguments.json:
        print(f"{described['processor']}, {described['cores']} cores, load before {described['load_before']}")
    gc.collect()
    gc.freeze()  # as the server does
    small = {"con": many_tables(8)["con"]}
    rows = [
        *on_a_schema("8 tables × 20", small, "t7"),
        *on_a_schema("1,000 tables × 20", many_tables(1000), "t7"),
        *on_a_schema("500 frames × 20", many_frames(500), "df7"),
    ]
    listed = [
        {"name": name, "p50_ms": statistics.median(taken), "worst_ms": max(taken), "limit_ms": limit, "ms": taken}
        for name, taken, limit in rows
    ]
    told = asyncio.run(streams()) if arguments.streams else []
    if arguments.json:
        print(json.dumps({"machine": described, "steps": listed, "streams": told}, indent=1))
        return
    for step, taken, most in rows:
        middle = statistics.median(taken)
        limit = "" if most is None else f"limit {most:.0f}"
        verdict = "MISSED" if most is not None and middle > most else ""
        print(f"{middle:8.1f} ms  worst {max(taken):8.1f}  {limit:11}{verdict:7} {step}")
    for name, value, unit, note in told:
        print(f"{value:8.1f} {unit:3} {name}  ({note})")


if __name__ == "__main__":
    main()
