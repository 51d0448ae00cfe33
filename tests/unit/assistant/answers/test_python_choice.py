"""A cell is tried before it is shown; one that fails is mended or asked anew. With real trials and a scripted model."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pandas as pd
import pytest

from jupyter_qwen.assistant.answers.allowance import Allowance
from jupyter_qwen.assistant.answers.blocks import code_block
from jupyter_qwen.assistant.answers.python_choice import choose_cell
from jupyter_qwen.assistant.events import Block, Event
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.engine.base import Capabilities, Delta, Finished, GenerationRequest, Usage
from jupyter_qwen.prompt import chat
from jupyter_qwen.python.trial import CellTrial, TrialError
from jupyter_qwen.python.trial.trying import close
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks are Linux's")

ORDERS = pd.DataFrame({"Item Price": [2.5, 4.0, 1.0], "kind": ["a", "b", "a"]})
SCHEMA = Schema.from_json(collect({"orders": ORDERS}))


class Writer:
    """An engine that gives one text after the other, and keeps the prompts."""

    capabilities = Capabilities()
    context_tokens = 8192

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.prompts: list[str] = []

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta | Finished]:
        self.prompts.append(request.prompt)
        yield Delta(self.texts.pop(0))
        yield Finished("stop", Usage(new_tokens=10))

    async def count_tokens(self, text: str) -> int:
        return len(text) // 3

    async def aclose(self) -> None: ...


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    close()


def chosen(
    code: str, writer: Writer, *, schema: Schema = SCHEMA, seconds: float = 60.0, text: str = "x"
) -> tuple[Block, list[Event]]:
    question = Question(text, "python", schema=schema)
    block = code_block("python", code, question)
    prompt = chat.build("x", schema, mode="python", count=len, budget_tokens=9000)
    told: list[Event] = []

    async def emit(event: Event) -> None:
        told.append(event)

    best = choose_cell(block, prompt, question, schema, engine=writer, allowance=Allowance(seconds), emit=emit)
    return asyncio.run(best).block, told


def trial_of(block: Block) -> Any:
    assert block.trial is not None
    return block.trial


def test_columns_get_the_names_that_the_question_gives_them_once_a_trial_has_shown_the_result() -> None:
    block, _ = chosen(
        "orders.groupby('kind')['Item Price'].mean().reset_index()",
        Writer(),
        seconds=1.0,
        text='Mean price of each kind; return a DataFrame with "Kind" and "Mean Price" as columns.',
    )

    assert block.source.endswith(".rename(columns={'kind': 'Kind', 'Item Price': 'Mean Price'})")
    assert [repair.name for repair in block.repairs] == ["asked-columns"]
    assert [column.name for column in trial_of(block).result.columns] == ["Kind", "Mean Price"]


def test_a_cell_that_runs_is_shown_with_its_result_and_asks_no_model_where_nothing_is_left() -> None:
    writer = Writer()

    block, _ = chosen("orders['Item Price'].sum()", writer, seconds=1.0)

    assert (trial_of(block).status, trial_of(block).complete) == ("ran", True)
    assert not writer.prompts


def test_a_query_that_gives_the_same_rows_speaks_for_the_cell() -> None:
    writer = Writer('SELECT kind, sum("Item Price") AS total FROM orders GROUP BY kind\n```')

    block, told = chosen("orders.groupby('kind')['Item Price'].sum()", writer)

    assert trial_of(block).same_in_sql
    assert "DuckDB SQL" in writer.prompts[0]
    judged = [event.block.trial.same_in_sql for event in told if event.type == "block" and event.block.trial]
    assert judged == [False], "the cell stands there before the query is asked for"


def test_two_against_one_a_cell_that_agrees_with_the_query_is_taken() -> None:
    writer = Writer('SELECT max("Item Price") FROM orders\n```', "orders['Item Price'].max()\n```")

    block, _ = chosen("orders['Item Price'].sum()", writer)

    assert (block.source, trial_of(block).same_in_sql) == ("orders['Item Price'].max()", True)
    assert "Answer with one DuckDB SQL" not in writer.prompts[1]


def test_a_query_that_stands_alone_changes_nothing() -> None:
    writer = Writer('SELECT max("Item Price") FROM orders\n```', "orders['Item Price'].min()\n```")

    block, _ = chosen("orders['Item Price'].sum()", writer)

    assert (block.source, trial_of(block).same_in_sql) == ("orders['Item Price'].sum()", False)


@pytest.mark.parametrize("answer", ["SELECT nothing FROM nowhere\n```", "DROP TABLE orders\n```", "```"])
def test_what_is_no_query_over_the_frames_is_no_witness(answer: str) -> None:
    block, _ = chosen("orders['Item Price'].sum()", Writer(answer))

    assert (block.source, trial_of(block).same_in_sql) == ("orders['Item Price'].sum()", False)


@pytest.mark.parametrize(
    "code", ["orders['twice'] = orders['Item Price'] * 2", "def f(x):\n    return x\nf(len(orders))", "1 + 1"]
)
def test_what_shows_no_rows_of_a_frame_is_not_asked_for_in_sql(code: str) -> None:
    writer = Writer()
    chosen(code, writer)
    assert not writer.prompts


def test_a_cell_that_fails_is_mended_where_a_trial_says_that_it_mends() -> None:
    block, told = chosen("orders['item_prices'].sum() + orders['item price'].max()", Writer(), seconds=1.0)

    assert block.source == "orders['Item Price'].sum() + orders['Item Price'].max()"
    assert block.cell is not None
    assert block.cell.source == block.source
    assert trial_of(block).status == "ran"
    assert [event.name for event in told if event.type == "repair"] == [repair.name for repair in block.repairs]


def test_a_fresh_answer_is_told_the_error_and_not_the_code() -> None:
    writer = Writer("orders['kind'].nunique()\n```", "len(orders)\n```", "orders['kind'].nunique()\n```")

    block, _ = chosen("orders.no_such_method_of_pandas()", writer)

    assert block.source == "orders['kind'].nunique()"
    assert "AttributeError" in writer.prompts[0]
    assert "no_such_method_of_pandas()" not in writer.prompts[0]
    assert len(writer.prompts) == 3, "the third agrees with the first"


def test_a_stub_is_no_answer() -> None:
    writer = Writer("def kinds():\n    pass\n```", "def kinds():\n    return orders['kind'].unique()\n```", "1\n```")

    block, _ = chosen("def kinds():\n    # Your code here\n    pass", writer)

    assert "unique" in block.source
    assert "no placeholder" in writer.prompts[0]


def test_where_nothing_runs_the_first_answer_stays_and_says_what_it_raises() -> None:
    block, _ = chosen("orders['zzz']", Writer("orders['yyy']\n```", "orders['xxx']\n```", "orders['www']\n```"))

    assert block.source == "orders['zzz']"
    assert (trial_of(block).status, trial_of(block).error.kind) == ("fails", "KeyError")


def test_what_cannot_be_tried_is_shown_as_it_is_with_the_reason() -> None:
    writer = Writer()

    block, _ = chosen("import pandas as pd\npd.read_csv('orders.csv')", writer)
    elsewhere, _ = chosen("len(orders)", writer, schema=SCHEMA.at_privacy("types"))

    assert (trial_of(block).status, trial_of(block).reason) == (
        "not tried",
        "It reads a file (`read_csv`), which a trial has not.",
    )
    assert trial_of(elsewhere).reason == "A trial needs sample rows, and the privacy level is *types*."
    assert not writer.prompts


def test_without_tokens_left_nothing_more_is_asked() -> None:
    writer = Writer("1\n```")

    block, _ = chosen("orders['zzz']", writer, seconds=0.0)

    assert not writer.prompts
    assert trial_of(block).status == "fails"


def test_a_cell_that_is_stopped_tries_no_repair_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    import jupyter_qwen.assistant.answers.python_choice as room

    times: list[str] = []

    def try_once(source: str, *rest: Any) -> CellTrial:
        times.append(source)
        asyncio.run_coroutine_threadsafe(stop(), loop).result(30)
        return CellTrial("fails", error=TrialError("KeyError", "'item_prices'", 1))

    async def stop() -> None:
        task.cancel()

    async def scene() -> None:
        nonlocal loop, task
        loop = asyncio.get_running_loop()
        block = Block(0, "python", "orders['item_prices']")
        task = asyncio.ensure_future(room.tried(block, Question("x", "python", schema=SCHEMA), SCHEMA))
        with pytest.raises(asyncio.CancelledError):
            await task

    loop: asyncio.AbstractEventLoop
    task: asyncio.Future[Block]
    monkeypatch.setattr(room, "_try", try_once)
    asyncio.run(scene())
    assert times == ["orders['item_prices']"]
