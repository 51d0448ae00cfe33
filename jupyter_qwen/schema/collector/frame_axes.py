"""What a pandas frame has beside its columns: an index that says something, and labels that are no texts.

DuckDB sees neither, Python code needs both: ``df.loc['Oslo']`` is right where the index holds cities, ``df['city']`` is not.
"""

from __future__ import annotations

from typing import Any

from .dtypes import pandas_type
from .encoding import class_path, clean_text, jsonable
from .objects import objects_type

_LEVELS, _LEVEL_ROWS, _LEVEL_VALUES, _LEVEL_CHARS = 4, 50, 2, 60


def axes_of(frame: Any, name_chars: int) -> dict[str, Any]:
    """`index` (name, type and first values of each level) and `labels` of a plain ``pandas.DataFrame``.

    `index` is empty for a count of rows, with or without gaps, that has no name, and for an index of somebody's own class.
    """
    return {"index": _index_levels(frame.index, name_chars), "labels": _label_kind(frame.columns)}


def _index_levels(index: Any, name_chars: int) -> list[dict[str, Any]]:
    if class_path(type(index))[0].partition(".")[0] != "pandas":
        return []
    if index.nlevels == 1:
        return [] if index.name is None and index.dtype.kind in "iu" else [_level(index[:_LEVEL_ROWS], name_chars)]
    first = index[:_LEVEL_ROWS]  # a level of all rows would be made anew
    return [_level(first.get_level_values(i), name_chars) for i in range(min(index.nlevels, _LEVELS))]


def _level(level: Any, name_chars: int) -> dict[str, Any]:
    dtype = level.dtype
    own = class_path(type(dtype))[0].partition(".")[0] in ("pandas", "numpy")
    first = level.tolist() if own else []
    kind = pandas_type(dtype) if own else ""
    values = [jsonable(value, _LEVEL_CHARS, 1, 0) for value in first]
    told = list(dict.fromkeys(str(value) for value in values if type(value) in (str, int, float, bool)))
    name = level.name
    return {
        "name": clean_text(name, name_chars) if type(name) is str else str(name) if type(name) is int else "",
        "type": (objects_type(first) if kind is None else kind) or "",
        "values": told[:_LEVEL_VALUES],
    }


def _label_kind(columns: Any) -> str:
    """``numbers`` or ``tuples`` where every label is one, else ``""``."""
    kinds = {type(label) for label in columns.tolist()}
    return "tuples" if kinds == {tuple} else "numbers" if kinds == {int} else ""
