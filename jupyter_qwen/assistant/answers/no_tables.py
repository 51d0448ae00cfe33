"""A question about data where there is none: told at once, without the model, which could only invent a table."""

from __future__ import annotations

import re
import time

from jupyter_qwen.assistant.events import Action, AnswerFinished
from jupyter_qwen.assistant.intent import choose_mode
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.schema.model import Schema, Table

CODE = "no-tables"
_WITH_A_TABLE = Schema(tables=(Table(("t",), "table", ()),))

# Rows are asked for by what is counted, ranked or grouped. Only words that leave no doubt: a chat without tables stays a chat.
_ABOUT_ROWS = re.compile(
    r"\b(how (?:many|much)|top \d+|average|mean|median|total|sum of|count of|number of|share of|distribution of|"
    r"(?:per|by|each|every) (?:hour|day|week|month|quarter|year|customer|product|country|city|region|category|user|person)|"
    r"(?:most|least|highest|lowest|best|worst|largest|smallest) \w+)\b",
    re.IGNORECASE,
)
# What a query can be asked for without any table: a file that it names, rows that it makes, the database itself.
_ELSEWHERE = re.compile(
    r"\.(?:csv|tsv|parquet|json|jsonl|xlsx?|duckdb|db|sqlite|arrow|feather)\b|://|"
    r"\b(?:generate|series|calendar|random|create|insert|import|load|read|current (?:date|time)|today|version|value|constant)\b",
    re.IGNORECASE,
)


def answer_without_tables(asked: Question, resolved: Question, started: float) -> AnswerFinished | None:
    """The answer to a question about data of a kernel that was seen to hold none; ``None`` when the model is to answer.

    `asked` is the question as it came, `resolved` has its mode settled; `started` is on the clock of `time.perf_counter`.
    """
    seen = asked.schema
    if seen is None or seen.tables or asked.include or _ELSEWHERE.search(asked.text):
        return None
    mode = resolved.mode
    if asked.mode == "auto" and mode == "chat":  # what it would be if there were a table
        mode = choose_mode(asked.text, _WITH_A_TABLE, asked.language)
    about_rows = resolved.mode == "sql" or (mode in ("sql", "plot") and _ABOUT_ROWS.search(asked.text) is not None)
    if not about_rows:
        return None
    waiting = [
        cell for cell in asked.cells if cell.type == "code" and cell.source.strip() and cell.execution_count is None
    ]
    return AnswerFinished(
        markdown=_words(len(waiting)),
        seconds=time.perf_counter() - started,
        mode=resolved.mode,
        code=CODE,
        actions=(*(("run-cells-above",) if waiting else ()), "open-file", "demo-tables"),
    )


def _words(waiting: int) -> str:
    actions: dict[Action, str] = {
        "run-cells-above": "**Run the cells above**: "
        + ("one code cell has not run yet." if waiting == 1 else f"{waiting} code cells have not run yet."),
        "open-file": "**Open a file**: with the button of that name in the sidebar, or in code: "
        '`con = duckdb.connect("shop.duckdb")` or `sales = duckdb.read_csv("sales.csv")`.',
        "demo-tables": "**Use the demo's tables**: the button of that name in the sidebar makes them in this notebook; "
        "in a terminal, `jupyter qwen demo` opens a notebook that has them.",
    }
    if not waiting:
        del actions["run-cells-above"]
    lines = "\n".join(f"- {text}" for text in actions.values())
    return f"There is no table to ask yet: this kernel holds no DataFrame and no DuckDB table.\n\n{lines}"
