"""Questions on a notebook of 2,000 tokens: cold, warm, and after what a user does between two of them."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator

from benchmarks.speed.notebook import BenchNotebook
from benchmarks.speed.pairs import Measured, Pairs
from benchmarks.speed.product import Product
from jupyter_qwen.evaluate.raw import RawEngine
from jupyter_qwen.prompt.text_to_sql import STOP

FIRST = "first token"
ASKED = (
    "Which table holds the refunds?", "What does the last cell compute?", "Is there a column for the discount?",
    "Which cells read from orders?", "What is the share column?", "How are employees and stores related?",
    "Which of the frames is the largest?", "What should I look at next?", "Name the columns with dates.",
    "Why is con used in every cell?",
)  # fmt: skip
SQL_ASKED = (
    "total amount per city of orders", "how many products in each category", "average discount per country of suppliers",
    "payments per month", "top ten customers by amount", "number of active stores per city",
)  # fmt: skip
LONG = "Explain step by step, in detail, everything that this notebook does and how each cell depends on others."
PREPARED_SECONDS = 90.0


async def engine(product: Product, raw: RawEngine | None, *, rounds: int) -> AsyncIterator[Measured]:
    """Prefill and decode through the whole product: new prompts of some 700 tokens, then answers of 128 to the last one."""
    pairs = Pairs(product, raw)
    for number in range(max(1, rounds // 3)):
        notebook = BenchNotebook.new(f"e{secrets.token_hex(3)}", tables=2, cells=8)
        await pairs.ask({**notebook.asked(LONG), "thread": f"engine{number}"})
    yield pairs.figure("engine", "prefill", value="prefill_rate", unit="tokens/s", better="more")
    pairs.clear()
    for number in range(rounds):  # conversations of their own: the prompt stays the same, and is cached on both sides
        await pairs.ask({**notebook.asked(LONG, new_tokens=128), "thread": f"decode{number}"})
    yield pairs.figure("engine", "decode", value="decode_rate", unit="tokens/s", better="more")


async def questions(product: Product, raw: RawEngine | None, *, rounds: int) -> AsyncIterator[Measured]:
    """First tokens of questions in one conversation."""
    mark = f"q{secrets.token_hex(3)}"
    thread = f"{mark}.ipynb"
    notebook = BenchNotebook.new(mark)
    pairs = Pairs(product, raw)
    await pairs.ask(notebook.asked(ASKED[0], thread=thread))
    yield pairs.figure("question", f"{FIRST}, cold", value="first")
    pairs.clear()
    for number in range(rounds):
        await pairs.ask(notebook.asked(ASKED[1 + number % 9], thread=thread))
    yield pairs.figure("question", f"{FIRST}, warm", value="first")
    pairs.clear()
    for number in range(max(1, rounds // 2)):
        notebook = notebook.edited(-1, number)
        await pairs.ask(notebook.asked(ASKED[number % 9], thread=f"{mark}-edit.ipynb"))
    yield pairs.figure("question", f"{FIRST}, after an edit of the last cell", value="first")
    pairs.clear()
    await pairs.ask(notebook.edited(-10, 1).asked(ASKED[2], thread=f"{mark}-middle.ipynb"))
    yield pairs.figure("question", f"{FIRST}, after an edit of a middle cell", value="first")
    pairs.clear()
    await pairs.ask(notebook.with_table("refunds").asked(ASKED[0], thread=f"{mark}-table.ipynb"))
    yield pairs.figure("question", f"{FIRST}, after a new table", value="first")


async def sql(product: Product, raw: RawEngine | None, *, rounds: int) -> AsyncIterator[Measured]:
    """SQL on the same tables: first token, and the proved answer as a whole."""
    mark = f"s{secrets.token_hex(3)}"
    notebook = BenchNotebook.new(mark)
    pairs = Pairs(product, raw)
    for number in range(rounds + 1):
        body = notebook.asked(SQL_ASKED[number % len(SQL_ASKED)], mode="sql", thread=f"{mark}.ipynb", new_tokens=128)
        await pairs.ask(body, stop=STOP)
        if not number:
            yield pairs.figure("sql", f"{FIRST}, cold", value="first")
            pairs.clear()
    yield pairs.figure("sql", f"{FIRST}, warm", value="first")
    yield pairs.figure("sql", "whole answer, warm (ours with proof and repair)", value="done")


async def prepared(product: Product) -> AsyncIterator[Measured]:
    """A notebook that was opened some seconds ago: its beginning was processed before anybody asked."""
    mark = f"p{secrets.token_hex(3)}"
    notebook = BenchNotebook.new(mark, tables=4, cells=12)
    body = notebook.asked(ASKED[3], thread=f"{mark}.ipynb")
    began = time.monotonic()
    await product.settled({**body, "mode": "chat"}, seconds=PREPARED_SECONDS)
    seconds = time.monotonic() - began
    heard = await product.ask(body)
    note = f"{heard.prompt_tokens} prompt tokens, {heard.cached_tokens} cached after {seconds:.0f} s of warming"
    yield Measured("question", f"{FIRST}, cold notebook warmed while idle", "s", (heard.first,), note=note)
