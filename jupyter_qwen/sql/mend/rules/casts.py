"""Text where DuckDB wants a number or a date: other databases convert silently, DuckDB asks for a cast.

TRY_CAST, since one value that does not convert should be NULL and not stop the query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import UnsupportedError

from jupyter_qwen.schema.formats import format_of
from jupyter_qwen.schema.model import Column, Table

from ...scopes import ScopeView, column_of
from ...tree import UNREADABLE
from ..problem import Change, Problem

_NUMBER: Final = re.compile(r"^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?(_LITERAL)?|FLOAT|DOUBLE|DECIMAL.*|BIGNUM)$")
_DATE: Final = re.compile(r"\s*\d{4}-\d{1,2}-\d{1,2}")
_MOMENTS: Final = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIME")
_MOMENT_TEXT: Final = re.compile(r"\s*(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}:\d{2})")
_NUMBER_TEXT: Final = re.compile(r"\s*[+-]?(?:\d|\.\d)[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?\s*\Z")
_MOMENT: Final = re.compile(r"^(DATE|TIME|TIMESTAMP.*|INTERVAL)$")
_DATE_FUNCTIONS_WORDS: Final = """
    year month day week quarter hour minute second dayofweek dayofyear weekday dayname monthname yearweek
    isodow date_part datepart date_trunc datetrunc strftime date_diff datediff date_sub datesub last_day epoch
    julian age century decade era
"""
_DATE_FUNCTIONS: Final = frozenset(_DATE_FUNCTIONS_WORDS.split())
_PART_FUNCTIONS: Final = frozenset(("year", "month", "day", "quarter", "week", "date_part", "datepart"))
_NUMBER_FUNCTIONS_WORDS: Final = """
    sum avg mean round abs floor ceil ceiling median stddev stddev_samp stddev_pop variance var_samp sqrt ln
    log log10 exp quantile_cont quantile corr covar_samp covar_pop regr_slope power pow mod sign
"""
_NUMBER_FUNCTIONS: Final = frozenset(_NUMBER_FUNCTIONS_WORDS.split())
_TEXT_FUNCTIONS_WORDS: Final = """
    ~~ !~~ ~~* !~~* ilike_escape like_escape substr substring upper lower length len trim ltrim rtrim replace
    left right starts_with prefix suffix contains regexp_matches split_part strip_accents instr strpos
    position reverse lpad rpad
"""
_TEXT_FUNCTIONS: Final = frozenset(_TEXT_FUNCTIONS_WORDS.split())
_OPERATORS: Final[dict[str, type[exp.Expr]]] = {
    "~~": exp.Like, "!~~": exp.Like, "~~*": exp.ILike, "!~~*": exp.ILike, "-": exp.Sub, "+": exp.Add, "*": exp.Mul,
    "/": exp.Div, "//": exp.IntDiv, "%": exp.Mod,
}  # fmt: skip


def cast_compared(problem: Problem) -> Iterator[Change]:
    """A comparison of text with a date, time or number: the text side is cast to the other side's type."""
    if not problem.is_about("comparison"):
        return
    read = _reader(problem)
    left, right = problem.names["left"].strip(), problem.names["right"].strip()
    for side, (mine, other) in (("this", (left, right)), ("expression", (right, left))):
        if mine != "VARCHAR" or other == "VARCHAR":
            continue

        def change(node: exp.Expr, side: str = side, other: str = other) -> bool:
            if isinstance(node, exp.Between):
                if side == "this":
                    node.set("this", read(node.this, other))
                else:
                    node.set("low", read(node.args["low"], other))
                    node.set("high", read(node.args["high"], other))
                return True
            if isinstance(node, exp.In):
                if side == "this":
                    node.set("this", read(node.this, other))
                    return True
                return False
            if isinstance(node, exp.Binary):
                node.set(side, read(node.args[side], other))
                return True
            return False

        yield from _rewrite(problem, change, f"Text is compared with {other}; it must be cast.")
    if left != "VARCHAR" and right != "VARCHAR":

        def as_text(node: exp.Expr) -> bool:
            if not isinstance(node, exp.Binary):
                return False
            node.set("this", exp.cast(node.left.copy(), "VARCHAR"))
            node.set("expression", exp.cast(node.right.copy(), "VARCHAR"))
            return True

        yield from _rewrite(problem, as_text, f"{left} and {right} can only be compared as text.")


