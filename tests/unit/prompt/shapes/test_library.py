"""The library of shapes: every query runs on its tables and gives the rows that stand beside it."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from running import rows_of

from jupyter_qwen.prompt.shapes.library import LibraryFormatError, Pair, library, parse

PAIRS = library()


@pytest.mark.parametrize("pair", PAIRS, ids=[f"line {pair.line}: {pair.shape}" for pair in PAIRS])
def test_query_gives_the_rows_that_the_library_states(pair: Pair) -> None:
    found = rows_of(pair)
    assert found
    assert sorted(found) == sorted(pair.gives)  # ties may come in either order


def test_every_pair_is_asked_in_at_least_three_english_wordings_and_no_wording_twice() -> None:
    for pair in PAIRS:
        assert sum(wording.language == "en" for wording in pair.wordings) >= 3, pair.line
    texts = Counter(wording.text.casefold() for pair in PAIRS for wording in pair.wordings)
    assert [text for text, times in texts.items() if times > 1] == []


def test_queries_keep_to_the_style_that_a_small_model_copies() -> None:
    for pair in PAIRS:
        assert "T1" not in pair.sql
        quoted = re.findall(r'"([^"]*)"', pair.sql)
        assert not [name for name in quoted if name.isidentifier()], f"line {pair.line}: quoted without need"
        assert len(pair.sql) <= 420, f"line {pair.line}: an example costs prompt tokens"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("-- tables a\n\n-- shpe top\n-- ? how\nSELECT 1;\n", 3, id="block of unknown kind"),
        pytest.param("-- tables a\n\n-- shape top\nSELECT 1;\n", 3, id="pair without a wording"),
        pytest.param("-- shape top\n-- ? how\nSELECT 1;\n", 1, id="pair before any tables"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(LibraryFormatError, match=f"line {line}"):
        parse(text)
