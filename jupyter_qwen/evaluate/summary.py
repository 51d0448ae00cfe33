"""Figures of runs as a table: one column a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_qwen.evaluate.predictions import percentile, read_lines

Run = tuple[str, Sequence[Mapping[str, Any]]]


def compare(paths: Sequence[Path]) -> str:
    """The runs side by side, and the answers that differ between the first two. Raises PackError for unreadable files."""
    runs: list[Run] = [(path.name, read_lines(path)) for path in paths]
    table = summary_table(runs)
    if len(runs) < 2:
        return table
    first, second = ({item["id"]: item for item in items} for _, items in runs[:2])
    field = "sql" if any("sql" in item for item in first.values()) else "completion"
    changed = [key for key in first if key in second and _text(first[key], field) != _text(second[key], field)]
    lines = [table, "", f"{len(changed)} of {len(first.keys() & second.keys())} answers differ"]
    for key in changed:
        lines += [
            "",
            key,
            f"  {runs[0][0]}: {_text(first[key], field)}",
            f"  {runs[1][0]}: {_text(second[key], field)}",
        ]
    return "\n".join(lines)


def summary_table(runs: Sequence[Run]) -> str:
    """A Markdown table of counts, verdicts, seconds and tokens."""
    rows: dict[str, list[str]] = {}
    for position, (_, items) in enumerate(runs):
        for label, value in _figures(items).items():
            rows.setdefault(label, ["–"] * len(runs))[position] = value
    header = ["", *(name for name, _ in runs)]
    body = [[label, *cells] for label, cells in rows.items()]
    widths = [max(len(row[i]) for row in [header, *body]) for i in range(len(header))]
    lines = [_row(header, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    return "\n".join([*lines, *(_row(row, widths) for row in body)])


def _figures(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    figures = {"cases": str(len(items))}
    if not items:
        return figures
    verdicts = Counter(item["verdict"] for item in items if item.get("verdict"))
    for verdict, number in verdicts.most_common():
        figures[verdict] = f"{100 * number / len(items):.1f} %"
    figures |= _passed(items)
    repaired = sum(bool(item.get("repairs")) for item in items)
    if verdicts:
        figures["repaired"] = f"{100 * repaired / len(items):.1f} %"
    for label, field in (("seconds", "seconds"), ("first token", "ttft_seconds")):
        values = [float(item[field]) for item in items if item.get(field) is not None]
        if values:
            figures[f"{label} p50 / p95"] = f"{percentile(values, 0.5):.2f} / {percentile(values, 0.95):.2f}"
    for label, field in (("prompt tokens", "prompt_tokens"), ("new tokens", "new_tokens")):
        numbers = [int(item[field]) for item in items if item.get(field)]
        if numbers:
            figures[f"{label}, mean"] = f"{sum(numbers) / len(numbers):.0f}"
            figures[f"{label}, median"] = f"{percentile(numbers, 0.5):.0f}"
    return figures


def _passed(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """pass@1 of the answers whose tests were run, together and by kind."""
    scored = [item for item in items if item.get("passed") is not None]
    if not scored:
        return {}
    figures = {"pass@1": f"{100 * sum(item['passed'] for item in scored) / len(scored):.1f} %"}
    for kind in sorted({str(item["kind"]) for item in scored if item.get("kind")}):
        of_kind = [item["passed"] for item in scored if item.get("kind") == kind]
        figures[f"passed, {kind}"] = f"{sum(of_kind)} / {len(of_kind)}"
    return figures


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _text(item: Mapping[str, Any], field: str) -> str:
    return " ".join(str(item.get(field, "")).split())
