"""Whether an error of a trial may be the sample's fault: the cell met fewer rows than it was written for."""

from __future__ import annotations

import ast
import re
from typing import Final

from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.schema.model import Schema

from .model import CellTrial

_NOTHING_LEFT: Final = re.compile(
    r"empty|zero-size|zero size|no (?:numeric )?data|at least one|0 sample|out of bounds|out-of-bounds", re.IGNORECASE
)
_OTHER_NUMBER: Final = re.compile(
    r"bin edges must be unique|least populated class|number of splits|n_splits|inconsistent numbers of samples"
    r"|length of values|length mismatch|arrays must (?:all )?be (?:of )?(?:the )?same length|same first dimension"
    r"|must be the same size|could not be broadcast|expected \d+ rows|n_samples|larger sample than population",
    re.IGNORECASE,
)


def of_the_sample(code: str, trial: CellTrial, schema: Schema) -> str:
    """Why the error that `code` raised in `trial` says nothing of the whole data, in a sentence; "" when it does.

    `schema` says which columns and values the frames have.
    """
    if trial.error is None or not trial.sampled:
        return ""
    kind, words = trial.error.kind, trial.error.message
    if kind == "IndexError" or _NOTHING_LEFT.search(words):
        return "Of the sample rows, none was left for it to work with."
    if _OTHER_NUMBER.search(words):
        return "It needs another number of rows, or of groups, than the sample has."
    if kind == "KeyError" and _may_be_a_row(code, words, schema):
        return f"It looks for the row or group {words[:60]}, which the sample may lack."
    return ""


def _may_be_a_row(code: str, words: str, schema: Schema) -> bool:
    """Whether the key is no column but a value of one, or a label that the cell looks up among rows."""
    try:
        key = ast.literal_eval(words)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    frames = [table for table in schema.tables if table.kind == "dataframe"]
    columns = [column for table in frames for column in table.columns]
    if any(column.name == str(key) for column in columns):
        return False
    if any(str(key) in column.values for column in columns):
        return True
    return any(str(key) == str(cell) for table in frames for row in table.rows for cell in row) or _looked_up(code, key)


def _looked_up(code: str, key: object) -> bool:
    """Whether the cell writes ``.loc[key]`` or ``.loc[key, …]``, or the same with ``at`` and ``xs``."""
    tree = parsed(code)
    if tree is None:
        return False
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr in ("loc", "at")
        ):
            first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "xs" and node.args
        ):
            first = node.args[0]
        else:
            continue
        if isinstance(first, ast.Constant) and first.value == key:
            return True
    return False
