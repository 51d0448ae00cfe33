"""The library that a notebook draws with: the one it imported last, else the plainest of its language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_qwen.schema.notebook import Cell


@dataclass(frozen=True)
class Plotting:
    """`imports` is the line that the cell must begin with, or empty when the notebook has it. `ending` is how a cell shows the
    chart, as the end of "the block …". `rule` replaces the whole rule of the mode where drawing is not a call of a library.
    """

    library: str
    ending: str
    imports: str = ""
    rule: str = ""


_BAR_RULE = (
    "You draw with DuckDB in a notebook that runs SQL. Answer with one fenced sql block that runs as the next cell: one query "
    "that returns the label, the value, and bar(value, 0, max(value) OVER (), 40) AS chart, sorted as a reader expects."
)
_PYTHON = (
    ("Altair", "ends with the chart as its last expression", "import altair as alt", r"import\s+altair|from\s+altair"),
    (
        "Plotly Express",
        "ends with the figure as its last expression",
        "import plotly.express as px",
        r"import\s+plotly|from\s+plotly",
    ),
    ("seaborn", "ends with plt.show()", "import seaborn as sns", r"import\s+seaborn|from\s+seaborn"),
    (
        "matplotlib",
        "ends with plt.show()",
        "import matplotlib.pyplot as plt",
        r"import\s+matplotlib|from\s+matplotlib|import\s+pylab",
    ),
)
_R = (
    (
        "ggplot2",
        "ends with the plot as its last expression",
        "library(ggplot2)",
        r"library\(\s*[\"']?(?:ggplot2|tidyverse)",
    ),
    ("base R graphics", "ends with the call that draws", "", r"\b(?:plot|barplot|hist|boxplot)\("),
)
_JULIA = (
    ("Makie", "ends with the figure as its last expression", "using CairoMakie", r"using\s+(?:\w+Makie|Makie)"),
    (
        "Plots.jl",
        "ends with the plot as its last expression",
        "using Plots",
        r"using\s+(?:\w+\s*,\s*)*(?:Plots|StatsPlots)",
    ),
)
_SQL = ("sql", "duckdb", "postgresql", "postgres", "sqlite", "mysql")


def plotting_of(cells: Sequence[Cell], language: str) -> Plotting:
    """How this notebook draws. A library that it imports is installed; one that it does not is only a guess."""
    folded = language.strip().lower()
    if folded in _SQL:
        return Plotting("DuckDB", "", rule=_BAR_RULE)
    known, default = {"r": (_R, 1), "julia": (_JULIA, 1)}.get(folded, (_PYTHON, len(_PYTHON) - 1))
    code = [cell.source for cell in cells if cell.type == "code" and cell.error is None]
    for source in reversed(code):
        found = [
            (match.start(), entry)
            for entry in known
            for match in re.finditer(rf"^\s*(?:{entry[3]})", source, re.MULTILINE)
        ]
        if found:
            library, ending, imports, _ = max(found)[1]
            # The import itself may be of another part of the library (plotly.graph_objects): only the very line counts.
            imported = any(re.search(rf"^\s*{re.escape(imports)}\b", text, re.MULTILINE) for text in code)
            return Plotting(library, ending, "" if imported or not imports else imports)
    library, ending, imports, _ = known[default]
    return Plotting(library, ending, imports)
