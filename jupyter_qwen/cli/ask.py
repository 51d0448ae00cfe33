"""``jupyter qwen ask``: a question about a database or a file, answered in the terminal."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.ask import ask
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.events import AnswerFinished, Event, PromptBuilt, RepairMade, StatusChanged, TextDelta
from jupyter_qwen.assistant.failures import EXPECTED, describe
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.cli.databases import CONNECTION, open_databases
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config
from jupyter_qwen.cli.failure import CommandError
from jupyter_qwen.kernel.showing.terminal import printable, say
from jupyter_qwen.knowledge.files import KnowledgeFiles
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import PRIVACY_LEVELS, Schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The question and what it is about."""
    parser.add_argument("question", help="what you want to know")
    parser.add_argument(
        "--database", "-d", action="append", default=[], metavar="FILE",
        help="DuckDB database, CSV, Parquet or JSON file; may be given several times",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of streaming text")
    parser.add_argument(
        "--mode", choices=["auto", "sql", "python", "chat"], default="auto", help="default: sql with tables"
    )
    parser.add_argument("--dialect", help="transpile the proved query: bigquery, postgres, snowflake, sqlite, spark …")
    parser.add_argument("--tables", help="only these tables, separated by commas")
    parser.add_argument(
        "--privacy", choices=PRIVACY_LEVELS, default="samples", help="what the model may see of the data"
    )
    parser.add_argument(
        "--seconds", type=float, default=6.0, help="what repair and choice may add, at 30 tokens a second (default: 6)"
    )
    add_engine_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 only when the SQL is bound (in DuckDB, before it is translated); for an answer without SQL, when there is an answer."""
    schema = _schema(arguments)
    try:
        question = Question.from_json(
            {
                "question": arguments.question,
                "mode": "sql" if arguments.mode == "auto" and schema.tables else arguments.mode,
                "dialect": arguments.dialect,
                "tables": [name.strip() for name in (arguments.tables or "").split(",") if name.strip()],
                "schema": schema.to_json(),
            }
        )
        answer, prompt_tokens = asyncio.run(_answer(question, arguments))
    except EXPECTED as error:
        failed = describe(error)
        if arguments.json:
            print(json.dumps({"error": asdict(failed)}))
            return 1
        raise CommandError(failed.message, failed.hint) from error
    return _print(answer, prompt_tokens, arguments)


def _schema(arguments: argparse.Namespace) -> Schema:
    if not arguments.database:
        return Schema()
    con = open_databases(arguments.database)
    try:
        return Schema.from_json(collect({CONNECTION: con}, privacy=arguments.privacy, question=arguments.question))
    finally:
        con.close()


async def _answer(question: Question, arguments: argparse.Namespace) -> tuple[AnswerFinished, int]:
    engines = SupervisedEngines(engine_config(arguments))
    known = KnowledgeFiles(Path.cwd())  # what was taught for this folder, as for a notebook in it
    services = Services(engines, limits=AnswerLimits(choice_seconds=arguments.seconds), knowledge=known)
    prompt_tokens = 0
    try:
        async with aclosing(ask(question, services)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, AnswerFinished):
                    return event, prompt_tokens
                if isinstance(event, PromptBuilt):
                    prompt_tokens = event.prompt_tokens
                if not arguments.json:
                    _tell(event)
    finally:
        await engines.aclose()
    raise CommandError("The answer ended early.", "Ask again; `jupyter qwen doctor` shows the state of the engine.")


def _tell(event: Event) -> None:
    """Progress goes to standard error, so that the answer alone can be piped on."""
    if isinstance(event, TextDelta) and sys.stderr.isatty():
        print(printable(event.text), end="", flush=True, file=sys.stderr)
    elif isinstance(event, StatusChanged) and sys.stderr.isatty():
        print(event.status["message"] or "Loading the model …", file=sys.stderr)
    elif isinstance(event, PromptBuilt):
        for note in event.notes:
            print(printable(f"Note: {note}"), file=sys.stderr)
    elif isinstance(event, RepairMade) and sys.stderr.isatty():
        print(printable(f"\nRepaired ({event.name}): {event.reason}"), file=sys.stderr)


def _print(answer: AnswerFinished, prompt_tokens: int, arguments: argparse.Namespace) -> int:
    block = next((block for block in answer.blocks if block.verdict is not None), None)
    if arguments.json:
        print(
            json.dumps(
                {
                    "sql": block.source if block else None,
                    "verdict": block.verdict if block else None,
                    "diagnostics": [asdict(item) for item in block.diagnostics] if block else [],
                    "repairs": [asdict(item) for item in block.repairs] if block else [],
                    "markdown": answer.markdown,
                    "seconds": round(answer.seconds, 3),
                    "ttft_seconds": answer.ttft_seconds and round(answer.ttft_seconds, 3),
                    "prompt_tokens": answer.usage.prompt_tokens or prompt_tokens,
                    "new_tokens": answer.usage.new_tokens,
                    "model": answer.model,
                    "origin": answer.origin,
                    "words": block.words if block else None,
                    "grade": block.grade if block else None,
                    "reasons": list(block.reasons) if block else [],
                    "alternative": asdict(block.alternative) if block and block.alternative else None,
                }
            )
        )
    else:
        if sys.stderr.isatty():
            print("\n", file=sys.stderr)
        say(block.source if block else answer.markdown)
        if block:
            print(f"-- {block.verdict}" + (", asks before it runs" if block.needs_consent else ""))
            if block.words:
                say(f"-- {block.words}")
            if block.grade or block.reasons:
                say(f"-- {': '.join(filter(None, (block.grade, '; '.join(block.reasons))))}")
            if block.alternative:
                say(f"-- another reading: {' '.join(block.alternative.source.split())}")
            for item in block.diagnostics:
                say(f"-- {item.severity}: {item.message}" + (f" {item.hint}" if item.hint else ""))
    if block is not None:
        # a translation cannot be bound here; it is made only from a query that was
        return 0 if block.verdict == "bound" or (arguments.dialect and block.verdict == "unchecked") else 1
    return 0 if answer.mode != "sql" else 1
