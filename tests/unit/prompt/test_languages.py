"""In a kernel of another language the model is asked for that language, in every mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from jupyter_qwen.prompt import chat, text_to_sql
from jupyter_qwen.prompt.chat import Mode
from jupyter_qwen.prompt.plotting import plotting_of
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell, CellError

Count = Callable[[str], int]
Snapshot = Callable[[str, str], None]

NOTEBOOKS = {
    "R": (Cell("library(dplyr)\ntrips <- read.csv('trips.csv')"), Cell("trips |> count(mode)")),
    "julia": (Cell('using DataFrames, CSV\ntrips = CSV.read("trips.csv", DataFrame)'), Cell("combine(trips, nrow)")),
    "sql": (Cell("CREATE TABLE trips AS FROM 'trips.csv';"), Cell("SELECT mode, count(*) FROM trips GROUP BY mode;")),
}


@pytest.mark.parametrize("language", list(NOTEBOOKS))
@pytest.mark.parametrize("mode", get_args(Mode))
def test_every_mode_speaks_the_kernels_language(
    mode: Mode, language: str, count: Count, snapshot_text: Snapshot
) -> None:
    failing = Cell("trips$kms + ", error=CellError("Error", "unexpected end of input"))
    cells = (*NOTEBOOKS[language], failing) if mode in ("explain", "fix") else NOTEBOOKS[language]

    prompt = chat.build(
        "how many per mode?", None, cells, mode=mode, count=count, budget_tokens=2500, language=language
    )

    snapshot_text(f"languages/{mode}_{language.lower()}.txt", prompt.text)
    assert "python" not in prompt.text.lower()
    assert "matplotlib" not in prompt.text


@pytest.mark.parametrize(
    ("language", "sources", "library"),
    [
        ("python", ["import altair as alt"], "Altair"),
        ("python", ["import matplotlib.pyplot as plt", "import plotly.express as px"], "Plotly Express"),
        ("python", ["from altair import Chart\nimport seaborn as sns"], "seaborn"),
        ("python", ["x = 'import altair'"], "matplotlib"),
        ("python", [], "matplotlib"),
        ("R", ["library(ggplot2)"], "ggplot2"),
        ("R", ["library(tidyverse)", "plot(1:3)"], "base R graphics"),
        ("R", [], "base R graphics"),
        ("julia", ["using DataFrames, Plots"], "Plots.jl"),
        ("julia", ["using GLMakie"], "Makie"),
        ("sql", [], "DuckDB"),
    ],
)
def test_the_notebooks_own_library_draws(language: str, sources: list[str], library: str) -> None:
    assert plotting_of([Cell(source) for source in sources], language).library == library


def test_a_library_whose_import_failed_is_not_used() -> None:
    failed = Cell("import altair as alt", error=CellError("ModuleNotFoundError", "No module named 'altair'"))

    assert plotting_of([failed], "python").library == "matplotlib"


@pytest.mark.parametrize("library", ["altair", "plotly", "seaborn", "matplotlib"])
def test_a_plot_of_the_last_result_begins_by_fetching_it(library: str, count: Count, snapshot_text: Snapshot) -> None:
    imports = {
        "altair": "import altair as alt",
        "plotly": "import plotly.express as px",
        "seaborn": "import seaborn as sns",
        "matplotlib": "import duckdb",
    }
    data = 'data = con.sql("""\nSELECT 1 AS n\n""").df()'

    prompt = chat.build(
        "as a bar chart", None, (Cell(imports[library]),), mode="plot", count=count, budget_tokens=2500, data=data
    )

    snapshot_text(f"chat/plot_{library}.txt", prompt.text)
    assert prompt.text.rstrip().endswith('""").df()')


def test_a_query_in_a_kernel_without_collector_is_written_from_the_cells(count: Count, snapshot_text: Snapshot) -> None:
    prompt = text_to_sql.build(
        "how many per mode?", Schema(), NOTEBOOKS["sql"], count=count, budget_tokens=2500, language="sql"
    )

    snapshot_text("sql/text_to_sql_cells.txt", prompt.text)
    assert "CREATE TABLE trips" in prompt.text
    assert [part.label for part in prompt.parts] == ["rules", "cells", "question"]
