"""A chart as calls of matplotlib."""

from __future__ import annotations

from typing import Final

from .chart_choice import MOST_BOXES, Chart
from .frame_shaping import literal, measure_name, subscript

IMPORTS: Final = ("import matplotlib.pyplot as plt",)
DATES: Final = "import matplotlib.dates as mdates"
_WIDE, _TALL = "(8, 4.5)", "(8, 6)"


def draw(chart: Chart, data: str) -> list[str]:
    """The lines that draw the prepared DataFrame `data`."""
    size = _TALL if chart.kind == "barh" and not (chart.uncut and chart.series is None) else _WIDE
    return [
        f'fig, ax = plt.subplots(figsize={size}, layout="constrained")',
        *_marks(chart, data),
        f"ax.set({_captions(chart)})",
        *_axes(chart),
        "plt.show()",
    ]


def uses_dates(chart: Chart) -> bool:
    """Whether the axis is one of dates, so that `DATES` has to be imported."""
    return chart.role == "time" and chart.kind in ("line", "area", "scatter")


def _marks(chart: Chart, data: str) -> list[str]:
    x = subscript(data, chart.x.name) if chart.x is not None else ""
    y = subscript(data, measure_name(chart))
    if chart.kind in ("line", "area", "scatter"):
        return _points(chart, data, x, y)
    if chart.kind == "histogram":
        return [f"ax.hist({x}, bins=30)"]
    if chart.kind == "box":
        return _boxes(chart, data)
    if chart.kind == "pie":
        drawn = f'ax.pie({y}, labels={_words(x)}, autopct="%1.0f%%", startangle=90, counterclock=False)'
        return [f"if len({data}):  # matplotlib draws no pie of nothing", f"    {drawn}"]
    if chart.series is not None:
        return _groups(chart, data)
    if chart.kind == "bar":
        return [f"ax.bar(range(len({data})), {y}, tick_label={_words(x)})"]
    return [f"ax.barh(range(len({data})), {y}, tick_label={_words(x)})", *_downwards(chart)]


def _words(values: str) -> str:
    """Labels as plain texts: a dollar sign would begin a formula."""
    return f'{values}.str.replace("$", r"\\$", regex=False).tolist()'


def _downwards(chart: Chart) -> list[str]:
    return ["ax.invert_yaxis()"]


def _points(chart: Chart, data: str, x: str, y: str) -> list[str]:
    call = {
        "line": 'ax.plot({x}, {y}, marker="o", markersize=3{label})',
        "area": "ax.fill_between({x}, {y}, alpha=0.6{label})",
        "scatter": "ax.scatter({x}, {y}, s=16, alpha=0.7{label})",
    }[chart.kind]
    if chart.series is not None:
        by = literal(chart.series.name)
        part_x, part_y = (subscript("part", name) for name in (chart.x.name if chart.x else "", measure_name(chart)))
        return [
            f"for name, part in {data}.groupby({by}, sort=False):",
            "    " + call.format(x=part_x, y=part_y, label=', label=str(name).replace("$", r"\\$")'),
            "if ax.get_legend_handles_labels()[0]:",
            f'    fig.legend(title={_text(chart.label(chart.series))}, loc="outside right upper")',
        ]
    if len(chart.y) > 1:
        drawn = [
            call.format(x=x, y=subscript(data, column.name), label=f", label={_text(chart.label(column))}")
            for column in chart.y
        ]
        return [*drawn, "ax.legend()"]
    return [call.format(x=x, y=y, label="")]


def _boxes(chart: Chart, data: str) -> list[str]:
    y = measure_name(chart)
    if chart.x is None:
        return [f"ax.boxplot({subscript(data, y)})", "ax.set_xticks([])"]
    by = subscript(data, chart.x.name)
    return [
        f"largest = {by}.value_counts().index[:{MOST_BOXES}]",
        f"parts = [{data}.loc[{by} == name, {literal(y)}] for name in largest]",
        "if parts:",
        "    ax.boxplot(parts)",
        '    ax.set_xticks(range(1, len(parts) + 1), [name.replace("$", r"\\$") for name in largest], rotation=90)',
    ]


def _groups(chart: Chart, data: str) -> list[str]:
    assert chart.x is not None
    assert chart.series is not None
    bar, ticks, width = ("bar", "xticks", "width") if chart.kind == "bar" else ("barh", "yticks", "height")
    return [
        f"wide = {data}.pivot_table(index={literal(chart.x.name)}, columns={literal(chart.series.name)}, "
        f'values={literal(measure_name(chart))}, aggfunc="sum", sort=False)',
        "thick = 0.8 / max(len(wide.columns), 1)",
        "for number, name in enumerate(wide.columns):",
        f"    ax.{bar}([row + number * thick for row in range(len(wide))], wide[name], {width}=thick, "
        'label=name.replace("$", r"\\$"))',
        f"ax.set_{ticks}([row + 0.4 - thick / 2 for row in range(len(wide))], "
        '[name.replace("$", r"\\$") for name in wide.index])',
        *(_downwards(chart) if chart.kind == "barh" else ()),
        "if len(wide.columns):",
        f'    fig.legend(title={_text(chart.label(chart.series))}, loc="outside right upper")',
    ]


def _captions(chart: Chart) -> str:
    said = {"title": chart.title}
    x = chart.label(chart.x) if chart.x is not None else ""
    if chart.kind == "histogram":
        said |= {"xlabel": x, "ylabel": "Rows"}
    elif chart.kind == "barh":
        said |= {"xlabel": chart.value_label, "ylabel": x}
    elif chart.kind != "pie":
        said |= {"xlabel": x, "ylabel": chart.value_label}
    return ", ".join(f"{name}={_text(text)}" for name, text in said.items() if text)


def _axes(chart: Chart) -> list[str]:
    if uses_dates(chart):
        return ["ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator()))"]
    if chart.role == "order" and chart.kind in ("line", "area", "scatter") and not _is_text(chart):
        return ["ax.xaxis.get_major_locator().set_params(integer=True)"]
    if chart.role == "order" and chart.kind in ("line", "area", "scatter"):
        return ["ax.xaxis.set_major_locator(plt.MaxNLocator(8, integer=True))"]
    return []


def _is_text(chart: Chart) -> bool:
    return chart.x is not None and chart.x.as_text and bool(chart.x.known)


def _text(text: str) -> str:
    """A caption as a literal: what stands between two dollar signs would be a formula."""
    return literal(text.replace("$", "\\$"))
