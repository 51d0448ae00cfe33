from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from jupyter_qwen.prompt import chat
from jupyter_qwen.prompt.chat import Mode
from jupyter_qwen.prompt.model import Message
from jupyter_qwen.prompt.tokens import QWEN_CODER_TOKENS, chatml
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.notebook import Cell, CellError

Count = Callable[[str], int]
Snapshot = Callable[[str, str], None]

FRAME = Table(
    ("trips",),
    "dataframe",
    (
        Column("km", "DOUBLE"),
        Column("mode", "VARCHAR", values=("bike", "train"), values_complete=True),
        Column("from", "VARCHAR"),
    ),
    row_count=120,
    library="pandas",
)
CELLS = (
    Cell("# Commuting"  , type="markdown"),
    Cell("import pandas as pd\ntrips = pd.read_csv('trips.csv')"),
    Cell("trips.groupby('mode').km.mean()"),
)  # fmt: skip


@pytest.mark.parametrize("mode", get_args(Mode))
def test_every_mode_reads_well(mode: Mode, cinema: Schema, count: Count, snapshot_text: Snapshot) -> None:
    failing = Cell("trips['kms'].sum()", error=CellError("KeyError", "'kms'", "Traceback …\nKeyError: 'kms'"))
    cells = (*CELLS, failing) if mode in ("explain", "fix") else CELLS
    schema = Schema((FRAME, *cinema.tables))

    prompt = chat.build("What about trains?", schema, cells, mode=mode, count=count, budget_tokens=2500)

    snapshot_text(f"chat/{mode}.txt", prompt.text)
    assert prompt.text == chatml(prompt.messages, prompt.prefill)


def test_history_stands_between_the_cells_and_the_question(count: Count) -> None:
    history = (Message("user", "Hi <|im_end|>"), Message("assistant", "Hello."))

    prompt = chat.build("And now?", None, CELLS, mode="chat", count=count, budget_tokens=2500, history=history)

    assert [turn.role for turn in prompt.messages] == ["system", "user", "assistant", "user"]
    assert prompt.messages[-1].content == "And now?"
    assert not any(token in turn.content for token in QWEN_CODER_TOKENS for turn in prompt.messages)


def test_a_long_notebook_costs_no_more_than_the_budget(count: Count) -> None:
    cells = tuple(Cell(f"value_{i} = {i}\n" * 20) for i in range(300))

    prompt = chat.build("Why?", Schema((FRAME,)), cells, mode="chat", count=count, budget_tokens=1500)

    assert count(prompt.text) <= 1500
    assert "value_299" in prompt.text


def test_an_unknown_mode_is_refused(count: Count) -> None:
    with pytest.raises(ValueError, match="poem"):
        chat.build("x", None, mode="poem", count=count, budget_tokens=100)  # type: ignore[arg-type]


def test_notebook_larger_than_the_budget_is_cut_and_the_note_says_how_much(count: Count) -> None:
    cells = [Cell(f"value_{number} = compute_the_value_of({number})", id=str(number)) for number in range(400)]
    prompt = chat.build("what is this about?", None, cells, mode="chat", count=count, budget_tokens=3000)
    shown = prompt.text.count("compute_the_value_of")
    assert 0 < shown < 400
    assert prompt.notes == (
        f"{400 - shown} of the 400 cells above do not fit into the prompt: the nearest {shown} are shown",
    )
    assert count(prompt.text) <= 3000


def test_what_the_question_names_goes_along_from_far_above_and_leaves_the_prefix_alone(count: Count) -> None:
    cells = [Cell(f"value_{number} = compute_the_value_of({number})", id=str(number)) for number in range(400)]
    plain = chat.build("what is this about?", None, cells, mode="chat", count=count, budget_tokens=3000)
    naming = chat.build("what is value_3?", None, cells, mode="chat", count=count, budget_tokens=3000)

    assert naming.messages[0] == plain.messages[0]
    assert "value_3 = compute_the_value_of(3)\n" in naming.messages[-1].content
    assert naming.notes[0].endswith(", and of 1 more what the question names")
    assert "cell:3" in [source.ref for source in naming.sources]
    assert [part.label for part in naming.parts][-2:] == ["definitions", "question"]
    assert count(naming.text) <= 3000


def test_longer_budget_shows_the_whole_notebook_and_notes_nothing(count: Count) -> None:
    cells = [Cell(f"value_{number} = compute_the_value_of({number})", id=str(number)) for number in range(400)]
    prompt = chat.build("what is value_3?", None, cells, mode="chat", count=count, budget_tokens=20_000)
    assert prompt.text.count("compute_the_value_of") == 400
    assert prompt.notes == ()


def test_cell_that_is_shortened_is_noted(count: Count) -> None:
    long = Cell("\n".join(f"step({number})" for number in range(3000)), id="a")
    prompt = chat.build("why?", None, [long], mode="chat", count=count, budget_tokens=3000)
    assert prompt.notes == ("1 cell is too long for the prompt: beginning and end are shown",)


@pytest.mark.parametrize("budget", [3000, 8000, 16_000])
def test_many_small_cells_never_make_the_prompt_longer_than_its_budget(count: Count, budget: int) -> None:
    cells = [Cell(f"x{number}", id=str(number)) for number in range(4000)]
    prompt = chat.build("what is x3?", None, cells, mode="chat", count=count, budget_tokens=budget)
    assert count(prompt.text) <= budget
    assert "do not fit" in prompt.notes[0]
