"""One worked example as a prompt shows it: about other tables, its names spelled the way the user's tables spell theirs.

A small model copies the spelling of the names together with the shape: after an example with `first_name` it writes
`first_name` where the table has `FirstName`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from jupyter_qwen.prompt.shapes.retrieval import Example
from jupyter_qwen.schema.model import Table

_NAME = re.compile(r"\b[a-z]\w*\b")
_DEFINED = re.compile(r"(?:CREATE TABLE |[(,] ?)(\w+)(?= \(| [A-Z]{3,})")
_QUOTED = re.compile(r"('(?:[^']|'')*')")
_STYLES: dict[str, tuple[re.Pattern[str], Callable[[str], str]]] = {
    "Pascal": (re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]*|[A-Z]+)*\Z"), lambda name: _pascal(name)),
    "camel": (re.compile(r"[a-z]+(?:[A-Z][a-z]*)+\Z"), lambda name: _pascal(name)[0].lower() + _pascal(name)[1:]),
    "UPPER": (re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\Z"), str.upper),
}


def shown(example: Example, tables: Sequence[Table]) -> str:
    """The example told apart from `tables`, which the question is about."""
    sql = respelled(example.sql, example.tables, tables).strip().removesuffix(";")
    return f"Example of another database:\nQuestion: {example.question}\n```sql\n{sql};\n```\n\n"


def respelled(sql: str, definitions: str, tables: Sequence[Table]) -> str:
    """`sql` with the names that `definitions` declare in the spelling that most columns of `tables` have."""
    style = _style(column.name for table in tables for column in table.columns)
    if style is None:
        return sql
    spell = _STYLES[style][1]
    own = set(_DEFINED.findall(definitions))
    parts = _QUOTED.split(sql)
    parts[::2] = [_NAME.sub(lambda m: spell(m[0]) if m[0] in own else m[0], part) for part in parts[::2]]
    return "".join(parts)


def _style(names: Iterable[str]) -> str | None:
    """The style that more than half of the names have; None for lower case, which the library has too."""
    counted: Counter[str] = Counter()
    for name in names:
        counted["names"] += 1
        counted.update(style for style, (form, _) in _STYLES.items() if form.match(name))
    return next((style for style in _STYLES if counted[style] * 2 > counted["names"]), None)


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
