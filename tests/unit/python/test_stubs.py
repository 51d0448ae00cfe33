from __future__ import annotations

import pytest

from jupyter_qwen.python.stubs import is_stub, leaves_stub

DOCUMENTED = 'def double(x):\n    """Twice x."""\n'


@pytest.mark.parametrize(
    "text",
    ["    # Your code here\n    pass", "    pass", "    ...", "    # Your code here", "    raise NotImplementedError"],
)
def test_a_body_that_does_nothing_is_a_stub(text: str) -> None:
    assert leaves_stub(text, DOCUMENTED)


@pytest.mark.parametrize(
    "text", ["    return 2 * x", "    # twice\n    return x + x", "    for _ in range(2):\n        pass\n    return x"]
)
def test_a_body_that_does_something_is_none(text: str) -> None:
    assert not leaves_stub(text, DOCUMENTED)


def test_python_needs_some_empty_blocks() -> None:
    assert not leaves_stub("    pass", "class Absent(Exception):\n")
    assert not leaves_stub(
        "        pass", "def read(path):\n    try:\n        return open(path)\n    except OSError:\n"
    )
    assert not is_stub("class Absent(Exception):\n    pass")


@pytest.mark.parametrize("cell", ["# TODO", "pass", "...", DOCUMENTED, DOCUMENTED + "    pass\n\ndouble(2)"])
def test_a_cell_that_leaves_the_work_to_the_reader_is_a_stub(cell: str) -> None:
    assert is_stub(cell)


@pytest.mark.parametrize(
    "cell", ["x = 1", "df['km'].sum()  # your code here", DOCUMENTED + "    return 2 * x", "not Python"]
)
def test_a_cell_that_works_is_none(cell: str) -> None:
    assert not is_stub(cell)
