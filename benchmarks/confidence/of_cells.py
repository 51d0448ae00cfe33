"""What a grade of a cell of Python is worth: `benchmarks.confidence` for the answers of `jupyter qwen eval cells`.

    jupyter qwen eval cells PACK --out cells.jsonl
    python -m benchmarks.confidence.of_cells --scorer score_cells.py --answers PACK cells.jsonl [--answers …] [--write]

Cross-validated over the cases' data sets: every answer is judged by a table that has seen none on its data. An answer that
raised on copies is *doubtful* by that alone. The scorer is a program: PACK, ANSWERS, `--only` ids, `--details` FILE, where it
writes a line a case with `id` and `outcome` (pass is right). `--write` puts the table into
jupyter_qwen/trust/confidence/cells/cell_scorecard.json, to be read before it is committed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.confidence.fitting import GradedAnswer, fitted_and_told
from jupyter_qwen.evaluate.predictions import read_lines
from jupyter_qwen.trust.confidence.cells.cell_grade import CELL_FILE, cell_spoken_against

#: What may have a weight, and its sign. Few, since there are few answers.
CELL_SIGNS = {"logprob_line": +1, "unlikely_tokens": -1, "in_sql": +1, "unmet": -1, "fails": -1}


def data_set(case: str) -> str:
    """The data that a case is about, by its id: all but the number at its end."""
    return re.sub(r"[-_]?[a-z]?\d+(?:-\d+)?$", "", case)


def read(pack: Path, predictions: Path, scorer: Path) -> list[GradedAnswer]:
    """The answers of one run that carry features, scored. Raises CalledProcessError where the scorer fails."""
    told = {item["id"]: item for item in read_lines(predictions) if item.get("features")}
    with tempfile.TemporaryDirectory() as folder:
        details = Path(folder) / "details.jsonl"
        command = [sys.executable, str(scorer), str(pack), str(predictions), "--python", sys.executable]
        subprocess.run([*command, "--only", ",".join(told), "--details", str(details)], check=True, stdout=sys.stderr)
        outcomes = {item["id"]: item["outcome"] for item in read_lines(details)}
    return [
        GradedAnswer(case, pack.name, f"{pack.name}/{data_set(case)}", outcomes[case] == "pass", True, item["features"])
        for case, item in told.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", nargs=2, action="append", type=Path, required=True, metavar=("PACK", "ANSWERS"))
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="put the table into jupyter_qwen")
    parser.add_argument("--each", action="store_true", help="what each feature says by itself")
    arguments = parser.parse_args()
    answers = [answer for pack, file in arguments.answers for answer in read(pack, file, arguments.scorer)]
    file = CELL_FILE if arguments.write else None
    fitted_and_told(answers, CELL_SIGNS, cell_spoken_against, file, each=arguments.each)


if __name__ == "__main__":
    main()
