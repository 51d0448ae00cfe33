"""Expressions over the columns of one frame, as SQL: arithmetic, comparisons, and the plain accessors of texts and times."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

from sqlglot import exp

from jupyter_qwen.python.words.chained_frame import ChainedFrame, NotPlain

_ARITHMETIC: Final[dict[type[ast.operator], type[exp.Binary]]] = {
    ast.Add: exp.Add, ast.Sub: exp.Sub, ast.Mult: exp.Mul, ast.Div: exp.Div,
}  # fmt: skip
_COMPARISONS: Final[dict[type[ast.cmpop], type[exp.Binary]]] = {
    ast.Eq: exp.EQ, ast.NotEq: exp.NEQ, ast.Gt: exp.GT, ast.GtE: exp.GTE, ast.Lt: exp.LT, ast.LtE: exp.LTE,
}  # fmt: skip
_PARTS: Final = {"year": exp.Year, "month": exp.Month, "day": exp.Day, "quarter": exp.Quarter, "hour": exp.Hour}
_PERIODS: Final = {"D": "DAY", "W": "WEEK", "M": "MONTH", "ME": "MONTH", "MS": "MONTH", "Q": "QUARTER", "Y": "YEAR"}
Read = Callable[[ast.expr], ChainedFrame]


class Terms:
    """Reads expressions over `frame`. `read` reads what makes a frame, `name` is what the code calls the frame itself,
    `bare` that a name alone is a column, as in `query`."""

    def __init__(self, frame: ChainedFrame, names: frozenset[str], *, bare: bool = False) -> None:
        self._frame = frame
        self._names = names
        self._bare = bare

    def of(self, node: ast.expr) -> exp.Expr:
        """`node` as SQL. Raises NotPlain."""
        match node:
            case ast.Constant(value=value):
                return _constant(value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return exp.Literal.number(-number)
            case ast.UnaryOp(op=ast.Invert() | ast.Not(), operand=inner):
                return _opposite(self.of(inner))
            case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
                return exp.and_(self.of(left), self.of(right))
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return exp.or_(self.of(left), self.of(right))
            case ast.BoolOp(op=ast.And(), values=values) if self._bare:
                return exp.and_(*map(self.of, values))
            case ast.BoolOp(op=ast.Or(), values=values) if self._bare:
                return exp.or_(*map(self.of, values))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return exp.Paren(this=_ARITHMETIC[type(op)](this=self.of(left), expression=self.of(right)))
            case ast.Compare():
                return self._compared(node)
            case ast.Call(func=ast.Attribute(value=value, attr=name), args=args, keywords=keywords):
                return self._called(value, name, args, keywords)
            case ast.Attribute(value=ast.Attribute(value=value, attr="dt"), attr=part) if part in _PARTS:
                return _PARTS[part](this=self.of(value))
        return self._column(node)

    def _column(self, node: ast.expr) -> exp.Expr:
        match node:
            case ast.Name(id=name) if self._bare:
                return self._frame.column(name)
            case ast.Subscript(value=ast.Name(id=frame), slice=ast.Constant(value=str() as name)) if (
                frame in self._names
            ):
                return self._frame.column(name)
            case ast.Attribute(value=ast.Name(id=frame), attr=name) if frame in self._names:
                return self._frame.column(name)
            case ast.Name(id=frame) if frame in self._names and self._frame.one and self._frame.outputs:
                return self._frame.outputs[0][1].copy()  # a Series stands for its values
        raise NotPlain(ast.unparse(node))

    def _compared(self, node: ast.Compare) -> exp.Expr:
        sides = [node.left, *node.comparators]
        terms: list[exp.Expr] = []
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
            if isinstance(op, (ast.In, ast.NotIn)) and self._bare:
                term = _among(self.of(left), right)
                terms.append(_opposite(term) if isinstance(op, ast.NotIn) else term)
            elif type(op) in _COMPARISONS:
                terms.append(_COMPARISONS[type(op)](this=self.of(left), expression=self.of(right)))
            else:
                raise NotPlain(ast.unparse(node))
        if len(terms) > 1 and not self._bare:
            raise NotPlain("a chained comparison of Series raises")
        return exp.and_(*terms) if len(terms) > 1 else terms[0]

    def _called(self, value: ast.expr, name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> exp.Expr:
        match value, name, args:
            case ast.Name(id="pd"), "Timestamp" | "to_datetime", [ast.Constant(value=str() as text)] if not keywords:
                return exp.Literal.string(text)
            case ast.Attribute(value=inner, attr="str"), "contains" | "startswith" | "endswith", [
                ast.Constant(value=str() as text)
            ]:
                return self._text(inner, name, text, keywords)
            case ast.Attribute(value=inner, attr="str"), "lower" | "upper", []:
                return (exp.Lower if name == "lower" else exp.Upper)(this=self.of(inner))
            case ast.Attribute(value=inner, attr="dt"), "to_period", [ast.Constant(value=str() as period)] if (
                period in _PERIODS and not keywords
            ):
                return exp.TimestampTrunc(this=self.of(inner), unit=exp.Literal.string(_PERIODS[period]))
        if keywords:
            raise NotPlain(name)
        match name, args:
            case "isin", [choices]:
                return _among(self.of(value), choices)
            case "between", [low, high]:
                return exp.Between(this=self.of(value), low=self.of(low), high=self.of(high))
            case "isna" | "isnull", []:
                return exp.Is(this=self.of(value), expression=exp.Null())
            case "notna" | "notnull", []:
                return _opposite(exp.Is(this=self.of(value), expression=exp.Null()))
            case "abs", []:
                return exp.Abs(this=self.of(value))
        raise NotPlain(name)

    def _text(self, inner: ast.expr, name: str, text: str, keywords: list[ast.keyword]) -> exp.Expr:
        options = {word.arg: word.value.value for word in keywords if isinstance(word.value, ast.Constant)}
        if len(options) != len(keywords) or not options.keys() <= {"case", "na", "regex"}:
            raise NotPlain(name)
        pattern = name == "contains" and options.get("regex", True)
        if set(text) & set(r".^$*+?{}[]\|()" if pattern else "") or set(text) & set("%_"):
            raise NotPlain("a pattern")
        shape = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}[name].format(text)
        like = exp.ILike if options.get("case") is False else exp.Like
        return like(this=self.of(inner), expression=exp.Literal.string(shape))


def _constant(value: object) -> exp.Expr:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, (int, float)):
        return exp.Literal.number(value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    raise NotPlain(repr(value))


def _among(term: exp.Expr, choices: ast.expr) -> exp.Expr:
    if not isinstance(choices, (ast.List, ast.Tuple, ast.Set)) or not choices.elts:
        raise NotPlain("a list that is computed")
    values = [_constant(each.value) if isinstance(each, ast.Constant) else None for each in choices.elts]
    if not all(values):
        raise NotPlain("a list that is computed")
    return exp.In(this=term, expressions=values)


def _opposite(term: exp.Expr) -> exp.Expr:
    return (
        term.this
        if isinstance(term, exp.Not)
        else exp.Not(this=exp.paren(term) if isinstance(term, exp.Connector) else term)
    )
