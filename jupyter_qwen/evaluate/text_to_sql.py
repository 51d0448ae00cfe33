"""Text-to-SQL: every case of a pack goes the way of a user's question, and the answers are written for a scorer.

Nothing here knows the right answers. The tables are loaded into a DuckDB connection, the schema is collected from that
connection as it would be from a kernel, and `assistant.ask` does the rest. ``--raw`` is the baseline: the whole DDL, one
greedy answer, no proof.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.ask import ask, warm
from jupyter_qwen.assistant.events import AnswerFinished, BlockJudged, PromptBuilt
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import EngineSource, Services
from jupyter_qwen.assistant.warming.idle import IdleBudget
from jupyter_qwen.assistant.warming.warm import Warming
from jupyter_qwen.engine.base import Delta, Engine, Finished, GenerationRequest, Usage
from jupyter_qwen.evaluate.predictions import PackError, Predictions, read_lines
from jupyter_qwen.evaluate.progress_bar import ProgressBar
from jupyter_qwen.evaluate.sql_pack import SqlCase, SqlPack
from jupyter_qwen.evaluate.summary import summary_table
from jupyter_qwen.prompt.answers import first_statement
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml, message
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema

_RAW_SYSTEM = "You are a helpful assistant that writes SQL for DuckDB. Answer with one SQL query and nothing else."
_RAW_PREFILL = "```sql\n"
_RAW_NEW_TOKENS = 400
_CONNECTION = "con"


@dataclass(frozen=True)
class TextToSqlOptions:
    """What to run. `every` takes each n-th case, for a quick look; `cold` leaves the KV cache as it is when a database is new.

    `translations` holds a line for each case that is asked, with its `id` and the question under the code of each language.
    """

    pack: Path
    out: Path
    limit: int | None = None
    every: int = 1
    raw: bool = False
    resume: bool = False
    cold: bool = False
    choice_seconds: float | None = None
    cases: tuple[str, ...] = ()
    translations: Path | None = None
    language: str = "en"


@dataclass
class _Database:
    """The database of the cases at hand; cases come sorted by database in every pack, so one is open at a time."""

    name: str
    con: duckdb.DuckDBPyConnection
    schema: Schema
    seen: set[str] = field(default_factory=set)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PACK, --out, --limit, --every, --raw, --resume, --cold, --seconds, --case. The engine's options are the caller's."""
    parser.add_argument(
        "pack", type=Path, help="folder with cases.jsonl and the databases (or with sql/ that holds them)"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="predictions, one JSON object a line")
    parser.add_argument("--limit", type=int, help="only the first N cases")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th case")
    parser.add_argument("--case", action="append", default=[], metavar="ID", help="only this case; may be repeated")
    parser.add_argument("--raw", action="store_true", help="baseline: whole DDL, one greedy answer, no proof")
    parser.add_argument("--resume", action="store_true", help="keep the answers that the file holds")
    parser.add_argument("--cold", action="store_true", help="do not process a new schema before its first question")
    parser.add_argument(
        "--seconds", type=float, help="what choice and repair may add to a question, at 30 tokens a second (default: 6)"
    )
    parser.add_argument("--translations", type=Path, metavar="FILE", help="ask only these cases, in another language")
    parser.add_argument(
        "--language", default="en", metavar="CODE", help="which translation (default: en, the pack's own)"
    )


def options_from(arguments: argparse.Namespace) -> TextToSqlOptions:
    """The options that the arguments say."""
    return TextToSqlOptions(
        pack=arguments.pack,
        out=arguments.out,
        limit=arguments.limit,
        every=max(1, arguments.every),
        raw=arguments.raw,
        resume=arguments.resume,
        cold=arguments.cold,
        choice_seconds=arguments.seconds,
        cases=tuple(arguments.case),
        translations=arguments.translations,
        language=arguments.language,
    )


async def run(options: TextToSqlOptions, engines: EngineSource) -> str:
    """Answer the cases; returns the summary table. Raises PackError, EngineError and what `ask` raises."""
    pack = SqlPack(options.pack)
    cases = _chosen(pack.cases, options)
    limits = AnswerLimits() if options.choice_seconds is None else AnswerLimits(choice_seconds=options.choice_seconds)
    services = Services(engines, limits=limits, warming=Warming(IdleBudget(share=1.0)))
    engine = await engines.engine()
    database: _Database | None = None
    with Predictions(options.out, resume=options.resume) as predictions:
        answered = {item["id"] for item in predictions.done}
        with ProgressBar(len(cases), predictions.done) as progress:
            for case in cases:
                if case.id in answered:
                    continue
                if options.raw:
                    item = await _raw(pack, case, engine)
                else:
                    if database is None or database.name != case.database:
                        database = await _open(pack, case, services, cold=options.cold)
                    item = await _ask(case, database.schema, services)
                predictions.add(item)
                progress.add(item)
        return summary_table([(options.out.name, predictions.done)])


