"""A chart as an expression of Altair."""

from __future__ import annotations

import re
from typing import Final

from .chart_choice import Chart
from .frame_shaping import literal, measure_name, subscript
from .roles import ResultColumn, role_of

IMPORTS: Final = ("import altair as alt",)
BINNED: Final = ("import numpy as np", "import pandas as pd")
#: Altair refuses more rows than this, since it puts them into the page.
_MOST_ROWS: Final = 5_000


def draw(chart: Chart, data: str) -> list[str]:
    """The lines that draw the prepared DataFrame `data`; the last one is the chart."""
    if chart.kind == "histogram":
        return _histogram(chart, data)
    lines = []
    if chart.kind in ("scatter", "box") or (chart.kind in ("line", "area") and not chart.uncut):
        lines.append(f"{data} = {data}.sample(min(len({data}), {_MOST_ROWS}), random_state=0)")
    if len(chart.y) > 1 and chart.x is not None:
        labels = ", ".join(f"{literal(c.name)}: {literal(chart.label(c))}" for c in chart.y)
        lines.append(
            f"{data} = {data}.rename(columns={{{labels}}}).melt(id_vars={literal(chart.x.name)}, "
            f'value_vars=[{", ".join(literal(chart.label(c)) for c in chart.y)}], var_name="measure", value_name="value")'
        )
    return [*lines, *_chart(chart, data)]


def _chart(chart: Chart, data: str) -> list[str]:
    mark = {
        "line": "mark_line(point=True)", "area": "mark_area(opacity=0.7)", "bar": "mark_bar()", "barh": "mark_bar()",
        "scatter": "mark_point(filled=True)", "pie": "mark_arc()", "box": "mark_boxplot()",
    }[chart.kind]  # fmt: skip
    encoded = ",\n    ".join(_channels(chart))
    return [f"alt.Chart({data}, title={_title(chart)}).{mark}.encode(\n    {encoded},\n).properties(width=480)"]


def _channels(chart: Chart) -> list[str]:
    several = len(chart.y) > 1
    value = "value" if several else measure_name(chart)
    y = _channel("Y", value, "quantitative", chart.value_label)
    if chart.kind == "pie":
        assert chart.x is not None
        return [
            _channel("Theta", value, "quantitative", chart.value_label),
            _channel("Color", chart.x.name, "nominal", chart.label(chart.x), sort="None"),
        ]
    if chart.x is None:
        return [y]
    kind = _type(chart.x) if chart.kind in ("line", "area", "scatter") else "nominal"
    label = chart.label(chart.x)
    if chart.kind == "barh":
        channels = [
            _channel("X", value, "quantitative", chart.value_label),
            _channel("Y", chart.x.name, kind, label, sort="None"),
        ]
    elif chart.kind == "box":
        channels = [_channel("X", value, "quantitative", chart.value_label), _channel("Y", chart.x.name, kind, label)]
    elif chart.kind == "bar":
        channels = [_channel("X", chart.x.name, kind, label, sort="None"), y]
    else:
        channels = [_channel("X", chart.x.name, kind, label, zero=kind != "quantitative"), y]
    if several:
        channels.append(_channel("Color", "measure", "nominal", ""))
    elif chart.series is not None:
        channels.append(_channel("Color", chart.series.name, "nominal", chart.label(chart.series)))
        if chart.kind in ("bar", "barh"):
            offset = "XOffset" if chart.kind == "bar" else "YOffset"
            channels.append(f'alt.{offset}(field={_field(chart.series.name)}, type="nominal")')
    return channels


def _type(column: ResultColumn) -> str:
    role = role_of(column)
    if role == "time":
        return "temporal"
    if role == "order":
        return "ordinal"
    return "nominal" if role == "category" else "quantitative"


def _channel(channel: str, field: str, kind: str, title: str, *, sort: str = "", zero: bool = True) -> str:
    parts = [f"field={_field(field)}", f'type="{kind}"', f"title={literal(title)}"]
    if sort:
        parts.append(f"sort={sort}")
    if not zero:
        parts.append("scale=alt.Scale(zero=False)")
    return f"alt.{channel}({', '.join(parts)})"


def _field(name: str) -> str:
    """A column's name where Vega would read a path: dots and brackets are escaped."""
    return literal(re.sub(r"([\\.\[\]'\"])", r"\\\1", name))


def _title(chart: Chart) -> str:
    lines = chart.title.split("\n")
    return literal(lines[0]) if len(lines) == 1 else f"[{', '.join(map(literal, lines))}]"


def _histogram(chart: Chart, data: str) -> list[str]:
    """Bins are counted before they are drawn, so that any number of rows will do."""
    assert chart.x is not None
    label = literal(chart.label(chart.x))
    return [
        f"counts, edges = np.histogram({subscript(data, chart.x.name)}, bins=30)",
        'bins = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "rows": counts})',
        f"alt.Chart(bins, title={_title(chart)}).mark_bar().encode(\n"
        f'    alt.X("low:Q", bin="binned", title={label}),\n    alt.X2("high:Q"),\n    alt.Y("rows:Q", title="Rows"),\n'
        ").properties(width=480)",
    ]
