"""How long it takes to link a large catalogue, and how small the prompt gets. No model is needed.

    python -m benchmarks.linking [--tables 1000] [--columns 20]

Tokens are counted as characters / 2.6, which for DDL errs on the high side; `jupyter qwen eval sql` counts with the real
tokenizer.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import time

from jupyter_qwen.prompt import text_to_sql
from jupyter_qwen.prompt.linking import link
from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table

_WORDS = (
    "account customer order price city airline date region ship product stock user event amount rate plan meter invoice "
    "payment branch employee salary course grade student ticket flight airport station sensor reading"
)
_QUESTIONS = (
    "What is the total amount of orders per customer city?",
    "How many flights left each airport last year?",
    "Which students have the best grade in each course?",
    "average sensor reading by region and month",
)


def catalogue(tables: int, columns: int) -> Schema:
    """Tables with two-word names, each pointing at the one before."""
    chance = random.Random(5)
    words = _WORDS.split()
    made: list[Table] = []
    for number in range(tables):
        names = [f"{chance.choice(words)}_{chance.choice(words)}_{position}" for position in range(columns - 1)]
        name = f"{chance.choice(words)}_{chance.choice(words)}_{number}"
        keys = (ForeignKey(("previous_id",), made[-1].name, (made[-1].columns[0].name,)),) if made else ()
        listed = tuple(Column(column, "VARCHAR") for column in (*names, "previous_id"))
        made.append(Table((name,), "table", listed, connection="con", foreign_keys=keys))
    return Schema(tuple(made))


def main() -> None:
    """Print one line a question: milliseconds (best and middle of five) and tokens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--columns", type=int, default=20)
    arguments = parser.parse_args()
    schema = catalogue(arguments.tables, arguments.columns)

    def count(text: str) -> int:
        return round(len(text) / 2.6)

    print(
        f"{platform.machine()}, Python {platform.python_version()}; {arguments.tables} tables of {arguments.columns} columns"
    )
    for question in _QUESTIONS:
        milliseconds = []
        for _ in range(5):
            started = time.perf_counter()
            linked = link(question, schema, count=count, budget_tokens=700)
            milliseconds.append((time.perf_counter() - started) * 1000)
        prompt = text_to_sql.build(question, schema, count=count, budget_tokens=1000)
        print(
            f"{min(milliseconds):6.1f} / {statistics.median(milliseconds):6.1f} ms   {len(linked.tables):3d} tables   "
            f"{count(linked.text):4d} schema tokens   {count(prompt.text):4d} prompt tokens   {question}"
        )


if __name__ == "__main__":
    main()
