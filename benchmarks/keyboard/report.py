"""The figures of the typing bench as a table: a column a trace, all of them, and the large notebook beside the small one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TARGETS = {
    "pause to text p50": "≤ 600 ms",
    "pause to text p95": "≤ 1500 ms",
    "typed along p95": "≤ 20 ms",
    "prompt tokens reused": "≥ 90 %",
    "new tokens after cancellation": "< 5 %",
}
_GROWS = ("pause to text p50", "pause to text p95", "typed along p95")  # what a larger notebook must not slow down


def table(report: Mapping[str, Any]) -> str:
    """A Markdown table, with the targets and, after two runs, how much slower the large notebook is."""
    columns: dict[str, Mapping[str, Any]] = {}
    for number, run in enumerate(report["runs"]):
        size = f"{run['cells']} cells" + (f", {run['columns']} columns" if run["columns"] else "")
        if number:
            columns[f"the same traces, {report['runs'][0]['cells']} cells"] = report["compared"]
        else:
            columns |= run["traces"]
        columns[f"{'all' if not number else 'these traces'}, {size}"] = run["all"]
    labels = list(report["runs"][0]["all"])
    lines = [
        f"{report['machine']}, engine {report['engine']}",
        "",
        "| | target | " + " | ".join(columns) + " |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for label in labels:
        cells = (_text(label, figures[label]) for figures in columns.values())
        lines.append(f"| {label} | {_TARGETS.get(label, '')} | " + " | ".join(cells) + " |")
    if "compared" in report:
        small, large = report["compared"], report["runs"][1]["all"]
        changes = (f"{label} {_change(small[label], large[label])}" for label in _GROWS)
        lines += ["", f"The large notebook against the small one (target: within 20 %): {'; '.join(changes)}."]
    return "\n".join(lines)


def _change(small: float, large: float) -> str:
    return f"{100 * (large / small - 1):+.0f} % ({1000 * (large - small):+.0f} ms)" if small else "–"


def _text(label: str, value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{1000 * value:.0f} ms" if "p50" in label or "p95" in label else f"{100 * value:.1f} %"
