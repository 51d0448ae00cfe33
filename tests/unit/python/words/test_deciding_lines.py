"""Which lines of a cell decide what it shows."""

from __future__ import annotations

import pytest

from jupyter_qwen.python.words import deciding_lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("orders.groupby('country')['total'].sum()", ()),
        ("import pandas as pd\norders['total'].sum()", ()),
        ("late = orders[orders.total > 3]\nlate['total'].sum()", ()),
        ("late = orders[orders.total > 3]\nsums = late['total'].sum()\nsums", (1, 2)),
        ("big = orders[orders.total > 3]\nbad = orders[orders.total < 0]\nbig.head()", (1,)),
        ("n = len(orders)\ntotal = orders['total'].sum()\nprint('mean', total / n)", (1, 2)),
        ("orders['net'] = orders['total'] * 0.8\norders.head()", (1,)),
        ("def f(x):\n    return x * 2\ntwice = orders['total'].map(f)\nprint(twice)", (1, 2, 3)),
        ("copy = orders.copy()\ncopy", ()),
        ("total = (\n    orders\n    .groupby('country')\n    .size()\n)\nprint(total)", (1, 2, 3, 4, 5)),
        ("%matplotlib inline\norders.plot()", ()),
        ("", ()),
    ],
)
def test_lines_that_choose_or_compute_what_the_end_rests_on(source: str, lines: tuple[int, ...]) -> None:
    assert deciding_lines(source) == lines
