"""What a chain has come to, as the parts of the one SELECT that asks for the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlglot import exp

from jupyter_qwen.schema.model import Table

Terms = tuple[exp.Expr, ...]


class NotPlain(Exception):
    """The code does what there are no words for."""


@dataclass(frozen=True)
class Joined:
    """A frame that was merged, with the pairs of columns that must be equal."""

    name: str
    table: Table
    side: str
    on: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ChainedFrame:
    """A frame that was made of the frame `name`. `outputs` are the columns shown, ``None`` for all; `keys` what it groups by.

    `made` are columns that the code computed. `one` says that it is a Series or a single value.
    """

    name: str
    table: Table
    joins: tuple[Joined, ...] = ()
    made: tuple[tuple[str, exp.Expr], ...] = ()
    where: Terms = ()
    outputs: tuple[tuple[str, exp.Expr], ...] | None = None
    keys: tuple[tuple[str, exp.Expr], ...] = ()
    aggregated: bool = False
    having: Terms = ()
    order: tuple[tuple[exp.Expr, bool], ...] = ()
    limit: int | None = None
    distinct: bool = False
    one: bool = False
    touched: bool = field(default=False, compare=False)

    def column(self, name: str) -> exp.Expr:
        """The column `name` as it can be read here. Raises NotPlain where there is none."""
        if self.outputs is not None:
            for known, node in (*self.keys, *self.outputs):
                if known == name:
                    return node.copy()
            if self.aggregated:
                raise NotPlain(name)
        for known, node in self.made:
            if known == name:
                return node.copy()
        owners = [self.name] if self._has(self.table, name) else []
        owners += [join.name for join in self.joins if self._has(join.table, name)]
        if not owners or (len(owners) > 1 and not any((name, name) in join.on for join in self.joins)):
            raise NotPlain(name)
        return exp.column(name, table=owners[0] if self.joins else None, quoted=True)

    @staticmethod
    def _has(table: Table, name: str) -> bool:
        return any(column.name == name for column in table.columns)

    def has(self, name: str) -> bool:
        """Whether there is a column `name`."""
        try:
            self.column(name)
        except NotPlain:
            return False
        return True

    def kept(self, term: exp.Expr) -> ChainedFrame:
        """The rows, or the groups, where `term` holds."""
        if self.limit is not None or self.distinct:
            raise NotPlain("a condition on what was cut")
        if self.aggregated:
            if not self.keys:
                raise NotPlain("a condition on a single value")
            return replace(self, having=(*self.having, term), touched=True)
        return replace(self, where=(*self.where, term), touched=True)

    def shown(self, names: list[str]) -> ChainedFrame:
        """Only the columns `names`."""
        found = tuple((name, self.column(name)) for name in names)
        if self.aggregated:
            keys = {name for name, _ in self.keys}
            kept = tuple(pair for pair in found if pair[0] not in keys)
            if not kept:
                raise NotPlain("nothing computed is shown")
            return replace(self, outputs=kept, touched=True)
        return replace(self, outputs=found, touched=True)

    def sorted(self, terms: list[tuple[exp.Expr, bool]]) -> ChainedFrame:
        """In the order of `terms`: expression, and whether the largest come first."""
        if self.limit is not None:
            raise NotPlain("an order after a cut")
        return replace(self, order=tuple(terms), touched=True)

    def cut(self, count: int) -> ChainedFrame:
        """The first `count` rows. Groups stand in the order of their keys unless they were sorted."""
        if self.limit is not None or (self.aggregated and not self.keys) or count < 1:
            raise NotPlain("a second cut")
        order = self.order
        if self.aggregated and not order:
            order = tuple((node.copy(), False) for _, node in self.keys)
        return replace(self, limit=count, order=order, touched=True)

    def select(self) -> exp.Select:
        """The SELECT that asks for the same; its LIMIT says in its `meta` that rows are taken as they stand."""
        outputs: list[exp.Expr] = [exp.Star()]
        if self.outputs is not None:
            shown = (*self.keys, *self.outputs) if self.aggregated else self.outputs
            outputs = [_named(name, node) for name, node in shown]
        query = exp.select(*outputs, copy=False).from_(_table(self.name))
        for join in self.joins:
            on = [
                exp.EQ(this=_quoted(left, self.name), expression=_quoted(right, join.name)) for left, right in join.on
            ]
            query = query.join(_table(join.name), on=exp.and_(*on), join_type=join.side)
        for term in self.where:
            query = query.where(term.copy())
        if self.aggregated and self.keys:
            query = query.group_by(*(node.copy() for _, node in self.keys))
        for term in self.having:
            query = query.having(term.copy())
        if self.distinct:
            query = query.distinct()
        if self.order:
            query = query.order_by(*(exp.Ordered(this=node.copy(), desc=desc) for node, desc in self.order))
        if self.limit is not None:
            query = query.limit(self.limit)
            query.args["limit"].meta["as_they_stand"] = not self.order
        return query


def _table(name: str) -> exp.Table:
    return exp.to_table(f'"{name}"', dialect="duckdb")


def _quoted(name: str, table: str) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _named(name: str, node: exp.Expr) -> exp.Expr:
    """`node` with its name; one that is called like the column that it sums has none, since nobody chose that name."""
    if any(column.name == name for column in node.find_all(exp.Column)):
        return node.copy()
    return exp.alias_(node.copy(), name, quoted=True)
