"""What a question names and a cell far above defines: the nearest cells do not tell it, so the definition goes along by itself.

Python alone, read with `ast`: the statement that defines a name, not the whole cell around it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from jupyter_qwen.schema.notebook import Cell, without_magics
from jupyter_qwen.schema.words import STOP_WORDS, identifier_stems, stem, words

RECALL_TOKENS = 200  # two and a half seconds on two cores, for they stand in the turn that is never cached
_MOST = 3
RECALL_FRAME = 40  # the heading, and a fence around each
_SHORTEST_WORD = 4
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


def recall(
    question: str,
    subject: str,
    cells: Sequence[Cell],
    shown: Sequence[Cell],
    *,
    count: Callable[[str], int],
    budget_tokens: int,
) -> tuple[Cell, ...]:
    """The definitions, as cells cut down to them, that `question` or the code `subject` names and no cell of `shown` has.

    `cells` are those above the place that asks, in document order, and so is the result. The latest definition of a name counts.
    What does not fit into `budget_tokens` any more is left out whole: half a function would mislead.
    """
    if len(shown) >= len(cells):
        return ()
    asked = [part for word in words(question) for part in identifier_stems(word)]
    used = frozenset(_IDENTIFIER.findall(subject))
    known = {cell.id or cell.source for cell in shown}
    seen = {name for cell in shown for name, _, _ in _definitions(cell)}
    found: list[tuple[int, Cell]] = []
    room = budget_tokens
    for position in range(len(cells) - 1, -1, -1):
        cell = cells[position]
        if (cell.id or cell.source) in known:
            continue
        wanted: list[str] = []
        for name, text, callable_ in reversed(_definitions(cell)):
            if name in seen:
                continue
            seen.add(name)
            if (callable_ and name in used) or _named(name, asked, callable_=callable_):
                wanted.insert(0, text)
        text = "\n\n".join(wanted)
        if text and (cost := count(text)) <= room and len(found) < _MOST:
            found.insert(0, (position, replace(cell, source=text)))
            room -= cost
    return tuple(cell for _, cell in found)


def told_definitions(cells: Sequence[Cell], fence: str) -> str:
    """How the prompt tells them, ending in an empty line; nothing where there are none."""
    if not cells:
        return ""
    return "\n\n".join(
        ["Defined further above in this notebook:", *(f"```{fence}\n{c.source}\n```" for c in cells), ""]
    )


def _named(name: str, asked: Sequence[str], *, callable_: bool) -> bool:
    """Whether the question's words hold the parts of `name` in a row: "thaw index" and ``thaw_index`` both name it.

    A name of one part is a word like any other, so only that of a function or a class counts.
    """
    parts = identifier_stems(name)
    if not parts or (len(parts) == 1 and (not callable_ or len(name) < _SHORTEST_WORD or stem(name) in STOP_WORDS)):
        return False
    return any(tuple(asked[at : at + len(parts)]) == parts for at in range(len(asked) - len(parts) + 1))


def _definitions(cell: Cell) -> tuple[tuple[str, str, bool], ...]:
    """(name, the statement that defines it, whether it can be called) of a code cell's own level."""
    return _defined(cell.source) if cell.type == "code" and not cell.source.lstrip().startswith("%%") else ()


@lru_cache(
    maxsize=4096
)  # a prompt is built while the user types, and 300 cells take longer to parse than all else about it
def _defined(source: str) -> tuple[tuple[str, str, bool], ...]:
    source = without_magics(source)
    try:
        tree = ast.parse(source)
    except (
        SyntaxError,
        ValueError,
    ):  # half-written, another language, a NUL character: it defines nothing that can be told
        return ()
    lines = source.splitlines()
    found: list[tuple[str, str, bool]] = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found.append((node.name, "\n".join(lines[first - 1 : node.end_lineno]), True))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            found += [(name, text, isinstance(node.value, ast.Lambda)) for name in names]
    return tuple(found)
