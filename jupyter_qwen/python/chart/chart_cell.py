"""The whole cell: imports that the notebook lacks, the code that fetches, and the chart by the library that it draws with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from jupyter_qwen.schema.notebook import Cell

from . import with_altair, with_matplotlib, with_pandas, with_plotly
from .chart_choice import Chart
from .frame_shaping import needs_pandas, preparation

Library = Literal["matplotlib", "altair", "plotly", "pandas"]

_DRAWERS: Final = {
    "matplotlib": with_matplotlib.draw, "altair": with_altair.draw, "plotly": with_plotly.draw, "pandas": with_pandas.draw,
}  # fmt: skip
#: How a notebook shows what it draws with; seaborn draws on matplotlib's axes.
_SIGNS: Final[tuple[tuple[Library, str], ...]] = (
    ("altair", r"^\s*(?:import|from)\s+altair\b|\balt\.Chart\("),
    ("plotly", r"^\s*(?:import|from)\s+plotly\b|\bpx\.\w+\("),
    ("matplotlib", r"^\s*(?:import|from)\s+(?:matplotlib|seaborn|pylab)\b|\bplt\.\w+\("),
    ("pandas", r"\b(?!plt\b|ax\b|sns\b|px\b)\w+(?:\[[^\]\n]*\]|\.\w+\([^()\n]*\))*\.plot(?:\.\w+)?\("),
)


def drawing_library(cells: Sequence[Cell]) -> Library:
    """What the notebook drew with last, as far as its cells ran; matplotlib where it drew nothing."""
    for cell in reversed(cells):
        if cell.type != "code" or cell.error is not None:
            continue
        found = [
            (match.start(), name) for name, sign in _SIGNS for match in re.finditer(sign, cell.source, re.MULTILINE)
        ]
        if found:
            return max(found)[1]
    return "matplotlib"


def chart_cell(fetch: str, data: str, chart: Chart, library: Library) -> str:
    """A cell that runs as it stands: `fetch` is code that puts a pandas DataFrame into the variable `data`."""
    imports: list[str] = []
    if library == "altair":
        imports += [*with_altair.IMPORTS, *(with_altair.BINNED if chart.kind == "histogram" else ())]
    elif library == "plotly":
        imports += with_plotly.IMPORTS
    elif library == "matplotlib":
        imports += [*with_matplotlib.IMPORTS, *((with_matplotlib.DATES,) if with_matplotlib.uses_dates(chart) else ())]
    if needs_pandas(chart):
        imports.append("import pandas as pd")
    above, fetching = _imports_of(fetch)
    body = "\n".join([*preparation(chart, data), *_DRAWERS[library](chart, data)])
    head = "\n".join(dict.fromkeys([*above, *imports]))
    return "\n\n".join(part for part in (head, fetching, body) if part)


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or the next name like it that is none of `taken`."""
    names = set(taken)
    return next(
        name
        for name in (wanted, f"chart_{wanted}", *(f"{wanted}_{n}" for n in range(2, len(names) + 3)))
        if name not in names
    )


def _imports_of(fetch: str) -> tuple[list[str], str]:
    """The imports that `fetch` begins with, and the rest."""
    lines = fetch.strip().split("\n")
    count = next(
        (number for number, line in enumerate(lines) if not line.startswith("import ") and line.strip()), len(lines)
    )
    return [line for line in lines[:count] if line.strip()], "\n".join(lines[count:])
