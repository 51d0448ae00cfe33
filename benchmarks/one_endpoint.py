"""One endpoint behind two notebook servers: what two people get who ask at the same time.

    JUPYTER_QWEN_API_KEY=… python -m benchmarks.one_endpoint http://127.0.0.1:8000/v1 --model NAME [--rounds 3] [--transcript]

Starts two Jupyter servers with the extension, both configured for the endpoint as docs/howto/jupyterhub.md has it.
Each holds another database and asks its own questions over its own route, as the sidebar does. A round is the same
question on both servers: first one after the other, then both at once, with an inline completion on the first server
while the second one's answer is written. Printed are, for each, the seconds to the first token and to the end, new
tokens a second, how much of the prompt came out of the endpoint's cache, and whether every name in an answer belongs
to the database that was asked. `--transcript` prints the answers.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.speed.jupyter_process import jupyter_server
from jupyter_qwen.kernel.client import Client
from jupyter_qwen.kernel.discovery import Server
from jupyter_qwen.schema.collect import collect

SHOP = """
CREATE TABLE products (product_id INTEGER PRIMARY KEY, title VARCHAR, category VARCHAR, price DECIMAL(8, 2));
CREATE TABLE sales (sale_id INTEGER PRIMARY KEY, product_id INTEGER REFERENCES products, sold_on DATE, units INTEGER);
INSERT INTO products SELECT i, 'product ' || i, ['tea', 'coffee', 'cocoa'][i % 3 + 1], 2 + i FROM range(30) t(i);
INSERT INTO sales SELECT i, i % 30, DATE '2024-01-01' + (i % 366)::INTEGER, 1 + i % 5 FROM range(900) t(i);
"""
CLINIC = """
CREATE TABLE patients (patient_id INTEGER PRIMARY KEY, surname VARCHAR, birth_year INTEGER, town VARCHAR);
CREATE TABLE visits (visit_id INTEGER PRIMARY KEY, patient_id INTEGER REFERENCES patients, visited_on DATE, minutes INTEGER);
INSERT INTO patients SELECT i, 'name ' || i, 1940 + i % 70, ['Ulm', 'Trier', 'Jena'][i % 3 + 1] FROM range(60) t(i);
INSERT INTO visits SELECT i, i % 60, DATE '2024-01-01' + (i % 366)::INTEGER, 5 + i % 40 FROM range(900) t(i);
"""
QUESTIONS = (
    ("units sold per category", "number of visits per town"),
    (
        "the three products with the highest revenue in 2024",
        "the three patients with the most minutes of visits in 2024",
    ),
    ("units sold per month of 2024", "average minutes of a visit per month of 2024"),
    ("products that were never sold in December 2024", "patients without a visit in December 2024"),
)


@dataclass(frozen=True)
class Reply:
    """One answer as it arrived. Seconds are from the request."""

    first_token: float
    seconds: float
    prompt_tokens: int
    cached_tokens: int
    new_tokens: int
    sql: str
    verdict: str
    own: bool

    @property
    def rate(self) -> float:
        """New tokens a second after the first."""
        return (self.new_tokens - 1) / max(1e-9, self.seconds - self.first_token)


@contextlib.contextmanager
def configured(folder: Path, url: str, model: str) -> Iterator[Client]:
    """A Jupyter server of one user, configured for the endpoint; the key is in the environment, as on a hub."""
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "jupyter_server_config.json").write_text(
        json.dumps({"QwenExtension": {"engine": "openai", "endpoint_url": url, "endpoint_model": model}})
    )
    key = {name: value for name, value in os.environ.items() if name == "JUPYTER_QWEN_API_KEY"}
    with jupyter_server(folder, variables=key) as server:
        yield Client(Server(server.url, server.token))


@dataclass(frozen=True)
class Person:
    """Somebody with a notebook server and a database."""

    name: str
    client: Client
    schema: dict[str, Any]
    tables: frozenset[str]
    foreign: frozenset[str]

    def ask(self, question: str) -> Reply:
        """The question over the server's route; the stream is read to its end."""
        began, first, answer = time.perf_counter(), 0.0, None
        body = {
            "question": question,
            "mode": "sql",
            "thread": "",
            "language": "python",
            "cells": [],
            "schema": self.schema,
        }
        for event in self.client.stream("ask", body):
            if event["type"] == "delta" and not first:
                first = time.perf_counter() - began
            elif event["type"] == "error":
                raise SystemExit(f"{self.name}: {event['message']} {event.get('hint', '')}")
            elif event["type"] == "answer":
                answer = event
        seconds = time.perf_counter() - began
        if answer is None:
            raise SystemExit(f"{self.name}: the stream ended without an answer")
        usage, blocks = answer["usage"], [block for block in answer["blocks"] if block["language"] == "sql"]
        sql, verdict = (blocks[0]["source"], str(blocks[0]["verdict"])) if blocks else ("", "none")
        words = set(sql.casefold().replace("(", " ").replace(".", " ").split())
        return Reply(
            first, seconds, usage["prompt_tokens"], usage["cached_tokens"], usage["new_tokens"], sql, verdict,
            bool(words & self.tables) and not words & self.foreign,
        )  # fmt: skip

    def complete(self) -> tuple[float, str]:
        """An inline completion: seconds to its first text, and the text."""
        began = time.perf_counter()
        body: dict[str, Any] = {
            "prefix": "def mean(values):\n    total = sum(values)\n    return ", "suffix": "\n", "language": "python",
            "path": "", "thread": "", "cells": [], "schema": None, "multiline": False, "by_key": True,
        }  # fmt: skip
        first, text = 0.0, ""
        for event in self.client.stream("complete", body):
            if event["type"] == "error":
                raise SystemExit(f"{self.name}: {event['message']} {event.get('hint', '')}")
            if event["type"] == "completion":
                text = event["text"]
                first = first or (time.perf_counter() - began if text else 0.0)
                if event["done"]:
                    break
        return first, text


