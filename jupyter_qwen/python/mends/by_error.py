"""Repairs that an error of a trial asks for. Each is a guess: it is kept only when a second trial says that it mends."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Sequence

from jupyter_qwen.python.mends.edits import Edit, Places
from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.model import Repair

_NUMERIC = frozenset(("mean", "median", "sum", "std", "var", "corr", "cov", "quantile", "skew", "kurt", "sem", "prod"))
_TEXT_ERROR = re.compile(
    r"agg function failed|could not convert string|Could not convert|unsupported operand|dtype 'str'|dtype=str|not supported for"
    r"|not supported between|can only concatenate str|Cannot perform|does not support (?:reduction|operation)"
)
_FREQUENCIES = {
    "M": "ME", "Q": "QE", "Y": "YE", "A": "YE", "H": "h", "T": "min", "S": "s", "BM": "BME", "BQ": "BQE", "SM": "SME",
}  # fmt: skip
_FUNCTIONS = {
    "ttest_ind": "from scipy.stats import ttest_ind", "pearsonr": "from scipy.stats import pearsonr",
    "zscore": "from scipy.stats import zscore", "linregress": "from scipy.stats import linregress",
    "f_oneway": "from scipy.stats import f_oneway", "chi2_contingency": "from scipy.stats import chi2_contingency",
    "stats": "from scipy import stats", "datetime": "from datetime import datetime",
    "timedelta": "from datetime import timedelta", "LabelEncoder": "from sklearn.preprocessing import LabelEncoder",
    "StandardScaler": "from sklearn.preprocessing import StandardScaler",
    "MinMaxScaler": "from sklearn.preprocessing import MinMaxScaler",
    "train_test_split": "from sklearn.model_selection import train_test_split",
    "LinearRegression": "from sklearn.linear_model import LinearRegression",
}  # fmt: skip


def mends_for(source: str, kind: str, message: str, schema: Schema) -> Iterator[Repair]:
    """Repairs of `source`, which raised `kind` with `message`, the likeliest first."""
    tree = parsed(source)
    if tree is None:
        yield from _cut_short(source)
        return
    places = Places(source)
    columns = _columns(schema)
    found: list[tuple[str, str, list[Edit]]] = []
    if kind in ("KeyError", "AttributeError", "ValueError", "ColumnNotFoundError"):
        found += _near_columns(tree, places, message, columns)
    if kind == "NameError":
        found += _names(source, message, schema, tree, places)
    if kind in ("TypeError", "ValueError", "AttributeError", "DateParseError"):
        if "dt accessor" in message:
            found.append(("dates-as-text", "The column holds dates as text.", list(_parsed_dates(tree, places))))
        if "str accessor" in message:
            found.append(("text-of-values", "The column holds no text.", list(_as_text(tree, places))))
        if _TEXT_ERROR.search(message):
            found.append(("numeric-only", "Text columns are left out.", list(_numeric_only(tree, places))))
            found.append(("numbers-as-text", "The column holds numbers as text.", list(_numbers(tree, places, schema))))
            found.append(
                ("dates-as-text", "The column holds dates as text.", list(_compared_dates(tree, places, schema)))
            )
    if "multiple values for argument" in message:
        found.append(("box-plot", "pandas names the columns of a box plot otherwise.", list(_box_plots(tree, places))))
    if "requency" in message or "freq" in message:
        found.append(("frequency", "pandas has renamed the frequency.", list(_frequencies(tree, places))))
    for name, reason, edits in found:
        if edits and (mended := places.replaced(edits)) != source:
            yield Repair(name, reason, source, mended)


def _columns(schema: Schema) -> list[str]:
    frames = [table for table in schema.tables if table.kind == "dataframe"]
    return list(dict.fromkeys(column.name for table in frames for column in table.columns))


def _cut_short(source: str) -> Iterator[Repair]:
    """Code among what is no Python: prompts of a session, a sentence before it, an explanation or a cut line behind it."""
    lines = source.rstrip().split("\n")
    session = [line[4:] for line in lines if line.startswith((">>> ", "... "))]
    if session and _whole("\n".join(session)):
        yield Repair("session-prompts", "Left out the prompts of a Python session.", source, "\n".join(session))
        return
    for first in range(1, len(lines)):
        if lines[first - 1].rstrip().endswith((":", ".")) and _whole(text := "\n".join(lines[first:]).strip("\n")):
            yield Repair("no-python", "Left out what is no Python before it.", source, text)
            return
    for end in range(len(lines) - 1, 0, -1):
        text = "\n".join(lines[:end]).rstrip()
        if _whole(text):
            yield Repair("no-python", "Left out what is no Python at its end.", source, text)
            return


def _whole(text: str) -> bool:
    tree = parsed(text)
    return tree is not None and bool(tree.body)


def _near_columns(
    tree: ast.Module, places: Places, message: str, columns: Sequence[str]
) -> Iterator[tuple[str, str, list[Edit]]]:
    """The text that no column is called, replaced by the column that is spelt most like it."""
    wanted = [text for text in re.findall(r"'([^']+)'|\"([^\"]+)\"", message) for text in text if text]
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in wanted):
            continue
        if node.value in columns:
            continue
        folded = {re.sub(r"[\W_]+", "", name).casefold(): name for name in columns}
        near = folded.get(re.sub(r"[\W_]+", "", node.value).casefold())
        if near is None:
            close = difflib.get_close_matches(node.value.casefold(), [name.casefold() for name in columns], 1, 0.6)
            near = next((name for name in columns if close and name.casefold() == close[0]), None)
        if near is not None:
            same = [
                other
                for other in ast.walk(tree)
                if isinstance(other, ast.Constant) and other.value == node.value and not isinstance(other.value, bytes)
            ]
            edits = [Edit(places.start(other), places.end(other), repr(near)) for other in same]
            yield "column-spelling", f"There is {near!r}, not {node.value!r}.", edits
            return


def _names(
    source: str, message: str, schema: Schema, tree: ast.Module, places: Places
) -> Iterator[tuple[str, str, list[Edit]]]:
    found = re.search(r"name '(\w+)' is not defined", message)
    if found is None:
        return
    name = found[1]
    if name in _FUNCTIONS:
        yield "missing-import", f"Added {_FUNCTIONS[name]}.", [Edit(0, 0, f"{_FUNCTIONS[name]}\n")]
        return
    frames = [table.name for table in schema.tables if table.kind == "dataframe"]
    near = frames if len(frames) == 1 else difflib.get_close_matches(name, frames, 1, 0.6)
    if near:
        uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
        edits = [Edit(places.start(node), places.end(node), near[0]) for node in uses]
        yield "invented-variable", f"The notebook has {near[0]}, not {name}.", edits


def _numeric_only(tree: ast.Module, places: Places) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _NUMERIC
            and not any(keyword.arg == "numeric_only" for keyword in node.keywords)
            and not isinstance(node.func.value, ast.Subscript)
        ):
            empty = not node.args and not node.keywords
            end = places.end(node) - 1
            yield Edit(end, end, "numeric_only=True" if empty else ", numeric_only=True")


def _box_plots(tree: ast.Module, places: Places) -> Iterator[Edit]:
    """``df.boxplot(x="a", y="b")``, as seaborn has it, → ``df.boxplot(by="a", column="b")``"""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "boxplot":
            for keyword in node.keywords:
                if keyword.arg in ("x", "y"):
                    name = "by" if keyword.arg == "x" else "column"
                    yield Edit(places.start(keyword), places.start(keyword) + 1, name)


def _frequencies(tree: ast.Module, places: Places) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            number = re.fullmatch(r"(\d*)([A-Z]+)", node.value)
            if number and number[2] in _FREQUENCIES:
                yield Edit(places.start(node), places.end(node), repr(number[1] + _FREQUENCIES[number[2]]))


def _text_columns(schema: Schema) -> dict[str, Sequence[str]]:
    """Text columns of the frames, with some of their values."""
    found: dict[str, Sequence[str]] = {}
    for table in schema.tables:
        for position, column in enumerate(table.columns):
            if table.kind == "dataframe" and column.type.upper() in ("VARCHAR", "TEXT"):
                cells = [row[position] for row in table.rows[:50]]
                found[column.name] = column.values or [cell for cell in cells if isinstance(cell, str)]
    return found


def _reads(tree: ast.Module) -> Iterator[tuple[ast.Subscript, str]]:
    """``frame['column']`` where it is read."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Load)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
            and isinstance(node.value, (ast.Name, ast.Call, ast.Attribute))
        ):
            yield node, node.slice.value


