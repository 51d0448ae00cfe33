"""What a request says of the chart itself: its kind, and what is left of the words when they are taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["line", "area", "bar", "barh", "scatter", "histogram", "pie", "box"]

#: Most particular first. German, French and Spanish beside English, for /plot takes a question in any language.
_KINDS: Final[tuple[tuple[Kind, str], ...]] = (
    ("barh", r"horizontal bars?(?: ?(?:charts?|plots?|graphs?))?|barh"),
    ("histogram", r"histogram(?:m|me|a)?s?|distribution plots?"),
    (
        "scatter",
        r"scatter(?: ?(?:plots?|charts?|graphs?|diagrams?))?|streudiagramm|nuage de points|diagrama de dispersión",
    ),
    (
        "pie",
        r"pie(?: ?(?:charts?|plots?|graphs?))?|do(?:ugh)?nut(?: charts?)?|kreisdiagramm|tortendiagramm|camembert|"
        r"gráfico circular",
    ),
    ("box", r"box(?: ?(?:plots?|charts?))|boxplots?|box and whiskers?(?: plots?)?"),
    ("area", r"(?:stacked )?area(?: ?(?:charts?|plots?|graphs?))|flächendiagramm"),
    (
        "bar",
        r"(?:grouped |vertical )?(?:bar|column)(?: ?(?:charts?|plots?|graphs?|diagrams?))|bars|balkendiagramm|säulendiagramm|"
        r"diagramme en barres|gráfico de barras",
    ),
    ("line", r"line(?: ?(?:charts?|plots?|graphs?|diagrams?))|lines|liniendiagramm|courbe|gráfico de líneas"),
)
#: Kinds that no rule draws: the model is asked for the whole cell.
_OTHER: Final = re.compile(
    r"\b(heat ?maps?|violins?|maps?|sankey|radar|tree ?maps?|sunburst|funnel|gantt|candlesticks?|waterfall|bubbles?|3d|network|"
    r"subplots?|facets?|pair ?plots?|animat\w+|word ?clouds?|contours?|polar|gauges?|stacked|dashboard)\b",
    re.IGNORECASE,
)
_DRAWN: Final = (
    r"(?:please|can you|could you|i want to see|show me|show|give me|make|create|draw|plot|graph|chart|visuali[sz]e|render|"
    r"zeichne|plotte|zeige?|trace|dessine|dibuja|grafica)"
)
_LEADING: Final = re.compile(
    rf"^\s*(?:{_DRAWN}\b[\s,:]*)+(?:(?:a|an|the|me|one)\b\s*)*(?:(?:plot|chart|graph|diagram|picture)\s*)?(?:(?:of|for|showing|with)\b\s*(?:the\b\s*)?)?",
    re.IGNORECASE,
)
_TRAILING: Final = re.compile(
    r"[\s,]*\b(?:please|bitte|in (?:a|one) (?:chart|plot|graph|diagram))?[\s?.!]*$", re.IGNORECASE
)


@dataclass(frozen=True)
class Wanted:
    """`kind` is what the user named, ``None`` for whatever fits. `subject` is the request without the words for drawing.

    `beyond`: it asks for a kind that the rules do not draw.
    """

    subject: str
    kind: Kind | None = None
    beyond: bool = False


def read_request(text: str) -> Wanted:
    """The kind of chart that `text` names, and its subject: "plot revenue per month as bars" is *revenue per month*, bar."""
    kind: Kind | None = None
    subject = text.strip()
    for name, pattern in _KINDS:
        whole = re.compile(
            rf"(?:\b(?:as|in|with|using|by|als|en|como)\s+)?(?:\b(?:a|an|the|ein|eine[nm]?|un|une)\s+)?\b(?:{pattern})(?!\w)(?:\s+(?:of|for|showing|von|de)\b)?",
            re.IGNORECASE,
        )
        found = whole.search(subject)
        if found:
            kind = name
            subject = f"{subject[: found.start()]} {subject[found.end() :]}"
            break
    subject = _LEADING.sub("", " ".join(subject.split()))
    subject = _TRAILING.sub("", " ".join(subject.split())).strip(" ,.:;-?")
    return Wanted(subject, kind, _OTHER.search(text) is not None)


_FUNCTION: Final = re.compile(
    r"\b(?:sine|cosine|sinus|tangent|parabola|sigmoid|polynomial|exponential|logarithm|gaussian|bell curve|normal distribution|"
    r"random (?:walk|numbers?|data|points)|mandelbrot|fractal|circle|heart|sin|cos|tan|exp|log|sqrt)\b|"
    r"\b[fy]\s*(?:\(x\))?\s*=|x\s*(?:\^|\*\*)\s*\d",
    re.IGNORECASE,
)


def is_of_a_function(text: str) -> bool:
    """Whether a curve of mathematics is wanted rather than data: no table has a sine wave."""
    return _FUNCTION.search(text) is not None
