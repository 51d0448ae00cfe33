"""A chart as a call of Plotly Express."""

from __future__ import annotations

from typing import Final

from .chart_choice import Chart
from .frame_shaping import COUNTED, literal, measure_name

IMPORTS: Final = ("import plotly.express as px",)
_CALLS: Final = {
    "line": "line", "area": "area", "bar": "bar", "barh": "bar", "scatter": "scatter", "histogram": "histogram", "pie": "pie",
    "box": "box",
}  # fmt: skip


def draw(chart: Chart, data: str) -> list[str]:
    """The lines that draw the prepared DataFrame `data`; the last one is the figure."""
    arguments = [
        data,
        *_axes(chart),
        f"title={literal(chart.title.replace(chr(10), '<br>'))}",
        f"labels={_labels(chart)}",
    ]
    lines = [f"fig = px.{_CALLS[chart.kind]}(\n    {', '.join(arguments)},\n)"]
    if chart.kind == "barh":
        lines.append('fig.update_yaxes(autorange="reversed", type="category")')
    elif chart.kind == "bar":
        lines.append('fig.update_xaxes(type="category")')
    elif chart.kind == "histogram":
        lines.append('fig.update_yaxes(title="Rows")')
    return [*lines, "fig"]


def _axes(chart: Chart) -> list[str]:
    x = literal(chart.x.name) if chart.x is not None else ""
    measures = [column.name for column in chart.y] or [COUNTED]
    y = literal(measures[0]) if len(measures) == 1 else f"[{', '.join(map(literal, measures))}]"
    series = [f"color={literal(chart.series.name)}"] if chart.series is not None else []
    if chart.kind == "histogram":
        return [f"x={x}", "nbins=30"]
    if chart.kind == "pie":
        return [f"names={x}", f"values={y}"]
    if chart.kind == "box":
        return [f"x={literal(measure_name(chart))}", *([f"y={x}", 'orientation="h"'] if x else [])]
    if chart.kind == "barh":
        return [f"x={y}", f"y={x}", *series, 'orientation="h"', *(['barmode="group"'] if series else [])]
    if chart.kind == "bar":
        return [f"x={x}", f"y={y}", *series, *(['barmode="group"'] if series else [])]
    markers = ["markers=True"] if chart.kind == "line" else []
    return [f"x={x}", f"y={y}", *series, *markers]


def _labels(chart: Chart) -> str:
    named = {column.name: chart.label(column) for column in (chart.x, *chart.y, chart.series) if column is not None}
    if len(chart.y) > 1:
        named |= {"value": chart.value_label, "variable": ""}
    if not chart.y and chart.kind != "histogram":
        named[COUNTED] = chart.value_label
    return f"{{{', '.join(f'{literal(name)}: {literal(label)}' for name, label in named.items())}}}"
