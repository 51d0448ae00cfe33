"""Groups of a frame, and the aggregates over them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Final

from sqlglot import exp

from jupyter_qwen.python.words.arguments import elements, only, text
from jupyter_qwen.python.words.chained_frame import ChainedFrame, NotPlain

AGGREGATES: Final[dict[str, type[exp.AggFunc]]] = {
    "sum": exp.Sum, "mean": exp.Avg, "median": exp.Median, "min": exp.Min, "max": exp.Max, "std": exp.Stddev,
    "var": exp.Variance, "count": exp.Count,
}  # fmt: skip


@dataclass(frozen=True)
class Groups:
    """``frame.groupby(…)``, with the columns that were picked of it."""

    frame: ChainedFrame
    keys: tuple[tuple[str, exp.Expr], ...]
    picked: tuple[str, ...] = ()
    one: bool = False

    def summed_up(self, method: str, call: ast.Call) -> ChainedFrame:
        """``groups.method(…)``: an aggregate of what was picked, or ``agg`` with its own. Raises NotPlain."""
        outputs: list[tuple[str, exp.Expr]] = []
        if method == "size" and not self.picked:
            outputs = [("size", exp.Count(this=exp.Star()))]
        elif method in ("agg", "aggregate"):
            outputs = _agg(self.frame, self.picked, self.one, call)
        elif self.picked:
            only(call.keywords, numeric_only=(True, False))
            if call.args:
                raise NotPlain(method)
            outputs = [(name, aggregate(method, self.frame.column(name))) for name in self.picked]
        if not outputs:
            raise NotPlain(method)
        one = self.one or method == "size"
        return replace(self.frame, outputs=tuple(outputs), keys=self.keys, aggregated=True, one=one, touched=True)


def _agg(frame: ChainedFrame, picked: tuple[str, ...], one: bool, call: ast.Call) -> list[tuple[str, exp.Expr]]:
    outputs: list[tuple[str, exp.Expr]] = []
    match call.args, call.keywords:
        case [ast.Constant(value=str() as only_one)], []:
            outputs = [(name, aggregate(only_one, frame.column(name))) for name in picked]
        case [ast.List(elts=hows)], [] if one:
            outputs = [(text(how), aggregate(text(how), frame.column(picked[0]))) for how in hows]
        case [ast.Dict(keys=keys, values=values)], [] if not picked:
            for key, how in zip(keys, values, strict=True):
                name = text(key)
                outputs += [(name, aggregate(text(each), frame.column(name))) for each in elements(how)]
        case [], keywords if keywords and not picked:
            outputs = [(str(word.arg), _named_aggregate(frame, word.value)) for word in keywords if word.arg]
        case [], keywords if keywords and one:
            column = frame.column(picked[0])
            outputs = [(str(word.arg), aggregate(text(word.value), column)) for word in keywords if word.arg]
    return outputs


def _named_aggregate(frame: ChainedFrame, value: ast.expr) -> exp.Expr:
    match value:
        case ast.Tuple(elts=[column, how]):
            return aggregate(text(how), frame.column(text(column)))
    raise NotPlain("agg")


def aggregate(how: str, column: exp.Expr) -> exp.Expr:
    if how == "nunique":
        return exp.Count(this=exp.Distinct(expressions=[column.copy()]))
    if how == "size":
        return exp.Count(this=exp.Star())
    if how not in AGGREGATES:
        raise NotPlain(how)
    return AGGREGATES[how](this=column.copy())
