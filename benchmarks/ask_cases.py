"""Questions of a pack through ``jupyter qwen ask``, one process each, the way a person at a terminal would.

    python -m benchmarks.ask_cases PACK [--limit 50]

Each case's database is written as a DuckDB file. Counted are crashes, answers without a verdict, exit codes that do not say
whether the SQL is bound, and bound queries that a fresh connection refuses with a parser, binder or catalog error.
"""

from __future__ import annotations

import argparse
import collections
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from tqdm import tqdm

from jupyter_qwen.evaluate.sql_pack import SqlPack

REFUSALS = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


def as_file(pack: SqlPack, database: str, folder: Path) -> Path:
    """The pack's database as a file; made once."""
    path = folder / f"{database}.duckdb"
    if not path.exists():
        pack.connect(database, str(path)).close()
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path)
    parser.add_argument("--limit", type=int, default=50)
    arguments = parser.parse_args()
    pack = SqlPack(arguments.pack)
    verdicts: collections.Counter[str] = collections.Counter()
    seconds, first_tokens, problems = [], [], []
    with tempfile.TemporaryDirectory() as name:
        for case in tqdm(pack.cases[: arguments.limit]):
            path = as_file(pack, case.database, Path(name))
            done = subprocess.run(
                [sys.executable, "-m", "jupyter_qwen.cli", "ask", case.text, "--database", str(path), "--json"],
                capture_output=True,
                text=True,
                check=False,
            )
            try:
                answer = json.loads(done.stdout)
            except ValueError:
                problems.append(f"{case.id}: crash, exit {done.returncode}: {done.stderr[-300:]}")
                continue
            verdict = answer.get("verdict")
            verdicts[str(verdict)] += 1
            if verdict is None:
                problems.append(f"{case.id}: no verdict: {answer}")
                continue
            seconds.append(answer["seconds"])
            first_tokens.append(answer["ttft_seconds"])
            if (done.returncode == 0) != (verdict == "bound"):
                problems.append(f"{case.id}: exit {done.returncode} for {verdict}")
            if verdict == "bound":
                with duckdb.connect(str(path), read_only=True) as con:
                    try:
                        con.execute(answer["sql"]).fetchall()
                    except REFUSALS as error:
                        problems.append(f"{case.id}: bound, but {error}")
                    except duckdb.Error as error:
                        verdicts["bound, fails on rows"] += 1
                        print(f"{case.id}: bound, fails on rows: {error}".split("\n")[0])
    print(f"{sum(verdicts.values())} answers: {dict(verdicts)}")
    if seconds:
        print(
            f"seconds to proved SQL with a cold cache: median {statistics.median(seconds):.1f}, max {max(seconds):.1f}"
        )
        print(f"seconds to the first token: median {statistics.median(first_tokens):.1f}, max {max(first_tokens):.1f}")
    print("\n".join(problems) or "no crash, every answer has a verdict, every bound query binds")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
