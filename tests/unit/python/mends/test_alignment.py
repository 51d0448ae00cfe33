"""The function that was asked for, under its name; the result where a result was asked for."""

from __future__ import annotations

import pytest

from jupyter_qwen.python.mends import aligned

CLEAN = "def clean(df):\n    return df.dropna()"


def test_a_function_has_the_name_that_was_asked_for() -> None:
    source, repairs = aligned(f"{CLEAN}\n\nclean(sales)", "Write a function `tidy(df)` that drops rows", {"sales"})
    assert source == "def tidy(df):\n    return df.dropna()\n\ntidy(sales)"
    assert [repair.name for repair in repairs] == ["asked-name"]


@pytest.mark.parametrize(
    "question",
    ["a function named tidy that drops rows", "complete def tidy(df):", "the function 'tidy', please"],
)
def test_a_name_is_found_as_people_write_it(question: str) -> None:
    assert "def tidy(df)" in aligned(CLEAN, question, ())[0]


@pytest.mark.parametrize(
    ("source", "question"),
    [
        (CLEAN, "Write a function that drops rows with gaps"),
        (CLEAN, "a function to_clean or a function named tidy or a function named neat"),
        ("tidy = 1\n" + CLEAN, "a function named tidy"),
        (CLEAN + "\n\ndef other():\n    return 1", "a function named tidy"),
        ("len(sales)", "a function named tidy"),
        ("def (", "a function named tidy"),
    ],
)
def test_where_no_single_name_is_meant_nothing_changes(source: str, question: str) -> None:
    assert aligned(source, question, {"df"}) == (source, ())


def test_a_function_that_nobody_asked_for_is_called() -> None:
    source, repairs = aligned("def share(sales, n=3):\n    return sales.head(n)", "the share per city", {"sales"})
    assert source.endswith("\n\n\nshare(sales)")
    assert [repair.name for repair in repairs] == ["called"]


@pytest.mark.parametrize(
    "source",
    [
        "def share(rows):\n    return rows",
        "def share(sales):\n    print(sales)",
        "def share(*sales):\n    return sales",
        "def share(sales):\n    return sales\n\nshare(sales)",
        "async def share(sales):\n    return sales",
    ],
)
def test_what_cannot_be_called_without_guessing_is_left(source: str) -> None:
    assert aligned(source, "the share per city", {"sales"}) == (source, ())


@pytest.mark.parametrize(
    "code", ["sales.drop(columns='a', inplace=True)", "sales.drop(columns='a', inplace=True)\nsales"]
)
def test_a_frame_stays_as_it_is_where_its_change_is_only_to_be_shown(code: str) -> None:
    source, repairs = aligned(code, "Return sales without a", {"sales"})
    assert source == "sales.drop(columns='a')"
    assert [repair.name for repair in repairs] == ["shown"]


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("sales.drop(columns='a', inplace=True)", "Drop column a"),
        ("sales.drop(columns='a', inplace=True)", "Show sales after you have removed a in place"),
        ("sales.sort_values('a', inplace=True)\nsales.head()", "Show the first rows by a"),
        ("other.drop(columns='a', inplace=True)", "Return other without a"),
        ("sales.drop(columns='a', inplace=True)\nother", "Return other without a"),
    ],
)
def test_a_change_that_may_be_wanted_stays(code: str, question: str) -> None:
    assert aligned(code, question, {"sales"}) == (code, ())


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("sales.a.mean()\nsales.b.mean()", "(\nsales.a.mean(),\nsales.b.mean(),\n)"),
        (
            "n = 2\n# the first\nsales.a.max() / n\n# the second\nlen(sales)",
            "n = 2\n# the first\n(\nsales.a.max() / n,\n# the second\nlen(sales),\n)",
        ),
        ("(sales.a == 1).sum()\n(sales.b > 2).mean()", "(\n(sales.a == 1).sum(),\n(sales.b > 2).mean(),\n)"),
    ],
)
def test_values_of_which_a_notebook_shows_the_last_alone_are_shown_together(code: str, after: str) -> None:
    source, repairs = aligned(code, "both, please", {"sales"})
    assert source == after
    assert [repair.name for repair in repairs] == ["shown-together"]


@pytest.mark.parametrize(
    "code",
    [
        "sales.a.mean()",
        "print(sales)\nsales.b.mean()",
        "sales.plot()\nsales.b.mean()",
        "sales.dropna(inplace=True)\nsales.b.mean()",
        "ax.set_title('x')\nax.legend()",
        "ax = sales.plot()\nax.set_xlabel('x')\nax.set_ylabel('y')",
        "model = Model()\nmodel.fit(sales)\nmodel.score(sales)",
        "'a title'\nsales.b.mean()",
        "con.execute('x')\nsales.b.mean()",
        "sales.to_csv('x')\nlen(sales)",
    ],
)
def test_what_may_do_more_than_give_a_value_stands_as_it_is(code: str) -> None:
    assert aligned(code, "both, please", {"sales"}) == (code, ())
