"""The columns of a result under the names that the question gives them."""

from __future__ import annotations

import ast
import re

from jupyter_qwen.python.mends.edits import Places
from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.sql.model import Repair

_NAME = r"(?:\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|`[^`\n]{1,60}`|“[^”\n]{1,60}”)"
_LIST = rf"{_NAME}(?:(?:,| and|, and)\s*{_NAME})*"
_COLUMNS = re.compile(
    rf"\b(?:with|has|have|having)\s+(?:the\s+)?(?P<as>{_LIST})\s+as\s+(?:the\s+|its\s+)?columns?\b"
    rf"|\bcolumns?(?:\s+names)?(?:\s+(?:named|called|are))?:?\s+(?P<named>{_LIST})",
    re.IGNORECASE,
)


def named_as_asked(source: str, question: str, kind: str, columns: tuple[str, ...]) -> tuple[str, tuple[Repair, ...]]:
    """`source` whose result, a DataFrame with `columns`, has the names that `question` puts in quotation marks.

    `kind` is the result's type: other libraries rename otherwise. Only where the question names as many columns as there are;
    those that have their names already keep them, the others get the rest in order.
    """
    found = _COLUMNS.search(question)
    if found is None or kind != "pandas.DataFrame":
        return source, ()
    asked = [name[1:-1] for name in re.findall(_NAME, found["as"] or found["named"])]
    if len(asked) < 2 or len(asked) != len(columns) or len(set(asked)) != len(asked) or set(asked) == set(columns):
        return source, ()
    free = [name for name in asked if name not in columns]
    renamed = dict(zip([name for name in columns if name not in asked], free, strict=True))
    mended = _with_names(source, renamed)
    if mended is None:
        return source, ()
    reason = f"The columns have the names that were asked for: {', '.join(free)}."
    return mended, (Repair("asked-columns", reason, source, mended),)


def _with_names(source: str, renamed: dict[str, str]) -> str | None:
    """`source` with its last value renamed; None where that is neither an expression nor assigned to one variable."""
    tree = parsed(source)
    if tree is None:
        return None
    last = tree.body[-1:]
    names = "{" + ", ".join(f"{old!r}: {new!r}" for old, new in renamed.items()) + "}"
    if last and isinstance(last[0], ast.Expr):
        places = Places(source)
        value = last[0].value
        plain = isinstance(value, (ast.Name, ast.Call, ast.Attribute, ast.Subscript))
        told = places.text(value) if plain else f"({places.text(value)})"
        head = source.encode()[: places.start(last[0])].decode()
        return f"{head}{told}.rename(columns={names})"
    if (
        last
        and isinstance(last[0], ast.Assign)
        and len(last[0].targets) == 1
        and isinstance(last[0].targets[0], ast.Name)
    ):
        name = last[0].targets[0].id
        return f"{source.rstrip()}\n{name} = {name}.rename(columns={names})\n{name}"
    return None
