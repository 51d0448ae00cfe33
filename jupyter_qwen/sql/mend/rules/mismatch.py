"""A number compared with a text: it binds, and fails at the first row whose text is no number. Another column is meant."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from jupyter_qwen.schema.keys import Edge, edges_from

from ....schema.model import Schema, Table
from ...literals import folded
from ...scopes import ScopeView, Source, column_of
from ...tree import equal_columns, free_alias, table_as
from ..problem import Change, Problem
from .columns import point


def join_over_names(problem: Problem) -> Iterator[Change]:
    """``revenue.state_code = scores.state`` goes over the table that has both the code and the name."""
    for number, view in _views(problem):
        for join in view.select.args.get("joins") or []:
            condition = join.args.get("on")
            if not isinstance(condition, exp.EQ):
                continue
            sides = _clashing_columns(view, condition)
            if sides is None:
                continue
            (code, holder), (text, texts) = sides
            yield from _over_declared_key(problem, number, condition, (code, holder), (text, texts))
            for edge in edges_from(holder, problem.schema):
                if edge.right.reference == texts.reference:
                    continue
                if (
                    any(a.casefold() == code.name.casefold() for a, _ in edge.on)
                    and edge.right.column(text.name) is not None
                ):
                    edited = problem.edit()
                    if edited is None:
                        return
                    tree, views = edited
                    if _over(views[number], condition, code, text, edge):
                        yield Change(
                            problem.write(tree),
                            f"{code.name} is a number and {text.name} is a text; {edge.right.name} has both.",
                        )


def _over_declared_key(
    problem: Problem, number: int, condition: exp.EQ, left: tuple[exp.Column, Table], right: tuple[exp.Column, Table]
) -> Iterator[Change]:
    """The key that is declared between the two tables, in place of the columns that do not fit."""
    for edge in edges_from(left[1], problem.schema):
        if not edge.declared or edge.right.reference != right[1].reference or not left[0].table or not right[0].table:
            continue
        edited = problem.edit()
        if edited is None:
            return
        tree, views = edited
        for join in views[number].select.args.get("joins") or []:
            if join.args.get("on") == condition:
                join.set("on", equal_columns(left[0].table, right[0].table, edge.on))
                reason = f"The key between {left[1].name} and {right[1].name} is another one."
                yield Change(problem.write(tree), reason)


def value_elsewhere(problem: Problem) -> Iterator[Change]:
    """``maker = 'USA'`` where maker is a number: the one column nearby that holds this text is meant."""
    for number, view in _views(problem):
        for column in view.columns:
            parent = column.parent
            if not isinstance(parent, (exp.EQ, exp.NEQ)):
                continue
            literal = parent.right if parent.left is column else parent.left
            known = column_of(view, column)
            if (
                not isinstance(literal, exp.Literal)
                or not literal.is_string
                or known is None
                or _is_text(known[1].type)
            ):
                continue
            start = view.source(column.table) if column.table else view.holders(column.name)[0]
            found = [] if start is None else _holders(start, problem.schema, literal.this)
            if start is None or len({(path[-1].right.reference, name) for path, name, _ in found}) != 1:
                continue
            path, name, value = found[0]
            edited = problem.edit()
            if edited is None:
                return
            tree, views = edited
            inner = views[number]
            wrong = [c for c in inner.named(column.name, column.table) if isinstance(c.parent, (exp.EQ, exp.NEQ))]
            wrong = [c for c in wrong if literal in (c.parent.left, c.parent.right)]  # type: ignore[union-attr]
            alias = _join_path(inner, start, path)
            for c in wrong:
                other = c.parent.right if c.parent.left is c else c.parent.left  # type: ignore[union-attr]
                other.replace(exp.Literal.string(value))
                point(c, alias, name)
            yield Change(
                problem.write(tree), f"{column.name} is a number; {value!r} is a value of {path[-1].right.name}.{name}."
            )


def _views(problem: Problem) -> Iterator[tuple[int, ScopeView]]:
    if problem.is_about("text-beside-number"):
        yield from enumerate(problem.views)


def _is_text(type_name: str) -> bool:
    return type_name.upper().startswith(("VARCHAR", "ENUM"))


def _clashing_columns(
    view: ScopeView, condition: exp.EQ
) -> tuple[tuple[exp.Column, Table], tuple[exp.Column, Table]] | None:
    """The numeric column first, then the text column, each with its table."""
    left, right = condition.left, condition.right
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return None
    a, b = column_of(view, left), column_of(view, right)
    if a is None or b is None or not a[1].type or not b[1].type or _is_text(a[1].type) == _is_text(b[1].type):
        return None
    return ((right, b[0]), (left, a[0])) if _is_text(a[1].type) else ((left, a[0]), (right, b[0]))


def _over(view: ScopeView, condition: exp.EQ, code: exp.Column, text: exp.Column, edge: Edge) -> bool:
    """Let the code meet the table between, and the table between meet the text."""
    joins = view.select.args.get("joins") or []
    present = next((s for s in view.sources if s.table is not None and s.table.reference == edge.right.reference), None)
    for position, join in enumerate(joins):
        if join.args.get("on") != condition:
            continue
        alias = present.alias if present is not None else free_alias(edge.right.name, (s.alias for s in view.sources))
        name = edge.right.column(text.name)
        assert name is not None
        to_code = equal_columns(code.table, alias, edge.on)
        to_text = equal_columns(alias, text.table, [(name.name, text.name)])
        # The side that joins here comes after the table between.
        code_is_last = join.alias_or_name.casefold() == code.table.casefold()
        between = exp.Join(this=table_as(edge.right.reference, alias), on=to_text if code_is_last else to_code)
        join.set("on", to_code if code_is_last else to_text)
        if present is None:
            view.select.set("joins", [*joins[:position], between, *joins[position:]])
        return True
    return False


def _holders(start: Source, schema: Schema, literal: str) -> list[tuple[tuple[Edge, ...], str, str]]:
    """Columns at most two declared keys from `start` whose values hold `literal`: (path, column, the value as spelled)."""
    if start.table is None:
        return []
    found: list[tuple[tuple[Edge, ...], str, str]] = []
    first = [(edge,) for edge in edges_from(start.table, schema) if edge.declared]
    second = [(a, b) for (a,) in first for b in edges_from(a.right, schema) if b.declared]
    second = [path for path in second if path[1].right.reference != start.table.reference]
    for path in (*first, *second):
        for column in path[-1].right.columns:
            same = [value for value in column.values if folded(value) == folded(literal)]
            if len(same) == 1:
                found.append((path, column.name, same[0]))
    return found


def _join_path(view: ScopeView, start: Source, path: tuple[Edge, ...]) -> str:
    """Join the tables of `path`, using those that are there; the alias of the last."""
    assert isinstance(view.select, exp.Select)
    left = start.alias
    taken = [s.alias for s in view.sources]
    for edge in path:
        alias = free_alias(edge.right.name, taken)
        taken.append(alias)
        view.select.join(table_as(edge.right.reference, alias), on=equal_columns(left, alias, edge.on), copy=False)
        left = alias
    return left
