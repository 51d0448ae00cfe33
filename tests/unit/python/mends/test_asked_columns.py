"""Columns under the names that a question puts in quotation marks."""

from __future__ import annotations

import pytest

from jupyter_qwen.python.mends import named_as_asked

ASKED = 'Average age of each town. Return a DataFrame with "Town" and "Average Age" as columns.'


@pytest.mark.parametrize(
    ("code", "columns", "after"),
    [
        ("people.mean()", ("town", "age"), "people.mean().rename(columns={'town': 'Town', 'age': 'Average Age'})"),
        ("a = people\na", ("Town", "age"), "a = people\na.rename(columns={'age': 'Average Age'})"),
        ("a = people", ("age", "Town"), "a = people\na = a.rename(columns={'age': 'Average Age'})\na"),
        ("a + b", ("x", "y"), "(a + b).rename(columns={'x': 'Town', 'y': 'Average Age'})"),
    ],
)
def test_columns_without_their_names_get_them_in_order(code: str, columns: tuple[str, ...], after: str) -> None:
    source, repairs = named_as_asked(code, ASKED, "pandas.DataFrame", columns)
    assert source == after
    assert [repair.name for repair in repairs] == ["asked-columns"]


@pytest.mark.parametrize(
    "question",
    [
        "columns named 'Town' and 'Average Age'",
        "with the columns `Town`, `Average Age`",
        "column names: “Town” and “Average Age”",
    ],
)
def test_names_are_found_as_people_write_them(question: str) -> None:
    assert "'Average Age'" in named_as_asked("people", question, "pandas.DataFrame", ("t", "a"))[0]


@pytest.mark.parametrize(
    ("code", "question", "kind", "columns"),
    [
        ("people", ASKED, "pandas.DataFrame", ("Average Age", "Town")),
        ("people", ASKED, "pandas.DataFrame", ("a", "b", "c")),
        ("people", ASKED, "polars.DataFrame", ("a", "b")),
        ("people", ASKED, "pandas.Series", ("a", "b")),
        ("people", 'sum of the columns "a" and "b" in one number', "pandas.DataFrame", ("a", "b", "c")),
        ("for a in b: a", ASKED, "pandas.DataFrame", ("a", "b")),
        ("a, b = c", ASKED, "pandas.DataFrame", ("a", "b")),
        ("(", ASKED, "pandas.DataFrame", ("a", "b")),
    ],
)
def test_what_the_names_do_not_fit_stays(code: str, question: str, kind: str, columns: tuple[str, ...]) -> None:
    assert named_as_asked(code, question, kind, columns) == (code, ())
