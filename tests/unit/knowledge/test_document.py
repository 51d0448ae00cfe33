"""A knowledge file as people write it: what is read, what is told as a problem, and edits that touch nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_qwen.knowledge.document import MOST_ENTRIES, EntryError, parse, with_pair, with_term, without
from jupyter_qwen.knowledge.model import Term, VerifiedPair

WRITTEN = """# Harbour office

Some prose that means nothing here, and a [link](x.md).

## Words we use
- **berth hour**: one ship in one berth for an hour
* **churn** - share of ships that did not come back
- a plain item

### Which ships came twice?
The auditor asked this.

```sql
SELECT ship FROM call GROUP BY ship HAVING count(*) = 2
```

```python
print("no query")
```
"""


def test_terms_and_pairs_are_read_with_their_lines() -> None:
    known = parse(WRITTEN)
    assert [(term.name, term.meaning, term.line) for term in known.terms] == [
        ("berth hour", "one ship in one berth for an hour", 6),
        ("churn", "share of ships that did not come back", 7),
    ]
    assert [(pair.question, pair.line) for pair in known.pairs] == [("Which ships came twice?", 10)]
    assert known.pairs[0].sql == "SELECT ship FROM call GROUP BY ship HAVING count(*) = 2"
    assert known.problems == ()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("intro\n- **revenue** is money\n", 2, "- **name**: meaning"),
        ("a\n\n```sql\nSELECT 1\n```\n", 3, "no question"),
        ("## Q\n```sql\nSELECT 1\n", 2, "not closed"),
        ("## Q\n```sql\n\n```\n", 2, "no query"),
    ],
)
def test_what_looks_like_an_entry_and_is_none_is_told_with_its_line(text: str, line: int, said: str) -> None:
    known = parse(text)
    assert [problem.line for problem in known.problems] == [line]
    assert said in known.problems[0].message
    assert not known.terms
    assert not known.pairs


def test_too_many_entries_are_cut_and_told() -> None:
    known = parse("".join(f"- **term {n}**: meaning\n" for n in range(MOST_ENTRIES + 5)))
    assert len(known.terms) == MOST_ENTRIES
    assert known.problems[0].line == MOST_ENTRIES + 1


def test_teaching_and_forgetting_leave_every_other_line_as_it_was() -> None:
    taught = with_pair(
        with_term(WRITTEN, "lay time", "hours at anchor"), "How many ships?", "SELECT count(*)\nFROM ship"
    )
    assert [line for line in WRITTEN.splitlines() if line not in taught.splitlines()] == []
    assert parse(taught).terms[-1].name == "lay time"
    assert parse(taught).pairs[-1].sql == "SELECT count(*)\nFROM ship"
    again = without(without(taught, Term, "Lay Time"), VerifiedPair, "how many ships")
    assert again.split() == WRITTEN.split()


def test_taught_again_under_the_same_words_an_entry_is_replaced() -> None:
    text = with_term(with_term("", "Revenue", "all sales"), "revenue", "sales without returns")
    assert [(term.name, term.meaning) for term in parse(text).terms] == [("revenue", "sales without returns")]
    text = with_pair(with_pair(text, "How many?", "SELECT 1"), "how  many", "SELECT 2")
    assert [pair.sql for pair in parse(text).pairs] == ["SELECT 2"]


def test_windows_line_ends_are_kept() -> None:
    assert with_term("# A\r\n\r\n- **a**: b\r\n", "c", "d") == "# A\r\n\r\n- **a**: b\r\n- **c**: d\r\n"


def test_query_that_would_end_its_own_fence_is_refused() -> None:
    with pytest.raises(EntryError, match="fence"):
        with_pair("", "How many?", "SELECT 1\n```\n- **evil**: term")


def test_unknown_entry_cannot_be_forgotten() -> None:
    with pytest.raises(EntryError, match="'profit'"):
        without(WRITTEN, Term, "profit")


@given(st.text(max_size=60), st.text(max_size=80), st.text(max_size=200))
def test_whatever_is_taught_is_read_back_or_refused(name: str, meaning: str, before: str) -> None:
    try:
        text = with_term("", name, meaning)
    except EntryError:
        return
    terms = parse(text).terms
    assert [(term.name, term.meaning) for term in terms] == [
        (" ".join(name.split()).rstrip(": "), " ".join(meaning.split()))
    ]
    parse(before)  # and no text makes it fail
