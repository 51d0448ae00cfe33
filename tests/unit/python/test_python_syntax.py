from __future__ import annotations

import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from jupyter_qwen.python import syntax
from jupyter_qwen.python.cell_sql import find_sql
from jupyter_qwen.python.syntax import cut_to_fit, fits, parsed, parses
from jupyter_qwen.python.words.chained_cell import query_of
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import without_magics
from jupyter_qwen.trust.receipt import of_cell


@pytest.mark.parametrize(
    ("text", "prefix", "suffix"),
    [
        ("1", "x = ", "\ny = 2"),
        ("range(10):", "for i in ", ""),
        ("for i in range(10)", "", ""),
        ("if x", "", "\nprint(x)"),
        ("a, b", "f(", ")"),
        ("(", "f", ""),
        ("else 0", "x = 1 if y ", ""),
        ("await load()", "x = ", ""),
        ("1", "%matplotlib inline\nx = ", ""),
        ("1", "!ls -l\nx = ", ""),
        ("df.head()", "%%time\n", ""),
        ("x)", "this is ( no Python\n", ""),
        ("try:\n    load()", "", "\n"),
        ("f'{a", "x = ", ""),
    ],
)
def test_what_is_python_or_may_become_some_fits(text: str, prefix: str, suffix: str) -> None:
    assert fits(text, prefix, suffix)


@pytest.mark.parametrize(
    ("text", "prefix", "suffix"),
    [
        ("1 2", "x = ", ""),
        ("Here is the code", "", ""),
        (")", "x = 1", ""),
        ("def f(:", "", ""),
        ("  y = 1", "x = 2\n", "\nz = 3"),
        # the line could be Python with something else in the hole
        ("read_only=False)", "con = connect(DATA, ", "=True)"),
        ("[a > 1]", "orders", "orders[b]"),
        ("'x", "print(", ")"),
    ],
)
def test_what_can_never_become_python_does_not_fit(text: str, prefix: str, suffix: str) -> None:
    assert not fits(text, prefix, suffix)


@pytest.mark.parametrize(
    ("text", "prefix", "suffix", "kept"),
    [
        ("read_only=False)", "con = connect(DATA, ", "=True)", "read_only"),
        ("a, b), c)", "f(g(", "), d)", "a, b"),
        ("b.c == 1", "x = y[", "", ""),
        ("1 2", "x = ", "  # note", ""),
    ],
)
def test_a_line_that_says_what_follows_is_cut_where_it_fits(text: str, prefix: str, suffix: str, kept: str) -> None:
    assert cut_to_fit(text, prefix, suffix) == kept


def test_nothing_is_said_of_a_line_that_no_text_could_mend() -> None:
    assert fits("a", "x = (", "] 1 2")


def test_a_cell_of_300_lines_is_judged_in_time(benchmark_seconds) -> None:
    cell = "\n".join(f"x{i} = call({i}, [1, 2], key='b')" for i in range(300))

    number = count()  # answers are remembered: every call has another text

    assert benchmark_seconds(lambda: fits(f" {next(number)} +", cell + "\nx =", "\n" + cell)) < 0.5


def test_looking_at_code_in_threads_leaves_the_servers_warnings_alone() -> None:
    seen: list[object] = []
    texts = [
        f"x{number} = '\\d' + f(" for number in range(400)
    ]  # an escape that Python warns of, in code that is still open
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", module=re.escape(syntax._FILE))
        before = list(warnings.filters)
        with ThreadPoolExecutor(4) as pool:
            looks = [pool.submit(fits, "1)", text, "") for text in texts]
            while not all(look.done() for look in looks):
                seen.append(list(warnings.filters) == before)
            assert all(look.result() for look in looks)
        assert list(warnings.filters) == before
    assert all(seen)
    assert heard == []


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1\n",
        "if x:\n    !ls\n    %time f(x)\nelse:\n    df?\ny = 2",
        "%%time\nx = [\n  1,\n]",
        "!x\n%a\ndf??\n?df\nz = 'ü'",
    ],
)
def test_lines_for_ipython_do_nothing_and_move_nothing(source: str) -> None:
    plain = without_magics(source)

    assert len(plain) == len(source)
    assert parses(plain)
    kept = [line for line in source.split("\n") if line.strip()[:1] not in "%!?" and not line.endswith("?")]
    assert all(line in plain.split("\n") for line in kept)


@pytest.mark.parametrize(
    "source", ["-" * 100_000 + "1", "f" + "(a)" * 100_000, "x = " + "a." * 50_000 + "b", "\0", "%ls"]
)
def test_what_the_parser_cannot_take_has_no_tree_and_raises_nothing(source: str) -> None:
    assert parsed(source) is None
    assert find_sql(source, "python") is None
    assert query_of(source, Schema()) is None
    assert of_cell.query_of(source) is None