def _chosen(cases: Sequence[SqlCase], options: TextToSqlOptions) -> list[SqlCase]:
    chosen = [case for case in cases if not options.cases or case.id in options.cases]
    if options.translations is not None:
        chosen = _translated(chosen, options.translations, options.language)
    return chosen[:: options.every][: options.limit]


def _translated(cases: Sequence[SqlCase], file: Path, language: str) -> list[SqlCase]:
    """The cases that `file` has, asked in `language`; "en" keeps the pack's own question. Raises PackError."""
    told = {item["id"]: item for item in read_lines(file)}
    found: list[SqlCase] = []
    for case in cases:
        if case.id not in told:
            continue
        if language == "en":
            found.append(replace(case, evidence=""))
            continue
        text = told[case.id].get(language)
        if not isinstance(text, str):
            raise PackError(f"{file} has no question in {language!r} for {case.id}")
        found.append(replace(case, question=text, evidence=""))
    return found


async def _open(pack: SqlPack, case: SqlCase, services: Services, *, cold: bool) -> _Database:
    con = pack.connect(case.database)
    schema = Schema.from_json(collect({_CONNECTION: con}))
    if not cold:
        await _warm(schema, services)
    return _Database(case.database, con, schema)


async def _warm(schema: Schema, services: Services) -> None:
    """Process the schema once, as the server does while the user types, so that no question pays for it."""
    await warm(Question(text="?", mode="sql", schema=schema, connection=_CONNECTION), services)
    await services.warming.finished("")


async def _ask(case: SqlCase, schema: Schema, services: Services) -> dict[str, Any]:
    question = Question(text=case.text, mode="sql", schema=schema, connection=_CONNECTION)
    prompt_tokens, answer = 0, None
    started, judged = time.perf_counter(), dict[str, float]()
    async with aclosing(ask(question, services)) as events:  # type: ignore[type-var]
        async for event in events:
            if isinstance(event, PromptBuilt):
                prompt_tokens = event.prompt_tokens
            elif isinstance(event, BlockJudged):
                judged.setdefault(event.block.source, time.perf_counter() - started)
            elif isinstance(event, AnswerFinished):
                answer = event
    assert answer is not None, "ask ends with an Answer or raises"
    block = next((b for b in answer.blocks if b.verdict is not None), None)
    return {
        "id": case.id,
        "sql": block.source if block else "",
        "verdict": block.verdict if block else None,
        "repairs": [repair.name for repair in block.repairs] if block else [],
        "warnings": [d.code for d in block.diagnostics if d.severity != "info"] if block else [],
        # until the proved query stood in the panel; its grade may come later
        "seconds": round(judged.get(block.source, answer.seconds) if block else answer.seconds, 3),
        "graded_seconds": round(answer.seconds, 3),
        "ttft_seconds": None if answer.ttft_seconds is None else round(answer.ttft_seconds, 3),
        "prompt_tokens": answer.usage.prompt_tokens or prompt_tokens,
        "cached_tokens": answer.usage.cached_tokens,
        "new_tokens": answer.usage.new_tokens,
        "example": answer.example,
        "origin": answer.origin,
        "features": answer.features,
        "grade": block.grade if block else None,
        "reasons": list(block.reasons) if block else [],
        "words": block.words if block else None,
        "alternative": block.alternative.source if block and block.alternative else None,
    }


async def _raw(pack: SqlPack, case: SqlCase, engine: Engine) -> dict[str, Any]:
    turns = (message("system", _RAW_SYSTEM), message("user", f"{pack.ddl(case.database)}\n\nQuestion: {case.text}"))
    request = GenerationRequest(
        prompt=chatml(turns, _RAW_PREFILL), max_new_tokens=_RAW_NEW_TOKENS, stop=("```", *CHAT_STOP), lane="chat"
    )
    started, first, text, usage = time.perf_counter(), None, "", Usage()
    async with aclosing(engine.generate(request)) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            if isinstance(piece, Finished):
                usage = piece.usage
            elif isinstance(piece, Delta):
                first = first or time.perf_counter()
                text += piece.text
    return {
        "id": case.id,
        "sql": first_statement(text),
        "verdict": None,
        "repairs": [],
        "seconds": round(time.perf_counter() - started, 3),
        "ttft_seconds": round(first - started, 3) if first else None,
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "new_tokens": usage.new_tokens,
    }
