"""Whether rows that a notebook shows are right: ``python right_rows.py QUESTION < rows.json``, a question of the demo's sixty.

A table on the screen may be cut in its middle: every row that is shown must be one of the gold's, and ten must be shown where the
gold has as many.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "model"))

from demo_questions import DemoKernel, cases, shown_right

from jupyter_qwen.demo.demo_folder import build_demo


def main(question: str) -> None:
    """Print ``right``, or what is shown beside what should be."""
    case = next(case for case in cases() if case.question == question)
    shown = [row for row in json.load(sys.stdin) if row and set(row) != {"..."}]
    with tempfile.TemporaryDirectory() as folder:
        build_demo(Path(folder, "demo"))
        kernel = DemoKernel(Path(folder, "demo", case.notebook))
        golds = [kernel.rows(gold) for gold in case.gold]
        del kernel
    if any(shown_right(shown, gold) for gold in golds):
        print("right")
    else:
        print(
            f"{len(shown)} rows are shown, the first {shown[:3]}; wanted are {len(golds[0])}, the first {golds[0][:3]}"
        )


if __name__ == "__main__":
    main(sys.argv[1])
