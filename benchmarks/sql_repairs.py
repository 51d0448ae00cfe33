"""What each mechanical technique adds to the answers of a run, and what taking one rule away costs. No model is needed.

    jupyter qwen eval sql PACK --out answers.jsonl     (or --raw: plain DDL, one greedy answer)
    python -m benchmarks.sql_repairs --scorer score_sql.py --answers PACK raw.jsonl [--answers PACK2 raw2.jsonl …] [--without]

The scorer is a Python file with a class `Scorer(pack)` that has `cases` and `score(case, sql) -> (status, right, ...)`, status
"ok" where the query runs. `--without` makes the second table: one rule or habit less at a time, for the answers whose chain of
repairs holds it.
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

from jupyter_qwen.evaluate.sql_pack import SqlCase, SqlPack
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.habits import HABITS, look_again
from jupyter_qwen.sql.habits.bound import Habit, changed
from jupyter_qwen.sql.habits.joins.by_keys import join_by_keys
from jupyter_qwen.sql.mend import RULES, mend, mend_values
from jupyter_qwen.sql.model import Proof, Repair

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
        self.answers = {item["id"]: item.get("written", item["sql"]) for item in map(json.loads, lines)}
        self.cases = [case for case in self.pack.cases if case.id in self.answers]
        self.schema = lru_cache(maxsize=None)(self._schema)
        self.score = lru_cache(maxsize=None)(self._score)
        self.used: dict[str, frozenset[str]] = {}

    def _schema(self, database: str) -> Schema:
        con = self.pack.connect(database)
        return Schema.from_json(collect({"con": con})).visible_from("con")

    def _score(self, case_id: str, sql: str) -> tuple[bool, bool]:
        status, right = self.scorer.score(self.scored[case_id], sql)[:2]
        return bool(right), status == "ok"

    def result(self, case: SqlCase, change: Change) -> tuple[bool, bool]:
        """(right, runs)"""
        return self.score(case.id, change(case, self.answers[case.id], self.schema(case.database)))

    def sums(self, change: Change) -> str:
        found = [self.result(case, change) for case in self.cases]
        right, count = sum(r for r, _ in found), len(found)
        failing = sum(not runs for _, runs in found)
        return f"{right} ({right / count:.1%}) | {failing} ({failing / count:.1%})"

    def without(self, name: str, change: Change) -> str:
        """How many answers use the repair `name`; what its absence changes in right and in not running."""
        using = [case for case in self.cases if name in self.repairs(case)]
        right = failing = 0
        for case in using:
            (before, ran), (after, runs) = self.result(case, everything()), self.result(case, change)
            right += after - before
            failing += ran - runs
        return f"{len(using)} | {right:+d} | {failing:+d}" if using else "0 | |"

    def repairs(self, case: SqlCase) -> frozenset[str]:
        if case.id not in self.used:
            proof = repaired(case, self.answers[case.id], self.schema(case.database), RULES, HABITS)
            self.used[case.id] = frozenset(repair.name for repair in proof.repairs)
        return self.used[case.id]


def repaired(
    case: SqlCase, sql: str, schema: Schema, rules: tuple[Any, ...], habits: tuple[tuple[str, Habit], ...]
) -> Proof:
    """As `examine` does it, without a trial."""
    joined = changed(join_by_keys, sql, case.text, schema)
    proof = mend(joined[0], schema, rules=rules) if joined is not None else None
    if joined is not None and proof is not None and proof.verdict == "bound":
        proof = replace(proof, repairs=(Repair("join-by-key", joined[1], sql, joined[0]), *proof.repairs))
    else:
        proof = mend(sql, schema, rules=rules)
    proof = look_again(proof, case.text, schema, habits)
    if any(finding.code == "literal-not-in-values" for finding in proof.diagnostics):
        found = mend_values(proof.sql, schema)
        proof = replace(found, repairs=(*proof.repairs, *found.repairs))
    return proof


def everything(rule: str = "") -> Change:
    """All rules and habits but the one called `rule`."""
    rules = tuple(r for r in RULES if r.__name__.replace("_", "-") != rule)
    habits = tuple(habit for habit in HABITS if habit[0] != rule)
    return lambda case, sql, schema: repaired(case, sql, schema, rules, habits).sql


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
    parser.add_argument("--answers", nargs=2, action="append", type=Path, required=True, metavar=("PACK", "ANSWERS"))
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--without", action="store_true", help="take one rule or habit away at a time")
    arguments = parser.parse_args()
    scorer = load_scorer(arguments.scorer)
    benches = [Bench(pack, answers, scorer) for pack, answers in arguments.answers]

    def line(name: str, told: Callable[[Bench], str]) -> None:
        print(f"| {name} | " + " | ".join(told(bench) for bench in benches) + " |", flush=True)

    if not arguments.without:
        heads = " | ".join(
            f"{answers.stem} ({len(b.cases)}): right | not running"
            for b, (_, answers) in zip(benches, arguments.answers, strict=True)
        )
        print(f"| answers, then … | {heads} |\n|---{'|---|---' * len(benches)}|")
        line("nothing", lambda bench: bench.sums(lambda case, sql, schema: sql))
        line("`mend`", lambda bench: bench.sums(lambda case, sql, schema: mend(sql, schema).sql))
        for name, habit in HABITS:
            line(f"`mend`, `{name}`", lambda bench, one=((name, habit),): bench.sums(looked_at(one)))  # type: ignore[misc]
        line("`mend`, `mend_values`", lambda bench: bench.sums(with_values))
        line("everything", lambda bench: bench.sums(everything()))
        return
    heads = " | ".join(f"{answers.stem}: used | right | running" for _, answers in arguments.answers)
    print(f"| without | {heads} |\n|---{'|---|---|---' * len(benches)}|")
    for name in (*(rule.__name__.replace("_", "-") for rule in RULES), *(name for name, _ in HABITS)):
        line(f"`{name}`", lambda bench, name=name: bench.without(name, everything(name)))  # type: ignore[misc]


if __name__ == "__main__":
    main()
