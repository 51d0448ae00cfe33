"""A run as a picture: seconds of the product beside the raw engine, an SVG that reads on light and on dark pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_qwen.evaluate.raw import BenchError

# Colours that stand for the page's; the finished file swaps them for variables that follow the reader's theme.
_INK, _PAPER, _OURS, _RAW = "#010203", "#fefdfc", "#0b5fa5", "#9a6a00"
_STYLE = """<style>
:root { --ink: #1f2328; --paper: #ffffff; --ours: #0b5fa5; --raw: #b7791f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #16191d; --ours: #6cb6ff; --raw: #e3b341; } }
</style>"""


def plot(run: Mapping[str, Any], path: Path) -> None:
    """Write the SVG. Raises BenchError without matplotlib, or when the run has no figure in seconds."""
    try:
        from matplotlib import rcParams
        from matplotlib.figure import Figure
    except ImportError as error:
        raise BenchError('The plot needs matplotlib: pip install "jupyter_qwen[lab]".') from error
    rows = [f for f in run["figures"] if f["unit"] == "s" and f["product"]][::-1]
    if not rows:
        raise BenchError("This run has no figure in seconds to draw.")
    rcParams["svg.fonttype"] = "none"
    rcParams["svg.hashsalt"] = "jupyter_qwen"
    picture = Figure(figsize=(9.5, 1.2 + 0.48 * len(rows)), facecolor=_PAPER)
    axes = picture.add_subplot(facecolor=_PAPER)
    for place, row in enumerate(rows):
        _bar(axes, place + 0.2, row["p50"], row["p95"], _OURS)
        if row["raw"]:
            _bar(axes, place - 0.2, row["raw_p50"], row["raw_p95"], _RAW)
    axes.set_yticks(range(len(rows)), [f"{r['part']}: {r['name']}" for r in rows], color=_INK)
    axes.set_xscale("log")
    axes.set_xlim(left=0.01)
    ticks = [t for t in (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100) if t <= 3 * max(r["p95"] for r in rows)]
    axes.set_xticks(ticks, [f"{t:g} s" for t in ticks], color=_INK)
    axes.minorticks_off()
    axes.tick_params(color=_INK)
    axes.grid(axis="x", color=_INK, alpha=0.15)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    machine = run["machine"]
    words = (
        f"{machine['processor']}, {machine['cores']} cores, {run['engine'].get('model') or ''}. Bars: p50, thin lines: p95.\n"
        "Blue: through the Jupyter server. Yellow: llama.cpp alone, same prompts in the same run."
    )
    picture.text(0.012, 1 - 0.1 / picture.get_figheight(), words, va="top", color=_INK, fontsize=10)
    axes.set_xlim(right=2.2 * max(row["p95"] for row in rows))
    picture.tight_layout(rect=(0, 0, 1, 1 - 0.55 / picture.get_figheight()))
    picture.savefig(path, format="svg", metadata={"Date": None})
    path.write_text(_themed(path.read_text(encoding="utf-8")), encoding="utf-8")


def _bar(axes: Any, place: float, middle: float, late: float, colour: str) -> None:
    axes.barh(place, middle, height=0.36, color=colour)
    axes.plot([middle, max(late, middle)], [place, place], color=colour, linewidth=2)
    words = f"{1000 * middle:.0f} ms" if middle < 1 else f"{middle:.1f} s"
    axes.annotate(
        words,
        (max(late, middle), place),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=_INK,
    )


def _themed(svg: str) -> str:
    for fixed, variable in ((_INK, "--ink"), (_PAPER, "--paper"), (_OURS, "--ours"), (_RAW, "--raw")):
        svg = svg.replace(fixed, f"var({variable})")
    head, tag, rest = svg.partition("<defs>")
    return f"{head}{_STYLE}\n {tag}{rest}"