def _numbers(tree: ast.Module, places: Places, schema: Schema) -> Iterator[Edit]:
    texts = _text_columns(schema)
    for node, column in _reads(tree):
        values = texts.get(column)
        if values and sum(re.fullmatch(r"\s*-?[\d.,]+\s*", value) is not None for value in values) * 2 > len(values):
            read = places.text(node)
            if any("," in value for value in values):
                read = f"{read}.str.replace(',', '')"
            yield Edit(places.start(node), places.end(node), f"pd.to_numeric({read}, errors='coerce')")


def _compared_dates(tree: ast.Module, places: Places, schema: Schema) -> Iterator[Edit]:
    texts = _text_columns(schema)
    for node, column in _reads(tree):
        values = texts.get(column)
        if values and sum(_looks_like_date(value) for value in values) * 2 > len(values):
            yield _to_datetime(node, places)


def _parsed_dates(tree: ast.Module, places: Places) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "dt"
            and isinstance(node.value, (ast.Subscript, ast.Attribute))
        ):
            yield _to_datetime(node.value, places)


def _as_text(tree: ast.Module, places: Places) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "str" and isinstance(node.value, ast.Subscript):
            yield Edit(places.end(node.value), places.end(node.value), ".astype(str)")


def _to_datetime(node: ast.expr, places: Places) -> Edit:
    return Edit(places.start(node), places.end(node), f"pd.to_datetime({places.text(node)})")


def _looks_like_date(value: str) -> bool:
    return re.search(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}\w{0,2},? \d{4}", value) is not None
