from __future__ import annotations

import pytest

from jupyter_qwen.prompt.answers import code_blocks, first_statement, strip_fences

ANSWER = "Here:\n```SQL\nSELECT 1\n```\nand\n~~~python title=x\nprint('```')\n~~~\ndone"


def test_blocks_keep_language_source_and_offsets() -> None:
    first, second = code_blocks(ANSWER)

    assert (first.language, first.source, first.closed) == ("sql", "SELECT 1", True)
    assert ANSWER[first.start : first.end] == "```SQL\nSELECT 1\n```"
    assert (second.language, second.source, second.closed) == ("python", "print('```')", True)


def test_a_closed_block_stays_the_same_while_more_text_streams_in() -> None:
    closed_at = ANSWER.index("\nand")
    for end in range(closed_at, len(ANSWER) + 1):
        assert code_blocks(ANSWER[:end])[0] == code_blocks(ANSWER)[0]


def test_an_open_block_never_shows_a_part_of_its_closing_fence() -> None:
    start = ANSWER.index("SELECT")
    for end in range(start, ANSWER.index("\nand")):
        block = code_blocks(ANSWER[:end])[0]
        assert "SELECT 1".startswith(block.source)


def test_an_open_fence_without_a_line_break_is_an_empty_block() -> None:
    (block,) = code_blocks("```py")

    assert (block.language, block.source, block.closed) == ("py", "", False)


def test_a_longer_fence_holds_a_shorter_one() -> None:
    (block,) = code_blocks("````markdown\n```sql\nSELECT 1\n```\n````\n")

    assert block.source == "```sql\nSELECT 1\n```"


def test_inline_backticks_are_no_block() -> None:
    assert code_blocks("use `x` or ```y``` here") == ()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("SELECT 1", "SELECT 1"),
        ("```sql\nSELECT 1\n```", "SELECT 1"),
        ("```sql\nSELECT 1", "SELECT 1"),
        ("SELECT 1\n```\nThis query …", "SELECT 1"),
        ("Sure:\n```sql\nSELECT 1\n```\nThat is it.", "SELECT 1"),
    ],
)
def test_fences_are_stripped_whole_or_in_part(answer: str, code: str) -> None:
    assert strip_fences(answer).strip() == code


@pytest.mark.parametrize(
    ("sql", "statement"),
    [
        ("SELECT 1; SELECT 2", "SELECT 1"),
        ("SELECT ';' AS a, \"b;c\"; DROP TABLE t", "SELECT ';' AS a, \"b;c\""),
        ("-- first; second\nSELECT 1;", "-- first; second\nSELECT 1"),
        ("SELECT $x$ ; $x$;", "SELECT $x$ ; $x$"),
        (" ;; -- nothing\n", ""),
        ("/* a; b */ SELECT 1", "/* a; b */ SELECT 1"),
        ("SELECT 'open ; text", "SELECT 'open ; text"),
        ("", ""),
    ],
)
def test_the_first_statement_ends_at_the_first_semicolon_that_is_code(sql: str, statement: str) -> None:
    assert first_statement(sql) == statement
