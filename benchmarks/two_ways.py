"""Asks every question of a pack twice, plainly and with a worked example, and keeps both answers as the model wrote them.

    python -m benchmarks.two_ways ask PACK --out FILE [--every N] [--plain]     # needs the model
    python -m benchmarks.two_ways choose --scorer score_sql.py PACK FILE [PACK FILE …]     # needs none

`choose` proves and mends the kept answers as the product does, and prints how many would be right under each way to choose
between the two. With `--plain` only the plain answer is asked for, in lines that `benchmarks.sql_repairs` reads.
The scorer is that of `benchmarks.sql_repairs`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.query_families import family
from benchmarks.sql_repairs import load_scorer
from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.answers.examine import examine
from jupyter_qwen.assistant.answers.generation import request_for
from jupyter_qwen.assistant.answers.sql_answer import build_sql_prompt
from jupyter_qwen.assistant.answers.votes import Candidate, vote
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config
from jupyter_qwen.engine.base import Delta, Engine
from jupyter_qwen.evaluate.lane import EvaluationEngines
from jupyter_qwen.evaluate.sql_pack import SqlCase, SqlPack
from jupyter_qwen.prompt.answers import first_statement
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.prompt.shapes.library import PLAIN
from jupyter_qwen.prompt.shapes.masking import explained
from jupyter_qwen.prompt.shapes.retrieval import Example, index
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema

_LEAST_LIKENESS = 0.15  # below what the product shows, so that the threshold itself can be weighed


@dataclass(frozen=True)
class Answered:
    """One question with its two answers, examined; `shaped` is None where no example fits."""

    case: SqlCase
    kept: dict[str, Any]
    plain: Candidate
    shaped: Candidate | None
    plain_right: bool
    shaped_right: bool

    @property
    def likeness(self) -> float:
        return float(self.kept["likeness"] or 0.0)

    @property
    def plain_built_alike(self) -> bool:
        """Whether the plain answer is built as the example's query is."""
        return built(self.plain.sql) == str(self.kept["family"])

    @property
    def shaped_built_alike(self) -> bool:
        return self.shaped is not None and built(self.shaped.sql) == str(self.kept["family"])


def built(sql: str) -> str:
    """The family of `sql`; empty for one that cannot be read."""
    try:
        return family(sql)
    except Exception:  # noqa: BLE001 - sqlglot raises many things over a model's text, and all mean the same here
        return ""


async def ask(pack: SqlPack, out: Path, engine: Engine, done: set[str], *, every: int, plain: bool) -> None:
    """Write a line to `out` for each question that is not among `done`, the ids that it holds."""
    name, schema = "", Schema(())
    with out.open("a", encoding="utf8") as file:
        for case in pack.cases[::every]:
            if case.id in done:
                continue
            if case.database != name:
                name = case.database
                schema = Schema.from_json(collect({"con": pack.connect(name)}))
            question = Question(text=case.text, mode="sql", schema=schema, connection="con")
            if plain:
                text = await _answer(engine, await _prompt(question, schema, engine, None))
                file.write(json.dumps({"id": case.id, "sql": text}, ensure_ascii=False) + "\n")
                file.flush()
                continue
            match = await asyncio.to_thread(index().best, case.text, explained(case.text, schema))
            fits = match is not None and match.pair.shape != PLAIN and match.score >= _LEAST_LIKENESS
            kept: dict[str, Any] = {"id": case.id, "likeness": None, "shape": None, "family": None, "shaped": None}
            kept["plain"] = await _answer(engine, await _prompt(question, schema, engine, None))
            if match is not None and fits:
                pair = match.pair
                example = Example(pair.shape, pair.question, pair.sql, pair.database.definitions, match.score)
                kept |= {"likeness": round(match.score, 3), "shape": pair.shape, "family": family(pair.sql)}
                kept["shaped"] = await _answer(engine, await _prompt(question, schema, engine, example))
            file.write(json.dumps(kept, ensure_ascii=False) + "\n")
            file.flush()


async def _prompt(question: Question, schema: Schema, engine: Engine, example: Example | None) -> Prompt:
    return await build_sql_prompt(question, schema, (), engine=engine, limits=AnswerLimits(), example=example)


async def _answer(engine: Engine, prompt: Prompt) -> str:
    text = ""
    async with aclosing(engine.generate(request_for(prompt, max_new_tokens=320, temperature=0.0))) as stream:  # type: ignore[type-var]
        async for piece in stream:
            if isinstance(piece, Delta):
                text += piece.text
    return first_statement(prompt.prefill + text)


