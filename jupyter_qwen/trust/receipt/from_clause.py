"""What stands in FROM: the sources of a SELECT and how they are joined."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from jupyter_qwen.schema.quoting import quote_identifier

from .nodes import conjuncts, sql_of

ROW = "qwen_row_"


class Unusual(Exception):
    """A SELECT that is built in a way that is not taken apart here."""


@dataclass(frozen=True)
class JoinedSource:
    """One thing in FROM. `number` counts from 1 in the order of the query; `table` is its name when it is no subquery."""

    alias: str
    node: exp.Expr
    number: int
    table: str = ""

    @property
    def plain(self) -> str:
        return sql_of(self.node)

    @property
    def row(self) -> str:
        """The name of the column that numbers its rows, in `numbered`."""
        return f"{ROW}{self.number}"

    @property
    def numbered(self) -> str:
        inner = self.node.copy()
        if isinstance(inner, exp.Table):
            inner.set("alias", None)
            body = f"SELECT *, row_number() OVER () AS {self.row} FROM {sql_of(inner)}"
        else:
            body = f"SELECT *, row_number() OVER () AS {self.row} FROM {sql_of(inner)}"
        return f"({body}) AS {quote_identifier(self.alias)}"


@dataclass(frozen=True)
class JoinStep:
    """One JOIN: `kind` is inner, left, right, full, cross, semi or anti; `pairs` are its equalities, the left side first."""

    source: JoinedSource
    kind: str
    text: str
    condition: exp.Expr | None
    using: tuple[str, ...] = ()
    pairs: tuple[tuple[exp.Column, exp.Column], ...] = ()

    def written(self, source: str) -> str:
        words = {"comma": "CROSS", "cross": "CROSS"}.get(self.kind, self.kind.upper())
        if self.using:
            tail = f" USING ({', '.join(map(quote_identifier, self.using))})"
        else:
            tail = f" ON {sql_of(self.condition)}" if self.condition is not None else ""
        if words == "CROSS" and tail:
            words = "INNER"
        return f"{words} JOIN {source}{tail}"


def sources_and_joins(select: exp.Select) -> tuple[list[JoinedSource], list[JoinStep]]:
    start = select.args.get("from_")
    if start is None or select.args.get("laterals"):
        raise Unusual
    sources = [_source(start.this, 1)]
    steps = []
    where = select.args["where"].this if select.args.get("where") else None
    for join in select.args.get("joins") or []:
        if join.args.get("method") or join.args.get("match_condition") or join.args.get("global"):
            raise Unusual  # ASOF, NATURAL, POSITIONAL
        source = _source(join.this, len(sources) + 1)
        kind = _kind(join)
        condition = join.args.get("on")
        using = tuple(item.name for item in join.args.get("using") or [])
        if kind == "comma" and where is not None:
            before = {item.alias.casefold() for item in sources}
            equal = [c for c in conjuncts(where) if _pair(c, before, source) is not None]
            condition = exp.and_(*(item.copy() for item in equal)) if equal else None
        before = {item.alias.casefold() for item in sources}
        pairs = [_pair(item, before, source) for item in conjuncts(condition)] if condition is not None else []
        if using:
            pairs = (
                [
                    (
                        exp.column(name, table=sources[0].alias, quoted=True),
                        exp.column(name, table=source.alias, quoted=True),
                    )
                    for name in using
                ]
                if len(sources) == 1
                else []
            )
        sources.append(source)
        steps.append(
            JoinStep(
                source, kind, _said(join, source), condition, using, tuple(pair for pair in pairs if pair is not None)
            )
        )
    if len({source.alias.casefold() for source in sources}) < len(sources):
        raise Unusual
    return sources, steps


def _said(join: exp.Expr, source: JoinedSource) -> str:
    name = source.table or source.alias
    on = join.args.get("on")
    kind = " ".join(
        word for word in (str(join.args.get("side") or ""), str(join.args.get("kind") or "")) if word
    ).lower()
    words = f"{kind} join" if kind else "join"
    return f"{words} {name}" + (f" on {sql_of(on)}" if on is not None else "")


def _kind(join: exp.Expr) -> str:
    side, kind = str(join.args.get("side") or "").lower(), str(join.args.get("kind") or "").lower()
    if kind in ("semi", "anti", "cross"):
        return kind
    if side in ("left", "right", "full"):
        return side
    return "inner" if join.args.get("on") is not None or join.args.get("using") or kind == "inner" else "comma"


def _source(node: exp.Expr, number: int) -> JoinedSource:
    alias = node.args.get("alias")
    if any(node.args.get(name) for name in ("pivots", "sample", "joins")) or (
        alias is not None and alias.args.get("columns")
    ):
        raise Unusual
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        return JoinedSource(node.alias_or_name, node, number, node.name)
    if isinstance(node, exp.Subquery) and node.alias and isinstance(node.this, (exp.Select, exp.SetOperation)):
        return JoinedSource(node.alias, node, number)
    raise Unusual


def _pair(node: exp.Expr | None, before: set[str], source: JoinedSource) -> tuple[exp.Column, exp.Column] | None:
    if not isinstance(node, exp.EQ) or not isinstance(node.left, exp.Column) or not isinstance(node.right, exp.Column):
        return None
    for left, right in ((node.left, node.right), (node.right, node.left)):
        if right.table.casefold() == source.alias.casefold() and left.table.casefold() in before:
            return left, right
    return None
