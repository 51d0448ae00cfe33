"""Writes the library of shapes as a pack of cases, each question in its first wording, with its query as gold.

    python -m benchmarks.library_pack FOLDER
    python -m benchmarks.two_ways ask FOLDER --plain --out answers.jsonl
    python -m benchmarks.sql_repairs --scorer score_sql.py --answers FOLDER answers.jsonl --without

The answers are plain ones: with an example, the model would be shown the case's own query. Nobody looked at them while habits
and rules were written, so what helps here and on another pack earns its place.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from jupyter_qwen.prompt.shapes.library import library


def write_pack(folder: Path) -> int:
    """Fill `folder` with sql/cases.jsonl and the databases' scripts; returns how many cases there are."""
    root = folder / "sql"
    root.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, pair in enumerate(library(), 1):
        database = root / pair.database.name
        database.mkdir(exist_ok=True)
        (database / "schema.sql").write_text(pair.database.setup, encoding="utf-8")
        lines.append({
            "id": f"lib_{number:03}", "db": pair.database.name, "question": pair.question, "evidence": "",
            "gold_sql_duckdb": pair.sql, "hardness": pair.shape, "alternatives": [],
        })  # fmt: skip
    (root / "cases.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return len(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    print(write_pack(parser.parse_args().folder), "cases")


if __name__ == "__main__":
    main()
