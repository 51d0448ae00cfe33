"""What is said beside an answer comes in the interface's language, and nothing of the answer itself is changed."""

from __future__ import annotations

from jupyter_qwen.assistant.events import Alternative, AnswerFinished, Block, BlockJudged, TextDelta
from jupyter_qwen.assistant.localised import localised
from jupyter_qwen.sql.model import Diagnostic

BLOCK = Block(
    0, "sql", "SELECT 1", "bound", grade="check", reasons=("nothing ranks", "the model was sure of every word"),
    diagnostics=(Diagnostic("empty-limit", "warning", "LIMIT 0 gives no rows.", hint="count(*) counts the rows."),),
    alternative=Alternative("SELECT 2", "reads `orders`", "keeps all rows"),
)  # fmt: skip


def test_reasons_warnings_and_readings_of_a_block_are_said_in_the_language() -> None:
    told = localised(BlockJudged(BLOCK), "de-DE")
    assert isinstance(told, BlockJudged)
    assert told.block.reasons == ("nichts bildet eine Rangfolge", "das Modell war sich bei jedem Wort sicher")
    assert told.block.diagnostics[0].message == "LIMIT 0 ergibt keine Zeilen."
    assert told.block.diagnostics[0].hint == "count(*) zählt die Zeilen."
    other = told.block.alternative
    assert other is not None
    assert (other.does, other.instead, other.source) == ("liest `orders`", "behält alle Zeilen", "SELECT 2")
    assert (told.block.source, told.block.diagnostics[0].code) == ("SELECT 1", "empty-limit")


def test_answer_says_the_same_as_its_block_and_other_events_pass_as_they_are() -> None:
    answer = localised(AnswerFinished("```sql\nSELECT 1\n```", (BLOCK,)), "zh")
    assert isinstance(answer, AnswerFinished)
    assert answer.blocks[0].reasons[0] == "没有排名"
    assert answer.markdown == "```sql\nSELECT 1\n```"
    piece = TextDelta("nothing ranks")
    assert localised(piece, "de") is piece
    assert localised(BlockJudged(BLOCK), "en") == BlockJudged(BLOCK)