def cast_arguments(problem: Problem) -> Iterator[Change]:
    """``avg(text)``, ``year(text)``, ``text - 1``, ``number LIKE``: the arguments get the types that the function takes."""
    if not problem.is_about("arguments") and "Could not choose a best candidate" not in problem.error.message:
        return
    name, types = _signature(problem)
    if name is None:
        return
    if name in _PART_FUNCTIONS and any(_NUMBER.match(t) for t in types[-1:]):
        yield from _rewrite(problem, lambda node: _number_is_the_part(node, name), f"The number is the {name} already.")
    wanted = _wanted_types(name, types)
    read = _reader(problem)
    if wanted:

        def change(node: exp.Expr) -> bool:
            arguments = _arguments(node)
            if len(arguments) != len(types):
                return False
            for argument, kind in zip(arguments, wanted, strict=True):
                if kind is not None:
                    if kind == "INTERVAL" and isinstance(argument, exp.Literal) and _DATE.match(argument.this):
                        kind = "TIMESTAMP"
                    argument.replace(exp.cast(argument.copy(), kind) if kind == "VARCHAR" else read(argument, kind))
            return True

        into = ", ".join(dict.fromkeys(kind for kind in wanted if kind))
        yield from _rewrite(
            problem,
            change,
            f"{name} takes no {', '.join(t for t, k in zip(types, wanted, strict=True) if k)}; cast to {into}.",
        )


def _signature(problem: Problem) -> tuple[str | None, list[str]]:
    match = re.search(
        r"(?:argument types '|function call \")(.+?)\((.*?)\)(?:'\. |\"\. )", problem.error.message, re.DOTALL
    )
    if match is None:
        return None, []
    return match[1].strip('"').lower(), re.split(r",\s*(?![^(]*\))", match[2]) if match[2] else []


def _wanted_types(name: str, types: list[str]) -> list[str | None]:
    """The type to cast each argument to, None to leave it; empty when nothing is known to help."""
    text = [t in ("VARCHAR", "STRING_LITERAL") for t in types]
    wanted: list[str | None] = [None] * len(types)
    if name in _DATE_FUNCTIONS:
        first = 1 if len(types) > 1 and name not in ("strftime", "age") else 0
        for i, t in enumerate(types):
            column = t == "VARCHAR" and (i >= first or name == "strftime")
            literal = t == "STRING_LITERAL" and i >= 1 and name in ("datediff", "date_diff", "date_sub")
            if column or literal:
                wanted[i] = "TIMESTAMP"
    elif name in ("+", "-", "*", "/", "//", "%"):
        for i, t in enumerate(types):
            others = [o for j, o in enumerate(types) if j != i]
            if t == "VARCHAR" or (t == "STRING_LITERAL" and any(_MOMENT.match(o) for o in others)):
                moment = next((o for o in others if _MOMENT.match(o)), None)
                if moment is not None:
                    wanted[i] = (
                        "INTERVAL"
                        if t == "STRING_LITERAL" and moment != "DATE"
                        else ("TIMESTAMP" if moment == "INTERVAL" else moment)
                    )
                else:
                    wanted[i] = "DOUBLE"
            elif t == "BOOLEAN":
                wanted[i] = "INTEGER"
    elif name in _NUMBER_FUNCTIONS:
        wanted = [
            ("DOUBLE" if is_text else "INTEGER" if t == "BOOLEAN" else None)
            for is_text, t in zip(text, types, strict=True)
        ]
    elif name in _TEXT_FUNCTIONS:
        wanted = ["VARCHAR" if i == 0 and not text[0] else None for i in range(len(types))]
    return wanted if any(wanted) else []


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Paren):
        return _arguments(node.this)
    if isinstance(node, exp.Binary):
        return [node.left, node.right]
    if isinstance(node, exp.Extract):
        return [node.this, node.expression]
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    found = [value for value in node.args.values() if isinstance(value, exp.Expression)]
    return found + [item for value in node.args.values() if isinstance(value, list) for item in value]


