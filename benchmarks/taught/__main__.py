"""Teaches an invented project its terms and verified questions, then asks for them: in the same words and in others.

    python -m benchmarks.taught --scorer score_sql.py [--untaught]

`qwen.md` is what was taught, `questions.jsonl` what is asked, with gold queries over `bicycles.sql`. `--untaught` asks the same
without the file. The scorer is that of `benchmarks.sql_repairs`; its rules compare the rows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.sql_repairs import load_scorer
from jupyter_qwen.assistant.ask import collect_answer
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.events import AnswerFinished
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.cli.engine_options import add_engine_options, engine_config
from jupyter_qwen.evaluate.lane import EvaluationEngines
from jupyter_qwen.knowledge.files import KnowledgeFiles
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema

FOLDER = Path(__file__).parent


async def answers(arguments: argparse.Namespace, questions: list[dict[str, Any]]) -> list[AnswerFinished]:
    """The product's answer to each question."""
    con = duckdb.connect()
    con.execute((FOLDER / "bicycles.sql").read_text("utf8"))
    schema = Schema.from_json(collect({"con": con}))
    supervised = SupervisedEngines(engine_config(arguments))
    found: list[AnswerFinished] = []
    try:
        with tempfile.TemporaryDirectory() as nowhere:
            files = KnowledgeFiles(Path(nowhere) if arguments.untaught else FOLDER, Path(nowhere))
            services = Services(EvaluationEngines(supervised), knowledge=files)
            for item in questions:
                question = Question(text=item["question"], mode="sql", schema=schema, connection="con")
                found.append(await collect_answer(question, services))
    finally:
        await supervised.aclose()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--untaught", action="store_true")
    add_engine_options(parser)
    arguments = parser.parse_args()
    questions = [json.loads(line) for line in (FOLDER / "questions.jsonl").read_text("utf8").splitlines()]
    found = asyncio.run(answers(arguments, questions))
    con = duckdb.connect()
    con.execute((FOLDER / "bicycles.sql").read_text("utf8"))
    scorer = load_scorer(arguments.scorer)
    rows: dict[str, list[tuple[bool, float]]] = {"same": [], "other": [], "term": []}
    for item, answer in zip(questions, found, strict=True):
        sql = answer.blocks[0].source if answer.blocks else ""
        right = False
        try:
            ordered = scorer.has_order(item["gold"])
            right = bool(scorer.equal(scorer.run(con, item["gold"]), scorer.run(con, sql), ordered))
        except duckdb.Error as error:
            print(f"does not run: {error}".splitlines()[0])
        rows[item["kind"]].append((right, answer.seconds))
        if not right:
            print(f"wrong ({item['kind']}, {answer.origin}): {item['question']}\n    {' '.join(sql.split())}")
    for kind, told in rows.items():
        seconds = sorted(spent for _, spent in told)
        right_ones, middle = sum(good for good, _ in told), seconds[len(seconds) // 2]
        print(f"{kind}: {right_ones} of {len(told)} right; p50 {middle:.2f} s, at most {seconds[-1]:.2f} s")


if __name__ == "__main__":
    main()
