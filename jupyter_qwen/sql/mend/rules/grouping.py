"""Columns beside aggregates: what SQLite and MySQL allow and DuckDB refuses."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ..problem import Change, Problem


def bare_columns(problem: Problem) -> Iterator[Change]:
    """A bare column beside one min or max is the row that has it; else one of the group's values, or a new group key.

    SQLite documents the first: https://sqlite.org/lang_select.html#bareagg
    """
    if not problem.is_about("grouping"):
        return
    name = problem.names["name"].rsplit(".", 1)[-1].strip('"')
    for number, view in enumerate(problem.views):
        select = view.select
        columns = [c for c in view.named(name) if _bare(c, select) or _window_of(c)]
        if not columns or not isinstance(select, exp.Select):
            continue
        having = select.args.get("having")
        if having is not None and select.args.get("group") is None and not any(a for a in having.find_all(exp.AggFunc)):
            yield from _having_to_where(problem, number)
            continue
        if any(_window_of(c) for c in columns):
            yield from _window_over_groups(problem, number, name)
        if select.args.get("group") is None:
            yield from _without_group(problem, number, name)
        else:
            yield from _with_group(problem, number, name)


def aggregate_as_key(problem: Problem) -> Iterator[Change]:
    """``SELECT a, sum(x) AS s … GROUP BY a, s``: an aggregate is no group key, nor is its alias or its position."""
    if "GROUP BY clause cannot contain aggregates" not in problem.error.message:
        return
    edited = problem.edit()
    if edited is None:
        return
    tree, views = edited
    changed = False
    for view in views:
        group, outputs = view.select.args.get("group"), view.select.expressions
        if group is None or group.args.get("all"):
            continue
        aliases = {item.alias.casefold() for item in outputs if item.alias and item.find(exp.AggFunc)}
        positions = {str(place) for place, item in enumerate(outputs, 1) if item.find(exp.AggFunc)}
        keys = [
            key
            for key in group.expressions
            if key.find(exp.AggFunc) is None
            and not (isinstance(key, exp.Column) and not key.table and key.name.casefold() in aliases)
            and not (isinstance(key, exp.Literal) and key.name in positions)
        ]
        if len(keys) < len(group.expressions):
            bare = any(item.find(exp.AggFunc) is None and not isinstance(item, exp.Literal) for item in outputs)
            view.select.set("group", exp.Group(expressions=keys) if keys else exp.Group(all=True) if bare else None)
            changed = True
    if changed:
        yield Change(problem.write(tree), "An aggregate is no group key: groups come first, aggregates of them after.")


def _without_group(problem: Problem, number: int, name: str) -> Iterator[Change]:
    edited = problem.edit()
    if edited is None:
        return
    tree, views = edited
    select = views[number].select
    if all(c.find_ancestor(exp.Order, exp.Select) is not select for c in views[number].named(name) if _bare(c, select)):
        select.set("order", None)
        yield Change(problem.write(tree), "The aggregate gives a single row, which needs no order.")
        return
    extreme = _only_extreme(select)
    if extreme is not None:
        for column in [c for c in views[number].named(name) if _bare(c, select)]:
            _replace(column, _arg(extreme, column))
        yield Change(problem.write(tree), f"{name} of the row with the {_word(extreme)} is meant.")
    edited = problem.edit()
    if edited is None:
        return
    tree, views = edited
    views[number].select.set("group", exp.Group(all=True))
    yield Change(problem.write(tree), f"{name} stands beside an aggregate, so it is a group key.")


def _with_group(problem: Problem, number: int, name: str) -> Iterator[Change]:
    edited = problem.edit()
    if edited is None:
        return
    tree, views = edited
    select = views[number].select
    extreme = _only_extreme(select)
    bare = [c for c in views[number].named(name) if _bare(c, select)]
    if extreme is None and (shown := _shown_beside_its_aggregate(bare, select)):
        for column in shown:
            column.pop()
        yield Change(problem.write(tree), f"{name} is aggregated already, and not one value for each group.")
        return
    for column in bare:
        _replace(column, _arg(extreme, column) if extreme is not None else exp.AnyValue(this=column.copy()))
    yield Change(problem.write(tree), f"{name} is not a group key; one value of each group is taken.")
    edited = problem.edit()
    if edited is None:
        return
    tree, views = edited
    found = next((c for c in views[number].named(name) if _bare(c, views[number].select)), None)
    if found is not None:
        views[number].select.args["group"].append("expressions", found.copy())
        yield Change(problem.write(tree), f"{name} must be a group key.")


def _shown_beside_its_aggregate(bare: list[exp.Column], select: exp.Expr) -> list[exp.Column]:
    """`bare` when all of them only stand as outputs of `select`, and another output aggregates the same column."""
    if not bare or any(column.parent is not select for column in bare) or len(bare) == len(select.expressions):
        return []
    aggregates = [a for item in select.expressions for a in item.find_all(exp.AggFunc)]
    names = {column.name.casefold() for aggregate in aggregates for column in aggregate.find_all(exp.Column)}
    return bare if all(column.name.casefold() in names for column in bare) else []


def _window_over_groups(problem: Problem, number: int, name: str) -> Iterator[Change]:
    """``sum(x) OVER`` beside GROUP BY is a window over the group's own sum."""
    edited = problem.edit()
    if edited is None:
        return
    tree, views = edited
    for column in list(views[number].named(name)):
        window = _window_of(column)
        if window is not None and not any(True for _ in window.this.this.find_all(exp.AggFunc)):
            window.this.set("this", window.this.copy())
    yield Change(problem.write(tree), "The window runs over the groups, so it needs the aggregate of each group.")