def examined(folder: Path, answers: Path, scorer: Any) -> list[Answered]:
    """The kept answers of a pack, proved, mended, tried and scored."""
    pack, scores = SqlPack(folder), scorer.Scorer(str(folder))
    gold = {item["id"]: item for item in scores.cases}
    kept = {item["id"]: item for item in map(json.loads, answers.read_text(encoding="utf8").splitlines())}
    schemas: dict[str, Schema] = {}
    rows: list[Answered] = []
    for case in pack.cases:
        if case.id not in kept:
            continue
        if case.database not in schemas:
            schemas[case.database] = Schema.from_json(collect({"con": pack.connect(case.database)}))
        schema, item = schemas[case.database], kept[case.id]
        plain = examine(item["plain"], schema, question=case.text, origin="plain")
        shaped = examine(item["shaped"], schema, question=case.text, origin="shaped") if item["shaped"] else None
        right = [c is not None and bool(scores.score(gold[case.id], c.sql)[1]) for c in (plain, shaped)]
        rows.append(Answered(case, item, plain, shaped, *right))
    return rows


def _when_doubtful(row: Answered) -> bool:
    return row.shaped is not None and vote([row.plain, row.shaped]) is row.shaped if row.plain.doubtful else False


def _sound(row: Answered) -> bool:
    return row.shaped is not None and not row.shaped.doubtful


def _by_family(least: float) -> Callable[[Answered], bool]:
    def takes(row: Answered) -> bool:
        unlike = not row.plain_built_alike and row.shaped_built_alike
        return _when_doubtful(row) or (_sound(row) and row.likeness >= least and unlike)

    return takes


POLICIES: dict[str, Callable[[Answered], bool]] = {
    "the plain answer": lambda row: False,
    "the shaped one where there is one": lambda row: row.shaped is not None,
    "the shaped one where the plain one is doubtful (likeness 0.25)": lambda row: (
        row.likeness >= 0.25 and _when_doubtful(row)
    ),
    "… (likeness 0.15)": _when_doubtful,
    **{
        f"… or is not built like the example (likeness {least})": _by_family(least)
        for least in (0.25, 0.3, 0.35, 0.4, 0.5)
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = parser.add_subparsers(dest="way", required=True)
    asking = ways.add_parser("ask")
    asking.add_argument("pack", type=Path)
    asking.add_argument("--out", type=Path, required=True)
    asking.add_argument("--every", type=int, default=1)
    asking.add_argument("--plain", action="store_true")
    add_engine_options(asking)
    choosing = ways.add_parser("choose")
    choosing.add_argument("--scorer", type=Path, required=True)
    choosing.add_argument("files", nargs="+", type=Path, metavar="PACK FILE")
    arguments = parser.parse_args()
    if arguments.way == "ask":
        out: Path = arguments.out
        done = {json.loads(line)["id"] for line in out.read_text("utf8").splitlines()} if out.exists() else set()
        asyncio.run(_ask(arguments, done))
        return
    scorer = load_scorer(arguments.scorer)
    pairs = list(zip(arguments.files[::2], arguments.files[1::2], strict=True))
    packs = [examined(folder, answers, scorer) for folder, answers in pairs]
    print(
        "| way to choose | "
        + " | ".join(f"{answers.stem} ({len(rows)})" for (_, answers), rows in zip(pairs, packs, strict=True))
        + " |"
    )
    print("|---" * (len(packs) + 1) + "|")
    for name, takes in POLICIES.items():
        sums = [sum(row.shaped_right if takes(row) else row.plain_right for row in rows) for rows in packs]
        print(f"| {name} | " + " | ".join(map(str, sums)) + " |")
    print(
        "| either of the two | "
        + " | ".join(str(sum(r.plain_right or r.shaped_right for r in rows)) for rows in packs)
        + " |"
    )


async def _ask(arguments: argparse.Namespace, done: set[str]) -> None:
    supervised = SupervisedEngines(engine_config(arguments))
    try:
        engine = await EvaluationEngines(supervised).engine()
        await ask(SqlPack(arguments.pack), arguments.out, engine, done, every=arguments.every, plain=arguments.plain)
    finally:
        await supervised.aclose()


if __name__ == "__main__":
    main()
