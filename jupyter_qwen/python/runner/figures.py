"""What a cell drew: the axes of its figures in words, whether labels overlap, and a small picture."""

from __future__ import annotations

import base64
import io
import itertools
import sys
from typing import Any

from .execution import Ran

_AXES = 12
_TEXT = 200
_WIDTH_PIXELS = 320
_PICTURE_BYTES = 30_000  # 40 kB as text, which is what the wire takes
_MARKS = 5


def drawn(ran: Ran, thumbnail: bool) -> dict[str, Any] | None:
    """`library`, `axes`, `overlap` and `png` (base64, or "") of the last figure; ``None`` when nothing was drawn."""
    figure = _matplotlib(ran)
    if figure is not None:
        axes = [_axes(each) for each in figure.axes[:_AXES]]
        if not axes:
            return None
        png = _png(figure) if thumbnail else ""
        return {"library": "matplotlib", "axes": axes, "overlap": _overlaps(figure), "png": png}
    return _declared(ran.value)


def _matplotlib(ran: Ran) -> Any:
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return None
    if isinstance(ran.value, pyplot.Figure):
        return ran.value
    numbers = pyplot.get_fignums()
    return pyplot.figure(numbers[-1]) if numbers else None


def _axes(axes: Any) -> dict[str, Any]:
    marks = {"line": axes.lines, "bar": [p for p in axes.patches if type(p).__name__ == "Rectangle"]}
    marks["wedge"] = [p for p in axes.patches if type(p).__name__ == "Wedge"]
    marks["points"], marks["image"] = axes.collections, axes.images
    return {
        "title": axes.get_title()[:_TEXT],
        "x": axes.get_xlabel()[:_TEXT],
        "y": axes.get_ylabel()[:_TEXT],
        "marks": {kind: len(items) for kind, items in marks.items() if len(items)},
        "has_data": bool(axes.has_data()),
        "empty": _empty(axes),
        "legend": axes.get_legend() is not None,
    }


def _empty(axes: Any) -> bool:
    """Whether nothing that was drawn has a place: lines without points, bars without height."""
    lines = any(len(line.get_xdata()) for line in axes.lines)
    patches = any(getattr(p, "get_height", lambda: 1)() for p in axes.patches)
    points = any(len(c.get_offsets()) or c.get_paths() for c in axes.collections)
    return not (lines or patches or points or len(axes.images))


def _overlaps(figure: Any) -> bool:
    """Whether two neighbouring labels of an axis lie over one another."""
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    for axes in figure.axes[:_AXES]:
        for axis in (axes.xaxis, axes.yaxis):
            boxes = [
                label.get_window_extent(renderer)
                for label in axis.get_ticklabels()
                if label.get_visible() and label.get_text()
            ]
            if any(one.overlaps(two) for one, two in itertools.pairwise(boxes) if _upright(axis, one)):
                return True
    return False


def _upright(axis: Any, box: Any) -> bool:
    """Whether the box of a label is what it covers: turned text is measured by a box that is far larger."""
    rotation = axis.get_ticklabels()[0].get_rotation() if axis.get_ticklabels() else 0
    return rotation in (0, 90, 270) and box.width > 0


def _png(figure: Any) -> str:
    width = figure.get_size_inches()[0] or 6.4
    for pixels in (_WIDTH_PIXELS, _WIDTH_PIXELS // 2):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=pixels / width)
        if buffer.tell() <= _PICTURE_BYTES:
            return base64.b64encode(buffer.getvalue()).decode()
    return ""


def _declared(value: Any) -> dict[str, Any] | None:
    """A chart of Altair or Plotly, which is a description that a browser draws."""
    root = type(value).__module__.partition(".")[0]
    if root == "altair" and hasattr(value, "to_dict"):
        chart = value.to_dict()
        mark = chart.get("mark")
        kind = str(mark.get("type") if isinstance(mark, dict) else mark)
        encoding = chart.get("encoding", {})
        named = {axis: str(encoding.get(axis, {}).get("field", ""))[:_TEXT] for axis in ("x", "y")}
        axes = {"title": str(chart.get("title", ""))[:_TEXT], **named, "marks": {kind: 1}}
    elif root == "plotly" and hasattr(value, "to_plotly_json"):
        chart = value.to_plotly_json()
        layout = chart.get("layout", {})
        kinds = [str(trace.get("type", "")) for trace in chart.get("data", ())]
        named = {
            axis: str(((layout.get(f"{axis}axis") or {}).get("title") or {}).get("text", ""))[:_TEXT]
            for axis in ("x", "y")
        }
        marks = {kind: kinds.count(kind) for kind in list(dict.fromkeys(kinds))[:_MARKS]}
        axes = {"title": str((layout.get("title") or {}).get("text", ""))[:_TEXT], **named, "marks": marks}
    else:
        return None
    told = {**axes, "has_data": bool(axes["marks"]), "empty": not axes["marks"], "legend": False}
    return {"library": root, "axes": [told], "overlap": False, "png": ""}
