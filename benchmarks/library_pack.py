"""The library of analytic shapes as a pack for `jupyter qwen eval sql`: its questions, its invented tables, its queries as gold.

    python -m benchmarks.library_pack OUT_FOLDER

A third development pack beside public and analysts' databases. Its questions have their own pair in the library, so a run of the
product on it finds the answer there; `benchmarks.two_ways` leaves a database's own pairs out.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from jupyter_qwen.prompt.shapes.library import library


def write(folder: Path) -> int:
    """Write the pack; returns the number of its questions."""
    lines = []
    for pair in library():
        place = folder / "sql" / pair.database.name
        place.mkdir(parents=True, exist_ok=True)
        (place / "schema.sql").write_text(pair.database.setup, encoding="utf8")
        case = {
            "id": f"library_{pair.line}", "db": pair.database.name, "question": pair.question,
            "gold_sql_duckdb": pair.sql, "hardness": pair.shape,
            "order_matters": bool(re.search(r"\b(sorted|order|ranked|first)\b", pair.question, re.I)),
        }  # fmt: skip
        lines.append(json.dumps(case, ensure_ascii=False) + "\n")
    (folder / "sql" / "cases.jsonl").write_text("".join(lines), encoding="utf8")
    return len(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    print(f"{write(parser.parse_args().folder)} questions")


if __name__ == "__main__":
    main()
