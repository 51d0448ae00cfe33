"""A chain of pandas, method after method, as a frame of `chained_frame`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlglot import exp

from jupyter_qwen.python.words.arguments import elements, names_in, only, text
from jupyter_qwen.python.words.chained_frame import ChainedFrame, Joined, NotPlain
from jupyter_qwen.python.words.groups import AGGREGATES, Groups, aggregate
from jupyter_qwen.python.words.terms import Terms

_CHANGES_NOTHING: Final = frozenset({"copy", "round"})
_JOINS: Final = {"inner": "", "left": "LEFT", "right": "RIGHT", "outer": "FULL"}


class Chains:
    """Reads expressions that make frames. `known` are the names that the cell may use."""

    def __init__(self, known: Mapping[str, ChainedFrame]) -> None:
        self._known = known

    def frame(self, node: ast.expr) -> ChainedFrame:
        """What `node` comes to. Raises NotPlain for what is no plain chain over a known frame."""
        match node:
            case ast.Name(id=name) if name in self._known:
                return self._known[name]
            case ast.Subscript(value=ast.Attribute(value=inner, attr="loc"), slice=wanted):
                return self._located(inner, wanted)
            case ast.Subscript(value=ast.Attribute(value=inner, attr="shape"), slice=ast.Constant(value=0)):
                return _rows_of(self.frame(inner))
            case ast.Subscript(value=inner, slice=wanted):
                return self._taken(inner, wanted)
            case ast.Call(func=ast.Name(id="len"), args=[inner], keywords=[]):
                return _rows_of(self.frame(inner))
            case ast.Call(func=ast.Attribute(value=ast.Name(id="pd"), attr="merge"), args=[left, right]):
                return self._merged(left, right, node.keywords)
            case ast.Call(func=ast.Attribute(value=inner, attr=method)):
                groups = self._groups(inner)
                if groups is not None:
                    return groups.summed_up(method, node)
                return self._method(inner, method, node)
            case ast.Attribute(value=inner, attr=name):
                return _series(self.frame(inner), name)
        made = self._computed(node)
        if made is None:
            raise NotPlain(ast.unparse(node))
        return made

    def terms(self, frame: ChainedFrame, *names: str) -> Terms:
        """What reads expressions over `frame`, which the code calls by `names` or by what it was made of."""
        called = {name for name, known in self._known.items() if known is frame or known == frame}
        return Terms(frame, frozenset({*names, *called}))

    def _computed(self, node: ast.expr) -> ChainedFrame | None:
        """A Series computed of the columns of one frame, such as ``df["a"] * df["b"]``."""
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and each.id in self._known}
        if len(names) != 1 or not isinstance(node, ast.BinOp):
            return None
        frame = self._known[names.pop()]
        return replace(frame, outputs=(("value", self.terms(frame).of(node)),), one=True, touched=True)

    def _located(self, inner: ast.expr, wanted: ast.expr) -> ChainedFrame:
        if not isinstance(wanted, ast.Tuple) or len(wanted.elts) != 2:
            return self._taken(inner, wanted)
        rows, columns = wanted.elts
        frame = self.frame(inner)
        if not (isinstance(rows, ast.Slice) and rows.lower is None and rows.upper is None):
            frame = self._where(inner, frame, rows)
        return _columns(frame, columns)

    def _taken(self, inner: ast.expr, wanted: ast.expr) -> ChainedFrame:
        frame = self.frame(inner)
        if isinstance(wanted, (ast.Constant, ast.List)):
            return _columns(frame, wanted)
        return self._where(inner, frame, wanted)

    def _where(self, inner: ast.expr, frame: ChainedFrame, condition: ast.expr) -> ChainedFrame:
        names = (inner.id,) if isinstance(inner, ast.Name) else ()
        if isinstance(condition, ast.Lambda):
            names = (*names, *(arg.arg for arg in condition.args.args))
            condition = condition.body
        if isinstance(condition, ast.Name):
            raise NotPlain("a mask with a name of its own")
        return frame.kept(self.terms(frame, *names).of(condition))

    def _groups(self, node: ast.expr) -> Groups | None:
        match node:
            case ast.Subscript(value=inner, slice=wanted):
                groups = self._groups(inner)
                if groups is None:
                    return None
                return replace(groups, picked=tuple(names_in(wanted)), one=isinstance(wanted, ast.Constant))
            case ast.Attribute(value=ast.Call() as inner, attr=name):
                groups = self._groups(inner)
                return replace(groups, picked=(name,), one=True) if groups is not None else None
            case ast.Call(func=ast.Attribute(value=inner, attr="groupby"), args=[by], keywords=keywords):
                only(keywords, as_index=(True, False), dropna=(True,), sort=(True,), observed=(True, False))
                frame = self.frame(inner)
                if frame.limit is not None or frame.aggregated or frame.distinct or frame.one:
                    raise NotPlain("groups of what was cut")
                keys = tuple(self._key(frame, inner, each) for each in elements(by))
                if any(_may_lack(frame, term) for _, term in keys):
                    raise NotPlain("groupby leaves out what has no key")
                return Groups(frame, keys)
        return None

    def _key(self, frame: ChainedFrame, inner: ast.expr, by: ast.expr) -> tuple[str, exp.Expr]:
        if isinstance(by, ast.Constant) and isinstance(by.value, str):
            return by.value, frame.column(by.value)
        names = (inner.id,) if isinstance(inner, ast.Name) else ()
        term = self.terms(frame, *names).of(by)
        return next((column.name for column in term.find_all(exp.Column)), "key"), term

    def _method(self, inner: ast.expr, method: str, call: ast.Call) -> ChainedFrame:
        frame, args, words = self.frame(inner), call.args, call.keywords
        match method, args:
            case "head", [] if not words:
                return frame.cut(5)
            case "head", [ast.Constant(value=int() as count)] if not words:
                return frame.cut(count)
            case "query", [ast.Constant(value=str() as asked)] if not words and not frame.one:
                return frame.kept(Terms(frame, frozenset(), bare=True).of(_expression(asked)))
            case "sort_values", _:
                return self._sorted(frame, args, words)
            case (("nlargest" | "nsmallest"), [ast.Constant(value=int() as count), *by]) if not words:
                names = names_in(by[0]) if by else [name for name, _ in frame.outputs or ()] if frame.one else []
                if not names:
                    raise NotPlain(method)
                return frame.sorted([(frame.column(name), method == "nlargest") for name in names]).cut(count)
            case "value_counts", [] if frame.one and frame.outputs and not words and not frame.aggregated:
                rows = exp.Count(this=exp.Star())
                counted = replace(frame, keys=frame.outputs, outputs=(("count", rows),), aggregated=True, touched=True)
                return counted.sorted([(rows, True)])
            case (("unique" | "drop_duplicates"), []) if not words and not frame.aggregated and frame.limit is None:
                return replace(frame, distinct=True, touched=True)
            case "nunique", [] if frame.one and frame.outputs and not words and not frame.aggregated:
                return _single(frame, exp.Count(this=exp.Distinct(expressions=[frame.outputs[0][1].copy()])))
            case "merge", [right]:
                return self._merged(inner, right, words)
            case "assign", []:
                return self._assigned(frame, inner, words)
            case "dropna", []:
                only(words, subset=None)
                if len(words) != 1:
                    raise NotPlain(method)
                for name in names_in(words[0].value):
                    frame = frame.kept(exp.Not(this=exp.Is(this=frame.column(name), expression=exp.Null())))
                return frame
        if method in AGGREGATES and not args and not frame.aggregated:
            only(words, numeric_only=(True, False))
            return _totals(frame, method)
        if method in _CHANGES_NOTHING:
            return frame
        if method in ("reset_index", "to_frame", "rename"):
            return _renamed(frame, method, args, words)
        raise NotPlain(method)

    def _sorted(self, frame: ChainedFrame, args: list[ast.expr], words: list[ast.keyword]) -> ChainedFrame:
        given = {word.arg: word.value for word in words}
        by = args[0] if args else given.pop("by", None)
        ascending = given.pop("ascending", None)
        if given.keys() - {"ignore_index", "na_position"} or len(args) > 1:
            raise NotPlain("sort_values")
        if by is not None:
            names = names_in(by)
        elif frame.one and frame.outputs:
            names = [frame.outputs[0][0]]
        else:
            raise NotPlain("sort_values")
        ups = [each.value for each in elements(ascending) if isinstance(each, ast.Constant)] if ascending else [True]
        if len(ups) == 1:
            ups *= len(names)
        if len(ups) != len(names) or not all(isinstance(up, bool) for up in ups):
            raise NotPlain("sort_values")
        return frame.sorted([(frame.column(name), not up) for name, up in zip(names, ups, strict=True)])

    def _merged(self, left: ast.expr, right: ast.expr, words: list[ast.keyword]) -> ChainedFrame:
        frame, other = self.frame(left), self.frame(right)
        given = {str(word.arg): word.value for word in words}
        how = text(given.pop("how", ast.Constant("inner")))
        plain = frame.outputs is None and not (
            frame.made or frame.order or frame.where or frame.limit or frame.distinct
        )
        if other.touched or other.made or not plain or how not in _JOINS or other.name == frame.name:
            raise NotPlain("merge")
        if given.keys() == {"on"}:
            pairs = [(name, name) for name in names_in(given["on"])]
        elif given.keys() == {"left_on", "right_on"}:
            pairs = list(zip(names_in(given["left_on"]), names_in(given["right_on"]), strict=True))
        else:
            raise NotPlain("merge")
        if not pairs or not all(frame.has(a) and other.has(b) for a, b in pairs):
            raise NotPlain("merge")
        joined = Joined(other.name, other.table, _JOINS[how], tuple(pairs))
        return replace(frame, joins=(*frame.joins, joined), touched=True)

    def _assigned(self, frame: ChainedFrame, inner: ast.expr, words: list[ast.keyword]) -> ChainedFrame:
        if frame.outputs is not None or not words:
            raise NotPlain("assign")
        for word in words:
            names = (inner.id,) if isinstance(inner, ast.Name) else ()
            value = word.value
            if isinstance(value, ast.Lambda):
                names, value = (*names, *(arg.arg for arg in value.args.args)), value.body
            term = self.terms(frame, *names).of(value)
            frame = replace(frame, made=(*frame.made, (str(word.arg), term)), touched=True)
        return frame


def _may_lack(frame: ChainedFrame, term: exp.Expr) -> bool:
    """Whether an outer merge may leave `term` empty."""
    sides = {join.side for join in frame.joins}
    own = all(column.table == frame.name for column in term.find_all(exp.Column))
    return bool(sides - {""}) and not (own and sides <= {"", "LEFT"})


def _renamed(frame: ChainedFrame, method: str, args: list[ast.expr], words: list[ast.keyword]) -> ChainedFrame:
    """A Series under another name, or with its keys as columns. Raises NotPlain where columns change their names."""
    names = [*args, *(word.value for word in words if word.arg == "name")]
    if any(word.arg != "name" for word in words) or len(names) > 1 or (method == "reset_index" and args):
        raise NotPlain(method)
    if names and not (frame.one and frame.outputs):
        raise NotPlain(method)
    if names and frame.outputs:
        frame = replace(frame, outputs=((text(names[0]), frame.outputs[0][1]),))
    return frame if method == "rename" else replace(frame, one=False)


def _columns(frame: ChainedFrame, wanted: ast.expr) -> ChainedFrame:
    if isinstance(wanted, ast.Constant):
        return _series(frame, text(wanted))
    return frame.shown(names_in(wanted))


def _series(frame: ChainedFrame, name: str) -> ChainedFrame:
    return replace(frame.shown([name]), one=True)


def _rows_of(frame: ChainedFrame) -> ChainedFrame:
    if frame.aggregated or frame.limit is not None or frame.distinct:
        raise NotPlain("the length of what was computed")
    return _single(frame, exp.Count(this=exp.Star()))


def _single(frame: ChainedFrame, term: exp.Expr) -> ChainedFrame:
    if frame.limit is not None or frame.distinct:
        raise NotPlain("a figure of what was cut")
    return replace(frame, outputs=(("value", term),), keys=(), order=(), aggregated=True, one=True, touched=True)


def _totals(frame: ChainedFrame, method: str) -> ChainedFrame:
    if frame.outputs is None or frame.limit is not None or frame.distinct:
        raise NotPlain("every column, whatever it holds")
    outputs = tuple((name, aggregate(method, node.copy())) for name, node in frame.outputs)
    return replace(frame, outputs=outputs, order=(), aggregated=True, touched=True)


def _expression(asked: str) -> ast.expr:
    try:
        return ast.parse(asked.strip(), mode="eval").body
    except SyntaxError as error:
        raise NotPlain(asked) from error
