"""Text-to-SQL: every case of a pack goes the way of a user's question, and the answers are written for a scorer.

Nothing here knows the right answers. The tables are loaded into a DuckDB connection, the schema is collected from that
connection as it would be from a kernel, and `assistant.ask` does the rest. ``--raw`` is the baseline: the whole DDL, one
greedy answer, no proof.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.ask import warm
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import EngineSource, Services
from jupyter_qwen.assistant.warming.idle import IdleBudget
from jupyter_qwen.assistant.warming.warm import Warming
from jupyter_qwen.engine.base import Engine, GenerationRequest
from jupyter_qwen.evaluate.cases import PackOptions, add_pack_arguments, answer_all, chosen
from jupyter_qwen.evaluate.figures import figures, generate_once
from jupyter_qwen.evaluate.predictions import PackError, read_lines
from jupyter_qwen.evaluate.sql_pack import SqlCase, SqlPack
from jupyter_qwen.evaluate.summary import summary_table
from jupyter_qwen.evaluate.timed_answer import asked
from jupyter_qwen.prompt.answers import first_statement
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml, message
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema

_RAW_SYSTEM = "You are a helpful assistant that writes SQL for DuckDB. Answer with one SQL query and nothing else."
_RAW_PREFILL = "```sql\n"
_RAW_NEW_TOKENS = 400
_CONNECTION = "con"


@dataclass(frozen=True)
class TextToSqlOptions(PackOptions):
    """`cold` leaves the KV cache as it is when a database is new.

    `translations` holds a line for each case that is asked, with its `id` and the question under the code of each language.
    """

    cold: bool = False
    choice_seconds: float | None = None
    translations: Path | None = None
    language: str = "en"


@dataclass
class _Database:
    """The database of the cases at hand; cases come sorted by database in every pack, so one is open at a time."""

    name: str
    schema: Schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of every pack, --cold, --seconds, --translations, --language. The engine's options are the caller's."""
    add_pack_arguments(
        parser,
        pack="folder with cases.jsonl and the databases (or with sql/ that holds them)",
        out="predictions, one JSON object a line",
        raw="whole DDL, one greedy answer, no proof",
    )
    parser.add_argument("--cold", action="store_true", help="do not process a new schema before its first question")
    parser.add_argument(
        "--seconds", type=float, dest="choice_seconds",
        help="what choice and repair may add to a question, at 30 tokens a second (default: 6)",
    )  # fmt: skip
    parser.add_argument("--translations", type=Path, metavar="FILE", help="ask only these cases, in another language")
    parser.add_argument(
        "--language", default="en", metavar="CODE", help="which translation (default: en, the pack's own)"
    )


async def run(options: TextToSqlOptions, engines: EngineSource) -> str:
    """Answer the cases; returns the summary table. Raises PackError, EngineError and what `ask` raises."""
    pack = SqlPack(options.pack)
    limits = AnswerLimits() if options.choice_seconds is None else AnswerLimits(choice_seconds=options.choice_seconds)
    services = Services(engines, limits=limits, warming=Warming(IdleBudget(share=1.0)))
    engine = await engines.engine()
    database: _Database | None = None

    async def answer(case: SqlCase) -> dict[str, Any]:
        nonlocal database
        if options.raw:
            return await _raw(pack, case, engine)
        if database is None or database.name != case.database:
            database = await _open(pack, case, services, cold=options.cold)
        return await _ask(case, database.schema, services)

    cases: Sequence[SqlCase] = pack.cases
    if options.translations is not None:
        cases = _translated(cases, options.translations, options.language)
    asked = chosen({case.id: case for case in cases}, options)
    return summary_table(await answer_all(asked, {options.out: answer}, resume=options.resume))


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
    schema = Schema.from_json(collect({_CONNECTION: pack.connect(case.database)}))
    if not cold:
        await _warm(schema, services)
    return _Database(case.database, schema)


async def _warm(schema: Schema, services: Services) -> None:
    """Process the schema once, as the server does while the user types, so that no question pays for it."""
    await warm(Question(text="?", mode="sql", schema=schema, connection=_CONNECTION), services)
    await services.warming.finished("")


async def _ask(case: SqlCase, schema: Schema, services: Services) -> dict[str, Any]:
    question = Question(text=case.text, mode="sql", schema=schema, connection=_CONNECTION)
    found = await asked(question, services)
    answer = found.answer
    block = next((b for b in answer.blocks if b.verdict is not None), None)
    return {
        "sql": block.source if block else "",
        "verdict": block.verdict if block else None,
        "repairs": [repair.name for repair in block.repairs] if block else [],
        # the model's own text: what each rule brings is counted from it, without the model (benchmarks/sql_repairs.py)
        "written": (block.repairs[0].before if block.repairs else block.source) if block else "",
        "warnings": [d.code for d in block.diagnostics if d.severity != "info"] if block else [],
        **figures(answer.seconds, answer.ttft_seconds, answer.usage),
        # until the proved query stood in the panel; its grade may come later
        "seconds": round(found.seconds_of(block), 3),
        "graded_seconds": round(answer.seconds, 3),
        "prompt_tokens": answer.usage.prompt_tokens or found.prompt_tokens,
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
    text, took = await generate_once(engine, request)
    return {"sql": first_statement(text), "verdict": None, "repairs": [], **took}
