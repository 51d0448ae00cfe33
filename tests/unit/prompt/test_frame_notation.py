from __future__ import annotations

from jupyter_qwen.prompt.frame_notation import frame_text, frames_text
from jupyter_qwen.schema.model import Column, Table

HOTELS = Table(
    ("hotels",),
    "dataframe",
    (
        Column("hotel name", "VARCHAR", values=("Plaza", "Ritz", "Savoy")),
        Column("stars", "DOUBLE"),
        Column("open", "BOOLEAN", values=("true", "false"), values_complete=True),
        Column("since", "TIMESTAMP"),
        Column("password", "VARCHAR"),
    ),
    row_count=3,
    rows=(("Plaza", 4.5, True, "2020-01-01", "s3cret"), ("Ritz", 5.0, False, None, "s3cret2")),
    library="pandas",
)


def test_a_frame_is_told_in_the_words_of_python_with_values_that_occur() -> None:
    assert frame_text(HOTELS) == (
        "hotels (pandas, 3 rows):\n"
        "  'hotel name' str: 'Plaza', 'Ritz', …\n"
        "  stars float: 4.5, 5, …\n"
        "  open bool {True, False}\n"
        "  since datetime64: '2020-01-01', …\n"
        "  password str"
    )


def test_polars_has_its_own_names_of_types() -> None:
    frame = Table(("f",), "dataframe", (Column("a", "BIGINT"), Column("b", "VARCHAR")), library="polars")
    assert frame_text(frame) == "f (polars):\n  a Int64\n  b String"


def test_what_privacy_keeps_back_is_not_told() -> None:
    assert frame_text(Table(("f",), "dataframe", (Column("a"), Column("b")))) == "f:\n  a\n  b"


def test_many_columns_take_a_line_a_frame() -> None:
    wide = Table(("wide",), "dataframe", tuple(Column(f"c{n}", "BIGINT") for n in range(80)))
    told = frames_text([wide])
    assert told.count("\n") == 1
    assert "c79 int" in told


def test_an_index_that_says_something_stands_before_the_columns() -> None:
    levels = (
        Column("city", "VARCHAR", values=("Oslo", "Rome")),
        Column("", "TIMESTAMP", values=("2024-01-01",)),
        Column("year no", "BIGINT", values=("2023", "2024")),
        Column("pin", "VARCHAR", values=("1234",)),
    )
    frame = Table(("sales",), "dataframe", (Column("total", "DOUBLE"),), library="pandas", index=levels)
    assert frame_text(frame) == (
        "sales (pandas):\n"
        "  [index] city str: 'Oslo', 'Rome', …\n"
        "  [index] datetime64: '2024-01-01', …\n"
        "  [index] 'year no' int: 2023, 2024, …\n"
        "  [index] pin str\n"
        "  total float"
    )
    assert frame_text(frame, short=True).startswith("sales (pandas): [index] city str, [index] datetime64, ")


def test_labels_that_are_no_texts_are_written_as_python_has_them() -> None:
    numbers = Table(("f",), "dataframe", (Column("0", "BIGINT"),), library="pandas", labels="numbers")
    tuples = Table(("f",), "dataframe", (Column("('a', 'min')", "BIGINT"),), library="pandas", labels="tuples")
    assert frame_text(numbers).endswith("\n  0 int")
    assert frame_text(tuples).endswith("\n  ('a', 'min') int")