def _number_is_the_part(node: exp.Expr, name: str) -> bool:
    argument = _arguments(node)[-1:] if _arguments(node) else []
    if not argument:
        return False
    if name not in ("date_part", "datepart") or "year" in node.sql(dialect="duckdb").lower():
        node.replace(argument[0].copy())
        return True
    return False


def _reader(problem: Problem) -> Callable[[exp.Expr, str], exp.Expr]:
    """What reads an expression as another type: the format of the column's own values where one is known, else TRY_CAST.

    Raises UnsupportedError where no value at hand would survive the cast: all NULL is no repair.
    """

    def read(node: exp.Expr, kind: str) -> exp.Expr:
        found = next((known for view in problem.views if (known := _known(view, node)) is not None), None)
        form = format_of(*found) if found is not None else None
        if form is not None and (form.type in _MOMENTS) == (kind in _MOMENTS):
            return sqlglot.parse_one(form.of(node.sql(dialect="duckdb")), read="duckdb")
        if found is not None and not _some_survive(*found, kind):
            raise UnsupportedError(f"no value of {found[1].name} is a {kind}")
        return exp.TryCast(this=node.copy(), to=exp.DataType.build(kind, dialect="duckdb"))

    return read


def _known(view: ScopeView, node: exp.Expr) -> tuple[Table, Column] | None:
    return column_of(view, node) if isinstance(node, exp.Column) else None


def _some_survive(table: Table, column: Column, kind: str) -> bool:
    """Whether some value at hand can be cast to `kind`; true where none is at hand."""
    position = table.columns.index(column)
    values = [*column.values, *(str(row[position]) for row in table.rows if row[position] is not None)]
    if column.type.upper() != "VARCHAR" or not values or kind not in (*_MOMENTS, "DOUBLE", "INTEGER", "BIGINT"):
        return True
    pattern = _MOMENT_TEXT if kind in _MOMENTS else _NUMBER_TEXT
    return any(pattern.match(value) for value in values)


def _rewrite(problem: Problem, change: Callable[[exp.Expr], bool], reason: str) -> Iterator[Change]:
    """Apply `change` to the expression that DuckDB marked, and put its text back; the rest of the query is not touched."""
    start, end = problem.error.start, problem.error.end
    if start is None or end is None:
        return
    kind = _OPERATORS.get(problem.names.get("name", "")) or _OPERATORS.get(_signature(problem)[0] or "")
    if kind is not None:
        yield from _rewrite_operators(problem, kind, change, reason)
        return
    for stop in dict.fromkeys((end, _end_of_expression(problem.sql, start, end))):
        try:
            holder = sqlglot.parse_one(f"SELECT {problem.sql[start:stop]}", read="duckdb")
        except UNREADABLE:
            continue
        if len(holder.expressions) == 1 and change(holder.expressions[0]):
            text = holder.expressions[0].sql(dialect="duckdb")
            yield Change(problem.sql[:start] + text + problem.sql[stop:], reason)
            return


def _rewrite_operators(
    problem: Problem, kind: type[exp.Expr], change: Callable[[exp.Expr], bool], reason: str
) -> Iterator[Change]:
    """DuckDB marks an operator's sign alone, so each operator of this kind is tried; the binder knows which one it was."""
    tree = problem.tree()
    for number in range(len(list(tree.find_all(kind))) if tree is not None else 0):
        copy = problem.tree()
        if copy is not None and change(list(copy.find_all(kind))[number]):
            yield Change(problem.write(copy), reason)


def _end_of_expression(sql: str, start: int, end: int) -> int:
    """Where the parenthesis that opens in ``sql[start:end]`` closes, when DuckDB marked only the beginning of a call."""
    depth = 0
    for i in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[i], 0)
        if sql[i] == ")" and depth <= 0 and i + 1 >= end:
            return i + 1 if depth == 0 else i
    return end
