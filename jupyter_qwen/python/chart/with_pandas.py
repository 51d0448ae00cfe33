"""A chart as calls of pandas' own `.plot`, which draws with matplotlib."""

from __future__ import annotations

from .chart_choice import Chart
from .frame_shaping import literal, measure_name


def draw(chart: Chart, data: str) -> list[str]:
    """The lines that draw the prepared DataFrame `data`. pandas refuses to draw nothing, so an empty one is shown as a table."""
    return [
        f"if {data}.empty:",
        f"    display({data})",
        "else:",
        *(f"    {line}" for line in _calls(chart, data)),
    ]


def _calls(chart: Chart, data: str) -> list[str]:
    measure, title = literal(measure_name(chart)), f"title={literal(chart.title)}"
    x = literal(chart.x.name) if chart.x is not None else ""
    x_label = chart.label(chart.x) if chart.x is not None else ""
    if chart.kind == "histogram":
        return [f'{data}[{x}].plot.hist(bins=30, {title}, xlabel={literal(x_label)}, ylabel="Rows", figsize=(8, 4.5))']
    if chart.kind == "pie":
        return [
            f"{data}.set_index({x})[{measure}].plot.pie({title}, "
            'ylabel="", autopct="%1.0f%%", startangle=90, counterclock=False, figsize=(8, 4.5))'
        ]
    if chart.kind == "box":
        by = f", by={x}" if x else ""
        return [f"{data}.plot.box(column={measure}{by}, {title}, rot=90, figsize=(8, 4.5))"]
    size = "(8, 6)" if chart.kind == "barh" else "(8, 4.5)"
    captions = f"{title}, xlabel={literal(x_label)}, ylabel={literal(chart.value_label)}, figsize={size}"
    if chart.kind == "scatter":
        return [f"{data}.plot.scatter(x={x}, y={measure}, {captions}, s=16, alpha=0.7)"]
    if chart.series is not None:
        wide = f'{data}.pivot_table(index={x}, columns={literal(chart.series.name)}, values={measure}, aggfunc="sum", sort=False)'
        if chart.kind in ("line", "area"):
            wide += ".sort_index()"
        lines = [f"ax = {wide}.plot.{chart.kind}({captions})"]
    else:
        y = measure if len(chart.y) <= 1 else f"[{', '.join(literal(column.name) for column in chart.y)}]"
        legend = "" if len(chart.y) > 1 else ", legend=False"
        lines = [f"ax = {data}.plot.{chart.kind}(x={x}, y={y}, {captions}{legend})"]
    if chart.kind == "barh":
        lines.append("ax.invert_yaxis()")
        lines.append(f"ax.set(xlabel={literal(chart.value_label)}, ylabel={literal(x_label)})")
    return lines
