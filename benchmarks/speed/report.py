"""What a run says: as a table, held against what is promised, and beside another run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any


class Target:
    """A promise about one figure. `key` is part and name; `holds` sees the figure's JSON."""

    def __init__(self, part: str, name: str, words: str, holds: Callable[[Mapping[str, Any]], bool]) -> None:
        self.part, self.name, self.words, self.holds = part, name, words, holds


TARGETS = (
    Target("engine", "decode", "at least 0.97 of raw", lambda f: f["ratio"] is None or f["ratio"] >= 0.97),
    Target(
        "question", "first token, warm", "p50 at most 0.5 s, p95 1.5 s", lambda f: f["p50"] <= 0.5 and f["p95"] <= 1.5
    ),
    Target("question", "first token, after an edit of the last cell", "p50 at most 1.5 s", lambda f: f["p50"] <= 1.5),
    Target("ours alone", "first token, chat, scripted engine", "p50 at most 50 ms", lambda f: f["p50"] <= 50),
    Target("ours alone", "first token, sql, scripted engine", "p50 at most 50 ms", lambda f: f["p50"] <= 50),
    Target("100 clients, script", "event loop blocked at most", "50 ms", lambda f: f["p50"] <= 50),
)


def table(run: Mapping[str, Any]) -> str:
    """A run as Markdown: the machine, then a line a figure, then the promises."""
    machine = run["machine"]
    lines = [
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, load before {machine['load_before']}; "
        f"{run['engine'].get('model') or run['engine'].get('engine')}, {run['seconds']:.0f} s",
        *([f"Warning: {machine['busy']}"] if machine["busy"] else []),
        "",
        "| part | figure | p50 | p95 | raw p50 | raw p95 | of raw | n | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for figure in run["figures"]:
        unit = figure["unit"]
        cells = [figure["part"], figure["name"], _value(figure["p50"], unit), _value(figure["p95"], unit)]
        raw = [_value(figure[key], unit) if figure["raw"] else "" for key in ("raw_p50", "raw_p95")]
        ratio = f"{figure['ratio']:.2f}" if figure["ratio"] else ""
        lines.append("| " + " | ".join([*cells, *raw, ratio, str(len(figure["product"])), figure["note"]]) + " |")
    promised = list(promises(run))
    if promised:
        lines += ["", *(f"{'kept' if kept else 'MISSED'}: {words}" for words, kept in promised)]
    return "\n".join(lines)


def promises(run: Mapping[str, Any]) -> Sequence[tuple[str, bool]]:
    """What was promised about the figures of this run, and whether it was kept. They hold for two quiet cores."""
    found = []
    for target in TARGETS:
        for figure in run["figures"]:
            if (figure["part"], figure["name"]) == (target.part, target.name) and figure["product"]:
                found.append((f"{target.part}, {target.name}: {target.words}", target.holds(figure)))
    return found


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Two runs side by side, p50 by p50; a figure that only one of them has says so."""
    old = {(f["part"], f["name"]): f for f in before["figures"]}
    new = {(f["part"], f["name"]): f for f in after["figures"]}
    lines = ["| part | figure | before | after | change | |", "|---|---|---|---|---|---|"]
    for key in [*old, *(key for key in new if key not in old)]:
        first, second = old.get(key), new.get(key)
        some = first or second
        assert some is not None
        values = [_value(f["p50"], f["unit"]) if f else "–" for f in (first, second)]
        change, verdict = "", "only in one run"
        if first and second:
            verdict = ""
            if first["p50"]:
                share = second["p50"] / first["p50"] - 1
                change = f"{100 * share:+.0f} %"
                if abs(share) >= 0.1:
                    verdict = "better" if (share < 0) == (some["better"] == "less") else "worse"
        lines.append(f"| {key[0]} | {key[1]} | {values[0]} | {values[1]} | {change} | {verdict} |")
    for run, label in ((before, "before"), (after, "after")):
        if run["machine"]["busy"]:
            lines.append(f"\nWarning, {label}: {run['machine']['busy']}")
    if before["machine"]["processor"] != after["machine"]["processor"]:
        lines.append("\nWarning: two different processors; only the columns 'of raw' of each run can be compared.")
    return "\n".join(lines)


def _value(number: float, unit: str) -> str:
    if unit == "s":
        return f"{1000 * number:.0f} ms" if number < 1 else f"{number:.2f} s"
    if unit == "%":
        return f"{number:.1f} %"
    return f"{number:.1f} {unit}"
