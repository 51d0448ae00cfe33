"""Runs chart cells, a JSON list of [name, source] on standard input, each in a fresh namespace; prints what came of each as JSON.

What a cell warns of counts as an error. Of matplotlib's figures it tells axes, marks and the pairs of tick labels that touch.
"""

from __future__ import annotations

import ast
import json
import sys
import traceback
import warnings
from itertools import pairwise
from typing import Any

import duckdb
import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

warnings.simplefilter("error")
warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
warnings.filterwarnings("ignore", message="The inplace keyword")  # DuckDB's own call of pandas, for times with a zone


def figures() -> list[dict[str, Any]]:
    told = []
    for number in plt.get_fignums():
        figure = plt.figure(number)
        figure.canvas.draw()
        axes = figure.axes[0]
        touching = []
        for axis in (axes.xaxis, axes.yaxis):
            shown = [label for label in axis.get_ticklabels() if label.get_text() and label.get_visible()]
            low, high = sorted(axis.get_view_interval())
            places = [
                label
                for label, tick in zip(axis.get_ticklabels(), axis.get_majorticklocs(), strict=False)
                if low <= tick <= high
            ]
            boxes = [(label.get_text(), label.get_window_extent()) for label in shown if label in places]
            touching += [(a, b) for (a, x), (b, y) in pairwise(boxes) if x.overlaps(y)]
        told.append(
            {
                "axes": len(figure.axes),
                "marks": len(axes.lines) + len(axes.patches) + len(axes.collections),
                "title": axes.get_title(),
                "labels": [axes.get_xlabel(), axes.get_ylabel()],
                "touching": touching,
            }
        )
    plt.close("all")
    return told


def last_value(source: str, namespace: dict[str, Any]) -> Any:
    """What the notebook would show below the cell: the value of its last expression."""
    tree = ast.parse(source)
    last = tree.body[-1]
    exec(compile(ast.Module(tree.body[:-1], []), "cell", "exec"), namespace)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)
    exec(compile(ast.Module([last], []), "cell", "exec"), namespace)
    return None


def main() -> None:
    done: dict[str, Any] = {}
    for name, source in json.load(sys.stdin):
        shown: list[Any] = []
        namespace = {"con": duckdb.connect(), "display": shown.append}
        try:
            value = last_value(source, namespace)
            if hasattr(value, "to_dict") and type(value).__module__.startswith("altair"):
                told = {"spec": value.to_dict()}
            elif hasattr(value, "to_json") and type(value).__module__.startswith("plotly"):
                told = {"figure": json.loads(value.to_json())}
            else:
                told = {"figures": figures(), "tables": len(shown)}
        except Exception:  # noqa: BLE001 -- whatever a cell raises is told
            told = {"error": traceback.format_exc(limit=-3)}
            plt.close("all")
        done[name] = told
    json.dump(done, sys.stdout, default=str)


main()