def person(name: str, client: Client, script: str, tables: frozenset[str], foreign: frozenset[str]) -> Person:
    con = duckdb.connect()
    con.execute(script)
    return Person(name, client, collect({"con": con}, privacy="samples"), tables, foreign)


def describe(name: str, how: str, reply: Reply) -> None:
    print(
        f"{name:8}{how:12}{reply.first_token:8.2f}{reply.seconds:8.2f}{reply.rate:8.1f}"
        f"{reply.prompt_tokens:8d}{reply.cached_tokens:8d}{reply.new_tokens:6d}  {reply.verdict:10}"
        f"{'own tables' if reply.own else 'FOREIGN NAMES'}",
        flush=True,
    )


def rounds(people: tuple[Person, Person], count: int, *, transcript: bool) -> dict[str, list[Reply]]:
    """Every question alone and at once; the replies by how they were asked."""
    replies: dict[str, list[Reply]] = {"alone": [], "at once": []}
    print(f"{'':8}{'':12}{'first':>8}{'end':>8}{'tok/s':>8}{'prompt':>8}{'cached':>8}{'new':>6}")
    with ThreadPoolExecutor(3) as pool:
        for number, pair in enumerate(QUESTIONS[:count]):
            asked = list(zip(people, pair, strict=True))
            # every other round the other way about, so that neither way always finds the other's cache
            for how in ("alone", "at once") if number % 2 == 0 else ("at once", "alone"):
                if how == "alone":
                    found = [who.ask(question) for who, question in asked]
                else:
                    running = [pool.submit(who.ask, question) for who, question in asked]
                    completing = pool.submit(people[0].complete)
                    found = [item.result() for item in running]
                    first, text = completing.result()
                    print(f"{people[0].name:8}{'completion':12}{first:8.2f}  {text!r}", flush=True)
                replies[how] += found
                for (who, question), reply in zip(asked, found, strict=True):
                    describe(who.name, how, reply)
                    if transcript and how == "at once":
                        print(f"\n    {who.name} asks: {question}\n    " + reply.sql.replace("\n", "\n    ") + "\n")
    return replies


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="the endpoint's base address, with /v1")
    parser.add_argument("--model", required=True, help="the model's name there")
    parser.add_argument("--rounds", type=int, default=len(QUESTIONS), help=f"questions, at most {len(QUESTIONS)}")
    parser.add_argument("--transcript", action="store_true", help="print what was answered")
    arguments = parser.parse_args()
    shop, clinic = frozenset({"products", "sales"}), frozenset({"patients", "visits"})
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as servers:
        first, second = (
            servers.enter_context(configured(Path(folder) / name, arguments.url, arguments.model))
            for name in ("one", "two")
        )
        people = (person("shop", first, SHOP, shop, clinic), person("clinic", second, CLINIC, clinic, shop))
        replies = rounds(people, arguments.rounds, transcript=arguments.transcript)
    for how, found in replies.items():
        print(
            f"{how}: first token median {statistics.median(r.first_token for r in found):.2f} s, "
            f"end median {statistics.median(r.seconds for r in found):.2f} s, "
            f"{sum(r.verdict == 'bound' for r in found)} of {len(found)} bound"
        )
    crossed = [reply for found in replies.values() for reply in found if not reply.own]
    print(f"{len(crossed)} answers with names of the other's database")
    return 1 if crossed else 0


if __name__ == "__main__":
    sys.exit(main())
