"""The lines of pandas that make a result ready to be drawn: times read, NULL named, sorted, cut to what can be read."""

from __future__ import annotations

import decimal
from typing import Final

from .chart_choice import MOST_BARS, MOST_SERIES, MOST_SLICES, Chart
from .roles import ResultColumn, role_of

NO_VALUE: Final = "(none)"
COUNTED: Final = "rows"
OTHERS: Final = "(other)"
_DAY: Final = 86_400
_LABEL: Final = 40


def literal(text: str) -> str:
    """`text` as a Python string between double quotes."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return repr(text)


def subscript(data: str, column: str) -> str:
    return f"{data}[{literal(column)}]"


def measure_name(chart: Chart) -> str:
    """The column that holds what is drawn: the first measure, or the count of rows."""
    return chart.y[0].name if chart.y else COUNTED


def needs_pandas(chart: Chart) -> bool:
    """Whether the preparation calls pandas by its name."""
    return any(_text_time(column) or _text_number(column) for column in _drawn(chart))


def preparation(chart: Chart, data: str) -> list[str]:
    """Lines that change the DataFrame in the variable `data`, in the order in which they have to run."""
    lines: list[str] = []
    for column in _drawn(chart):
        name = subscript(data, column.name)
        if _text_time(column):
            lines.append(f'{name} = pd.to_datetime({name}, format="ISO8601", errors="coerce")')
        elif _text_number(column):
            lines.append(f"{name} = pd.to_numeric({name})")
        elif role_of(column) == "duration":
            lines.append(f"{name} = {name}.dt.total_seconds() / {_DAY}")
    named = _labels(chart)
    lines += [_as_label(data, column) for column in named if column is not chart.x or chart.role == "category"]
    needed = [c.name for c in (chart.x, *chart.y[:1]) if c is not None and (c not in named or chart.role != "category")]
    if needed:
        lines.append(f"{data} = {data}.dropna(subset=[{', '.join(map(literal, needed))}])")
    lines += _cut(chart, data)
    if chart.x in named and chart.role != "category":
        lines.append(_as_label(data, chart.x))  # when they are in order
    return lines


def _as_label(data: str, column: ResultColumn) -> str:
    name = subscript(data, column.name)
    cut = f".str.slice(0, {_LABEL})" if column.longest is not None and column.longest > _LABEL else ""
    return f'{name} = {name}.astype("string").fillna("{NO_VALUE}"){cut}'


def _cut(chart: Chart, data: str) -> list[str]:
    """Sorted as a reader expects, and no more of it than can be read."""
    if chart.x is None or chart.kind in ("histogram", "scatter", "box"):
        return []
    lines, axis = [], literal(chart.x.name)
    if not chart.y:
        lines.append(f'{data} = {data}[{axis}].value_counts().rename_axis({axis}).reset_index(name="{COUNTED}")')
    measure = literal(measure_name(chart))
    if chart.series is not None and not chart.uncut:
        lines += _largest(data, literal(chart.series.name), measure, MOST_SERIES)
    if chart.kind == "pie":
        return [*lines, *_slices(data, axis, measure)]
    if chart.role in ("time", "order"):
        lines.append(f"{data} = {data}.sort_values({axis})")
        if chart.kind in ("bar", "barh") and chart.series is None and not chart.uncut:
            lines.append(f"{data} = {data}.tail({MOST_BARS})")
    elif chart.series is not None:
        lines += [] if chart.uncut else _largest(data, axis, measure, MOST_BARS)
    elif chart.uncut:
        lines.append(f"{data} = {data}.sort_values({measure}, ascending=False)")
    else:
        lines.append(f"{data} = {data}.nlargest({MOST_BARS}, {measure})")
    return lines


def _largest(data: str, column: str, measure: str, most: int) -> list[str]:
    return [
        f"largest = {data}.groupby({column})[{measure}].sum().nlargest({most}).index",
        f"{data} = {data}[{data}[{column}].isin(largest)]",
    ]


def _slices(data: str, axis: str, measure: str) -> list[str]:
    """A pie has no slice of nothing, and the small ones make one together, so that the whole stays the whole."""
    rank = f'{data}[{measure}].rank(ascending=False, method="first")'
    return [
        f"{data} = {data}[{data}[{measure}] > 0]",
        f'{data}[{axis}] = {data}[{axis}].where({rank} < {MOST_SLICES}, "{OTHERS}")',
        f"{data} = {data}.groupby({axis}, as_index=False)[{measure}].sum().sort_values({measure}, ascending=False)",
    ]


def _drawn(chart: Chart) -> tuple[ResultColumn, ...]:
    return tuple(column for column in (chart.x, *chart.y, chart.series) if column is not None)


def _labels(chart: Chart) -> tuple[ResultColumn, ...]:
    """The columns whose values become words on the chart."""
    words = chart.kind in ("bar", "barh", "pie", "box") or (chart.role == "category" and chart.kind != "histogram")
    x = (chart.x,) if chart.x is not None and words else ()
    return (*x, *((chart.series,) if chart.series is not None else ()))


def _text_time(column: ResultColumn) -> bool:
    return role_of(column) == "time" and column.as_text


def _text_number(column: ResultColumn) -> bool:
    """Whether numbers may be held as Python objects, as Decimals of a live DataFrame are."""
    return column.type.lower() == "object" and any(isinstance(value, decimal.Decimal) for value in column.known)
