"""What two prompts of one notebook have in common at their beginning: that much the engine need not process again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from jupyter_qwen.engine.children.scripted_rules import tokens_of
from jupyter_qwen.prompt import chat, text_to_sql
from jupyter_qwen.prompt.chat import Mode
from jupyter_qwen.prompt.model import Message, Prompt
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.notebook import Cell

Count = Callable[[str], int]
BUDGET = 3000


def table(name: str, columns: int = 6) -> Table:
    listed = tuple(Column(f"{name}_{number}", "VARCHAR") for number in range(columns))
    return Table((name,), "table", listed, connection="con", row_count=10)


def notebook(cells: int = 12) -> list[Cell]:
    return [Cell(f"frame_{n} = con.sql('SELECT {n}').df()\nframe_{n}.head({n})", id=f"c{n}") for n in range(cells)]


SCHEMA = Schema(tuple(table(name) for name in ("orders", "customers", 'Bestell"ungen\n2024')))


def common(left: Sequence[str], right: Sequence[str]) -> int:
    """How many characters, or tokens, two sequences begin with alike."""
    pairs = zip(left, right, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def shared(one: Prompt, other: Prompt) -> str:
    return one.text[: common(one.text, other.text)]


def shared_tokens(one: Prompt, other: Prompt) -> tuple[int, int]:
    """(tokens in common, tokens of the second prompt)."""
    left, right = tokens_of(one.text), tokens_of(other.text)
    return common(left, right), len(right)


@pytest.fixture
def ask(count: Count) -> Callable[..., Prompt]:
    def build(
        question: str,
        *,
        schema: Schema = SCHEMA,
        cells: Sequence[Cell] = tuple(notebook()),
        mode: Mode = "chat",
        history: Sequence[Message] = (),
    ) -> Prompt:
        return chat.build(
            question, schema, cells, mode=mode, count=count, budget_tokens=BUDGET, history=history
        )  # fmt: skip

    return build


def asked_about(prompt: Prompt) -> str:
    """The prompt up to its last user turn."""
    return prompt.text.rpartition("<|im_start|>user\n")[0] + "<|im_start|>user\n"


@pytest.mark.parametrize("mode", ["chat", "python", "plot"])
def test_two_questions_share_everything_but_the_question(ask: Callable[..., Prompt], mode: Mode) -> None:
    one, other = ask("Which table is largest?", mode=mode), ask("und auf Deutsch? 🙂", mode=mode)
    assert shared(one, other) == asked_about(other)
    reused, total = shared_tokens(one, other)
    assert total - reused < 20


def test_long_question_takes_nothing_from_what_stands_before_it(ask: Callable[..., Prompt]) -> None:
    one, other = ask("Why?"), ask("Why? " * 120)
    assert shared(one, other).startswith(asked_about(other))


@pytest.mark.parametrize("position", [-1, 6, 1])
def test_edit_of_a_cell_costs_what_comes_after_it_and_no_more(ask: Callable[..., Prompt], position: int) -> None:
    cells = notebook()
    edited = list(cells)
    edited[position] = replace(cells[position], source="changed = True")
    one, other = ask("a", cells=cells), ask("a", cells=edited)
    before = one.text.index(cells[position].source)
    assert len(shared(one, other)) >= before
    assert all(cell.source in shared(one, other) for cell in cells[:position])


def test_new_cell_at_the_end_costs_itself(ask: Callable[..., Prompt]) -> None:
    cells = notebook()
    one, other = ask("a", cells=cells), ask("a", cells=[*cells, Cell("new = 1", id="new")])
    assert all(cell.source in shared(one, other) for cell in cells)


def test_new_cells_of_a_long_notebook_move_its_window_every_fourth_time(ask: Callable[..., Prompt]) -> None:
    cells = notebook(120)
    kept = 0
    for number in range(80, 100):
        one, other = ask("a", cells=cells[:number]), ask("a", cells=cells[: number + 1])
        kept += cells[number - 1].source in shared(one, other)
    assert kept >= 15


def test_new_table_leaves_the_tables_before_it(ask: Callable[..., Prompt]) -> None:
    grown = Schema((*SCHEMA.tables, table("refunds")))
    together = shared(ask("a"), ask("a", schema=grown))
    assert "orders" in together
    assert "customers" in together


def test_schema_that_is_told_in_part_stands_behind_the_cells(ask: Callable[..., Prompt]) -> None:
    large = Schema(tuple(table(f"{word}_{n}", 20) for n in range(60) for word in ("orders", "stores")))
    one, other = ask("sum of orders_7_3", schema=large), ask("names in stores_41_2", schema=large)
    assert one.parts[1].label == "cells"
    assert all(cell.source in shared(one, other) for cell in notebook())


def test_conversation_goes_on_where_it_was(ask: Callable[..., Prompt]) -> None:
    """Every prompt begins with the one before it and its answer, but for a few where old turns are dropped."""
    history: list[Message] = []
    before = None
    whole = 0
    for number in range(24):
        prompt = ask(f"question {number}?", history=history[-14:])
        if before is not None:
            whole += prompt.text.startswith(before)
        answer = f"The answer {number} is <|im_end|> {'long ' * 30}"
        before = prompt.text + f"The answer {number} is "
        history += [Message("user", f"question {number}?"), Message("assistant", answer)]
        if len(history) > 14:
            del history[:8]
    assert whole >= 18, whole


def test_explained_cell_stands_behind_the_cells_before_it(ask: Callable[..., Prompt]) -> None:
    cells = notebook()
    one, other = ask("Explain this cell.", mode="explain"), ask("And why?", mode="explain")
    assert all(cell.source in shared(one, other) for cell in cells[:-1])


def test_sql_questions_share_the_tables(count: Count) -> None:
    def build(question: str, schema: Schema = SCHEMA) -> Prompt:
        return text_to_sql.build(question, schema, count=count, budget_tokens=BUDGET)

    one, other = build("total per month of orders"), build("how many customers?")
    assert all(t.columns[-1].name in shared(one, other) for t in SCHEMA.tables[:2])
    reused, total = shared_tokens(one, other)
    assert total - reused < 40
    grown = build("how many customers?", Schema((*SCHEMA.tables, table("refunds"))))
    assert all(t.columns[-1].name in shared(one, grown) for t in SCHEMA.tables[:2])


def test_prompt_is_the_same_to_the_byte_when_nothing_changed(ask: Callable[..., Prompt]) -> None:
    assert len({ask("a", cells=notebook(40)).text for _ in range(5)}) == 1
