"""What each mechanical technique adds to the answers of a run, and what taking one repair rule away costs. No model is needed.

    jupyter qwen eval sql PACK --raw --out raw.jsonl
    python -m benchmarks.sql_repairs PACK raw.jsonl --scorer score_sql.py [--rules]

The scorer is a Python file with a class `Scorer(pack)` that has `cases` and `score(case, sql) -> (status, right, ...)`, status
"ok" where the query runs. `--rules` makes the second table, which proves every answer once for each rule: some minutes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_qwen.assistant.answers.choose import examine
from jupyter_qwen.evaluate.sql_pack import SqlCase, SqlPack
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.habits import HABITS, look_again
from jupyter_qwen.sql.habits.bound import Habit
from jupyter_qwen.sql.mend import RULES, mend, mend_values
from jupyter_qwen.sql.model import Proof

Change = Callable[[SqlCase, str, Schema], str]


def load_scorer(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Bench:
    """The answers of one run, scored after a change."""

    def __init__(self, pack: Path, answers: Path, scorer: ModuleType) -> None:
        self.pack = SqlPack(pack)
        self.scorer: Any = scorer.Scorer(str(pack))
        self.scored = {case["id"]: case for case in self.scorer.cases}
        lines = answers.read_text(encoding="utf-8").splitlines()
        self.answers = {item["id"]: item["sql"] for item in map(json.loads, lines)}
        self.cases = [case for case in self.pack.cases if case.id in self.answers]
        self.schema = lru_cache(maxsize=None)(self._schema)
        self.score = lru_cache(maxsize=None)(self._score)

    def _schema(self, database: str) -> Schema:
        con = self.pack.connect(database)
        return Schema.from_json(collect({"con": con})).visible_from("con")

    def _score(self, case_id: str, sql: str) -> tuple[bool, bool]:
        status, right = self.scorer.score(self.scored[case_id], sql)[:2]
        return bool(right), status == "ok"

    def report(self, name: str, change: Change) -> None:
        found = [
            self.score(case.id, change(case, self.answers[case.id], self.schema(case.database))) for case in self.cases
        ]
        right, count = sum(r for r, _ in found), len(found)
        failing = sum(not runs for _, runs in found)
        print(f"| {name} | {right} ({right / count:.1%}) | {failing} ({failing / count:.1%}) |", flush=True)


def looked_at(habits: tuple[tuple[str, Habit], ...]) -> Change:
    """`mend`, then only these habits."""
    return lambda case, sql, schema: look_again(mend(sql, schema), case.text, schema, habits).sql


def with_values(case: SqlCase, sql: str, schema: Schema) -> str:
    """`mend`, then respelled literals where a literal is no value of its column."""
    proof: Proof = mend(sql, schema)
    if any(finding.code == "literal-not-in-values" for finding in proof.diagnostics):
        proof = replace(mend_values(proof.sql, schema))
    return proof.sql


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--rules", action="store_true", help="take one repair rule away at a time")
    arguments = parser.parse_args()
    bench = Bench(arguments.pack, arguments.answers, load_scorer(arguments.scorer))
    print("| answers, then … | right | not running |\n|---|---|---|")
    bench.report("nothing", lambda case, sql, schema: sql)
    bench.report("`mend`", lambda case, sql, schema: mend(sql, schema).sql)
    for name, habit in HABITS:
        bench.report(f"`mend`, `{name}`", looked_at(((name, habit),)))
    bench.report("`mend`, `mend_values`", with_values)
    bench.report("everything", lambda case, sql, schema: examine(sql, schema, question=case.text).sql)
    if arguments.rules:
        for rule in RULES:
            kept = tuple(other for other in RULES if other is not rule)
            bench.report(
                f"`mend` without `{rule.__name__.replace('_', '-')}`",
                lambda case, sql, schema, kept=kept: mend(sql, schema, rules=kept).sql,  # type: ignore[misc]
            )


if __name__ == "__main__":
    main()
