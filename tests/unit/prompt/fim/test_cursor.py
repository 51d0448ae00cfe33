from __future__ import annotations

import pytest

from jupyter_qwen.prompt.fim.cursor import code_only, open_brackets, place_of


@pytest.mark.parametrize(
    ("prefix", "kind", "owner"),
    [
        ("x = 1", "code", ""),
        ("# so", "comment", ""),
        ("# so\nx", "code", ""),
        ('df["', "string", ""),
        ('x = "a"', "code", ""),
        ('x = "a\ny = ', "code", ""),
        ('"""doc\n"', "string", ""),
        ("con.sql('''\nSELECT ", "sql", "con"),
        ('duckdb.sql("', "sql", "duckdb"),
        ('my_con . execute( f"""', "sql", "my_con"),
        ('pd.read_sql("', "sql", "pd"),
        ('query = """\n  select a', "sql", ""),
        ('x = r"\\"', "string", ""),
        ("%%sql\nSELECT", "sql", ""),
        ("%%time\nx", "code", ""),
        ('x = "# no comment" ', "code", ""),
        ("it's\n", "code", ""),
    ],
)
def test_the_place_of_the_cursor(prefix: str, kind: str, owner: str) -> None:
    place = place_of(prefix)

    assert (place.kind, place.owner) == (kind, owner)


def test_a_file_of_sql_is_sql_from_its_beginning() -> None:
    assert place_of("SELECT 'it", "sql").start == 0


@pytest.mark.parametrize(("prefix", "kind"), [("B = A' * ", "code"), ("B = (A * C)' + ", "code"), ("c = 'x", "string")])
def test_a_transposed_matrix_of_julia_opens_no_string(prefix: str, kind: str) -> None:
    assert place_of(prefix, "julia").kind == kind


def test_an_f_string_says_so() -> None:
    assert place_of('con.sql(f"""SELECT').formatted
    assert not place_of('con.sql("""SELECT').formatted


def test_brackets_in_strings_and_comments_do_not_count() -> None:
    assert open_brackets('f("(", [1, # (\n') == (")", "]")
    assert code_only('a("b") # c') == 'a(" ") #  '


def test_megabytes_are_scanned_in_linear_time() -> None:
    place_of("x = '" + "a\\'" * 200_000)
    place_of('"' * 100_001)
