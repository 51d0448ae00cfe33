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
