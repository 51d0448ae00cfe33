"""What to draw, by rules from the columns of a result: the one place that says which chart fits which data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from .captions import label_of, title_of
from .roles import ResultColumn, Role, role_of, roles_of
from .wanted import Kind

ONE_VALUE: Final = "The result is a single value: there is little to draw."
MOST_BARS: Final = 20
MOST_SERIES: Final = 8
MOST_SLICES: Final = 8
MOST_BOXES: Final = 12
#: Bars stand upright when so few of them have labels so short that they cannot touch.
_UPRIGHT_BARS: Final = 8
_UPRIGHT_LABEL: Final = 9
#: Measures whose sizes differ by more than this do not share an axis.
_SAME_SIZE: Final = 10.0


@dataclass(frozen=True)
class Chart:
    """One chart of columns of a result.

    `x` is the axis that is read first: times, an order, categories, or a measure against which another is drawn; ``None``
    where one measure stands alone. `y` are the measures, one for each line or group of bars; empty where rows are counted.
    `series` divides into lines or groups. `role` is that of `x`. `labels` are for people, by column. `uncut`: all rows are known
    to be few, so that nothing needs to be left out. `note` tells why a kind that was asked for is not drawn.
    """

    kind: Kind
    title: str
    x: ResultColumn | None = None
    y: tuple[ResultColumn, ...] = ()
    series: ResultColumn | None = None
    role: Role = "none"
    labels: Mapping[str, str] | None = None
    uncut: bool = False
    note: str = ""

    def label(self, column: ResultColumn) -> str:
        return (self.labels or {}).get(column.name, column.name)

    @property
    def value_label(self) -> str:
        """The label of the axis of measures."""
        return self.label(self.y[0]) if len(self.y) == 1 else "Rows" if not self.y else "Value"


def plan_chart(
    columns: Sequence[ResultColumn], subject: str, *, wanted: Kind | None = None, complete: bool = False
) -> Chart | None:
    """The chart of a result with `columns`, ``None`` where nothing in it can be drawn.

    time → line; category → sorted bars; two measures → scatter; one measure → histogram; category and time → a line for each
    category. `wanted` is the kind that the user named: drawn where the columns have what it needs, else `note` says why not.
    `complete`: the values are those of all rows, not of a sample.
    """
    roles = roles_of(columns)
    by_rule = _by_rule(roles, subject, complete)
    if by_rule is None:
        return None
    chart, note = by_rule, by_rule.note
    if wanted is not None and wanted != by_rule.kind:
        asked = _as_wanted(wanted, by_rule, roles)
        note = (
            ""
            if asked is not None
            else f"The result has no columns for a {_NAMES[wanted]}: drawn as {_NAMES[by_rule.kind]}."
        )
        chart = asked or by_rule
    drawn = [column for column in (chart.x, *chart.y, chart.series) if column is not None]
    labels = {c.name: label_of(c.name, subject, measure=role_of(c) == "measure") for c in drawn}
    labels |= {c.name: f"{label_of(c.name)} (days)" for c in drawn if role_of(c) == "duration"}
    return replace(chart, labels=labels, note=note, title=title_of(subject))


_NAMES: Final[Mapping[Kind, str]] = {
    "line": "line chart", "area": "area chart", "bar": "bar chart", "barh": "bar chart", "scatter": "scatter plot",
    "histogram": "histogram", "pie": "pie chart", "box": "box plot",
}  # fmt: skip


def in_words(chart: Chart) -> str:
    """The chart for who cannot see it: its kind, its title, what stands against what."""
    title = " ".join(chart.title.split())
    measure = chart.label(chart.x) if chart.kind == "histogram" and chart.x is not None else chart.value_label
    by = f" by {chart.label(chart.x)}" if chart.x is not None and chart.kind != "histogram" else ""
    each = f", for each {chart.label(chart.series)}" if chart.series is not None else ""
    name = _NAMES[chart.kind]
    return f'{name[:1].upper()}{name[1:]} "{title}": {measure}{by}{each}.'


def _by_rule(roles: Mapping[Role, Sequence[ResultColumn]], subject: str, complete: bool) -> Chart | None:
    measures = (*roles.get("measure", ()), *roles.get("duration", ()))
    times, orders, categories = roles.get("time", ()), roles.get("order", ()), roles.get("category", ())
    along: Role = "time" if times else "order"
    axis = (*times, *orders)[:1]
    if axis and measures:
        x, series = axis[0], _dividing(categories)
        y = measures[:1] if series is not None else _of_one_size(measures)
        if series is None and x.repeats:
            return Chart("scatter", subject, x, y[:1], role=along)  # rows as they are: a line would go up and down
        return Chart("line", subject, x, y, series, along, uncut=_few(series, complete, MOST_SERIES))
    if categories and measures:
        x = _labelling(categories)
        series = _dividing([c for c in categories if c is not x]) if x.repeats else None
        if series is None and x.repeats:
            return Chart("box", subject, x, measures[:1], role="category")
        few = _few(x, complete, MOST_BARS) and (series is None or _few(series, complete, MOST_SERIES))
        return Chart(_bars(x, few), subject, x, measures[:1], series, "category", uncut=few)
    if len(measures) > 1:
        return Chart("scatter", subject, measures[0], measures[1:2], role="measure")
    if measures:
        note = ONE_VALUE if complete and len(measures[0].values) == 1 else ""
        return Chart("histogram", subject, measures[0], role="measure", note=note)
    if axis:
        return Chart("line", subject, axis[0], role=along)
    if categories:
        few = _few(categories[0], complete, MOST_BARS)
        return Chart(_bars(categories[0], few), subject, categories[0], role="category", uncut=few)
    return None


def _as_wanted(wanted: Kind, chart: Chart, roles: Mapping[Role, Sequence[ResultColumn]]) -> Chart | None:
    """`chart` as the kind that was asked for; ``None`` where the columns do not have what it needs."""
    measures = (*roles.get("measure", ()), *roles.get("duration", ()))
    labelled = (*roles.get("category", ()), *roles.get("order", ()), *roles.get("time", ()))
    if wanted == "histogram":
        return Chart("histogram", chart.title, measures[0], role="measure") if measures else None
    if wanted == "box":
        by = next(iter(labelled), None)
        return Chart("box", chart.title, by, measures[:1], role="category") if measures else None
    if wanted == "scatter":
        if len(measures) > 1:
            named = roles.get("category", ())
            series = next((c for c in named if c.repeats), None)
            return Chart("scatter", chart.title, measures[0], measures[1:2], series, "measure")
        return replace(chart, kind="scatter", series=None, y=chart.y[:1]) if chart.y and chart.x is not None else None
    if chart.x is None or chart.role == "measure":
        return None
    if wanted in ("bar", "barh"):
        if chart.kind in ("line", "scatter") and chart.role in ("time", "order"):
            return replace(chart, kind=wanted, y=chart.y[:1])
        return replace(chart, kind=wanted) if chart.kind in ("bar", "barh") else None
    if wanted == "pie":
        return replace(chart, kind="pie", y=chart.y[:1], series=None) if chart.series is None else None
    # a line or an area
    return replace(chart, kind=wanted, y=chart.y[:1] if wanted == "area" else chart.y)


def _labelling(categories: Sequence[ResultColumn]) -> ResultColumn:
    """The category whose values name the rows: the first without repetition, words before numbers, else the first."""
    unique = [c for c in categories if c.values and not c.repeats]
    words = [c for c in unique if any(isinstance(value, str) for value in c.known)]
    return next(iter((*words, *unique, *categories)))


def _dividing(categories: Sequence[ResultColumn]) -> ResultColumn | None:
    """The category that makes lines or groups: one with more than one value where the values are known."""
    return next((c for c in categories if len(set(map(str, c.known))) != 1), None)


def _few(column: ResultColumn | None, complete: bool, most: int) -> bool:
    """Whether all its values are known, and few."""
    return column is None or (complete and len({str(value) for value in column.values}) <= most)


def _bars(column: ResultColumn, few: bool) -> Kind:
    count, longest = len({str(value) for value in column.values}), column.longest
    upright = few and count <= _UPRIGHT_BARS and longest is not None and longest <= _UPRIGHT_LABEL
    return "bar" if upright else "barh"


def _of_one_size(measures: Sequence[ResultColumn]) -> tuple[ResultColumn, ...]:
    """The first measure, and those that can share its axis."""
    first = _size(measures[0])
    if first is None:
        return tuple(measures[:1])
    alike = [m for m in measures[1:] if (size := _size(m)) is not None and 1 / _SAME_SIZE <= size / first <= _SAME_SIZE]
    same_role = [m for m in alike if role_of(m) == role_of(measures[0])]
    return (measures[0], *same_role[: MOST_SERIES - 1])


def _size(column: ResultColumn) -> float | None:
    """The largest magnitude of its values; ``None`` when none is known or all are zero."""
    numbers = [
        abs(float(value)) for value in column.known if isinstance(value, (int, float)) or hasattr(value, "as_tuple")
    ]
    return max(numbers, default=0.0) or None
