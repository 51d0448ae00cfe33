"""Is the example that is shown with a question built like the question's own query? No model is needed.

    python -m benchmarks.shapes PACK [--part odd|even] [--list]     # a pack of questions and gold queries
    python -m benchmarks.shapes --library                           # the library's questions, each database against the others

A gold query and an example agree when their trees are of one family (`query_families.py`). *precision*: agreeing of shown;
*coverage*: agreeing of the questions whose gold query is not plain; *needless*: shown where the gold query is plain.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.query_families import family
from jupyter_qwen.evaluate.sql_pack import SqlPack
from jupyter_qwen.prompt.shapes.library import PLAIN, library
from jupyter_qwen.prompt.shapes.masking import explained
from jupyter_qwen.prompt.shapes.retrieval import THRESHOLD, Index, index
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema


@dataclass(frozen=True)
class ShapeRow:
    """One question: the families of its gold query and of the example found for it, which is shown from `THRESHOLD` on."""

    question: str
    wanted: str
    found: str
    shape: str
    score: float

    @property
    def shown(self) -> bool:
        """Whether the product shows the example."""
        return self.shape != PLAIN and self.score >= THRESHOLD


def rows_of_pack(folder: Path, part: str) -> tuple[list[ShapeRow], list[float]]:
    """Every question of the pack with what is found for it, and the milliseconds that it took."""
    pack = SqlPack(folder)
    lines = (pack.folder / "cases.jsonl").read_text(encoding="utf8").splitlines()
    gold = {item["id"]: str(item["gold_sql_duckdb"]) for item in map(json.loads, lines)}
    schemas: dict[str, Schema] = {}
    rows: list[ShapeRow] = []
    milliseconds: list[float] = []
    families = {pair.line: family(pair.sql) for pair in library()}
    index()  # made once, not with the first question
    for number, case in enumerate(pack.cases):
        if part and (number % 2 == 1) != (part == "even"):  # the first case is number 1
            continue
        if case.database not in schemas:
            schemas[case.database] = Schema.from_json(collect({"con": pack.connect(case.database)}))
        started = time.perf_counter()
        match = index().best(case.text, explained(case.text, schemas[case.database]))
        milliseconds.append((time.perf_counter() - started) * 1000)
        found = (families[match.pair.line], match.pair.shape, match.score) if match else ("plain", PLAIN, 0.0)
        rows.append(ShapeRow(case.question, family(gold[case.id]), *found))
    return rows, milliseconds


def rows_of_library() -> list[ShapeRow]:
    """Each English wording looked up among the pairs about other databases; `wanted` and `found` are shapes' names."""
    rows: list[ShapeRow] = []
    for name in dict.fromkeys(pair.database.name for pair in library()):
        others = Index(pair for pair in library() if pair.database.name != name)
        own = Index(pair for pair in library() if pair.database.name == name)
        known = {pair.shape for pair in library() if pair.database.name != name}
        for pair in library():
            if pair.database.name == name and pair.shape in known:
                for wording in pair.wordings:
                    match = others.best(wording.text, own.names(name)) if wording.language == "en" else None
                    if match is not None:
                        rows.append(ShapeRow(wording.text, pair.shape, match.pair.shape, match.pair.shape, match.score))
    return rows


def report(rows: list[ShapeRow], *, listing: bool) -> None:
    """The three figures; with `listing` every question."""
    if listing:
        for row in sorted(rows, key=lambda row: -row.score):
            mark = "=" if row.wanted == row.found else "x"
            state = "shown" if row.shown else "     "
            print(f"{mark} {state} {row.score:.2f}  {row.wanted:18} {row.found:18} {row.shape:26} {row.question[:90]}")
    shown = [row for row in rows if row.shown]
    agreeing = sum(row.wanted == row.found for row in shown)
    shaped = [row for row in rows if row.wanted != "plain"]
    covered = sum(row.wanted == row.found and row.shown for row in shaped)
    needless = sum(row.shown for row in rows if row.wanted == "plain")
    print(
        f"{len(rows)} questions: shown {len(shown)}; precision {agreeing}/{len(shown)}; coverage {covered}/{len(shaped)}; "
        f"needless {needless}/{len(rows) - len(shaped)}"
    )


def main() -> None:
    """Print the figures of one pack, or of the library against itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pack", type=Path, nargs="?")
    parser.add_argument("--library", action="store_true")
    parser.add_argument("--part", choices=("odd", "even"), default="")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.library or arguments.pack is None:
        report(rows_of_library(), listing=arguments.list)
        return
    rows, milliseconds = rows_of_pack(arguments.pack, arguments.part)
    report(rows, listing=arguments.list)
    print(f"{statistics.median(milliseconds):.1f} ms in the middle, {max(milliseconds):.1f} at most")


if __name__ == "__main__":
    main()
