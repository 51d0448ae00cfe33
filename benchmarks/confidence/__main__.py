"""What a grade is worth: fits the scorecard on answers of other databases, and says how true the grades are on each one.

    jupyter qwen eval sql PACK --out answers.jsonl
    python -m benchmarks.confidence --scorer score_sql.py --answers PACK answers.jsonl [--answers …] [--write]

Cross-validated over databases: every answer is judged by a table that has seen no answer on its database. The two thresholds are
then set on those judgements, so that they are a little better than on answers that nobody has seen. Weights are held to the sign
that a feature must have, so that more doubt never makes a better grade. `--write` puts the table into
jupyter_qwen/trust/confidence/scorecard.json, to be read before it is committed. The scorer is that of `benchmarks.sql_repairs`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from benchmarks.confidence.fitting import SIGNS, GradedAnswer, fitted_and_told
from benchmarks.sql_repairs import load_scorer
from jupyter_qwen.evaluate.predictions import read_lines
from jupyter_qwen.evaluate.sql_pack import SqlCase, SqlPack
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.demands.doubts import unmet_demands
from jupyter_qwen.sql.trial import run
from jupyter_qwen.sql.validate import prove
from jupyter_qwen.trust.confidence.features import Features, features
from jupyter_qwen.trust.confidence.scorecard import FILE, spoken_against
from jupyter_qwen.trust.evidence import Evidence


def read(pack: Path, predictions: Path, scorer: Any) -> list[GradedAnswer]:
    """The answers of one run, scored. Those of a run without features have theirs counted again, without probabilities."""
    cases = {case.id: case for case in SqlPack(pack).cases}
    judge = scorer.Scorer(str(pack))
    scored = {case["id"]: case for case in judge.cases}
    schemas: dict[str, Schema] = {}
    answers = []
    for item in read_lines(predictions):
        case = cases[item["id"]]
        if case.database not in schemas:
            con = SqlPack(pack).connect(case.database)
            schemas[case.database] = Schema.from_json(collect({"con": con})).visible_from("con")
        counted = item.get("features") or _counted_again(item, case, schemas[case.database])
        right = bool(judge.score(scored[case.id], item["sql"])[1])
        answers.append(
            GradedAnswer(case.id, pack.name, f"{pack.name}/{case.database}", right, item["verdict"] == "bound", counted)
        )
    return answers


def _counted_again(item: dict[str, Any], case: SqlCase, schema: Schema) -> Features:
    proof = prove(item["sql"], schema)
    trial = run(item["sql"], schema) if proof.verdict == "bound" else None
    unmet = unmet_demands(case.text, item["sql"], schema)
    return features(Evidence(case.text, schema, proof, trial, item.get("origin") or "plain", unmet))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", nargs=2, action="append", type=Path, required=True, metavar=("PACK", "ANSWERS"))
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="put the table into jupyter_qwen")
    parser.add_argument("--each", action="store_true", help="what each feature says by itself")
    arguments = parser.parse_args()
    scorer = load_scorer(arguments.scorer)
    answers = [answer for pack, file in arguments.answers for answer in read(pack, file, scorer)]
    fitted_and_told(answers, SIGNS, spoken_against, FILE if arguments.write else None, each=arguments.each)


if __name__ == "__main__":
    main()