def _window_of(column: exp.Column) -> exp.Window | None:
    """The window whose summed or counted argument `column` stands in."""
    function = column.find_ancestor(exp.AggFunc)
    window = function.parent if function is not None else None
    return window if isinstance(window, exp.Window) and window.this is function else None


def _having_to_where(problem: Problem, number: int) -> Iterator[Change]:
    edited = problem.edit()
    if edited is None:
        return
    tree, views = edited
    select = views[number].select
    having = select.args["having"]
    select.set("having", None)
    if isinstance(select, exp.Select):
        select.where(having.this, copy=False)
        yield Change(problem.write(tree), "HAVING without groups is a WHERE.")


def _bare(column: exp.Column, select: exp.Expr) -> bool:
    """Whether `column` stands in `select` outside aggregates, conditions on rows, joins and the group keys."""
    node: exp.Expr | None = column.parent
    while node is not None and node is not select:
        if isinstance(node, (exp.AggFunc, exp.Where, exp.Join, exp.Group, exp.From)):
            return False
        if isinstance(node, (exp.Subquery, exp.Select)):
            return False
        node = node.parent
    return node is select


def _only_extreme(select: exp.Expr) -> exp.Min | exp.Max | None:
    aggregates = [a for item in select.expressions for a in item.find_all(exp.AggFunc)]
    if len(aggregates) == 1 and isinstance(aggregates[0], (exp.Min, exp.Max)):
        return aggregates[0]
    return None


def _arg(extreme: exp.Min | exp.Max, column: exp.Column) -> exp.Expr:
    kind = exp.ArgMax if isinstance(extreme, exp.Max) else exp.ArgMin
    return kind(this=column.copy(), expression=extreme.this.copy())


def _replace(column: exp.Column, value: exp.Expr) -> None:
    """Put `value` in place of `column`, which keeps its name as an output."""
    if isinstance(column.parent, exp.Select):
        column.replace(exp.alias_(value, column.name, quoted=bool(column.this.args.get("quoted"))))
    else:
        column.replace(value)


def _word(extreme: exp.Min | exp.Max) -> str:
    return "largest value" if isinstance(extreme, exp.Max) else "smallest value"
