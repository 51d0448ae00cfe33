"""Steps that are none: a CTE or subquery that its only reader passes on is put into that reader.

Only where the joined query means the same: a filter on groups becomes HAVING, one on places QUALIFY.
"""

from __future__ import annotations

from sqlglot import exp

from jupyter_qwen.sql.words.windows import RANKS


def inlined(tree: exp.Expr) -> exp.Expr:
    """A copy of `tree` with such steps inside their readers."""
    tree = tree.copy()
    for select in list(tree.find_all(exp.Select))[::-1]:
        _take_in_ctes(select)
        _merge_down(select)
    return tree


def with_of(node: exp.Expr) -> exp.With | None:
    found = node.args.get("with_") or node.args.get("with")
    return found if isinstance(found, exp.With) else None


def from_of(node: exp.Expr) -> exp.Expr | None:
    """What stands in FROM."""
    found = node.args.get("from_") or node.args.get("from")
    return found.this if isinstance(found, exp.From) and isinstance(found.this, exp.Expr) else None


def _take_in_ctes(select: exp.Select) -> None:
    clause = with_of(select)
    if clause is None or clause.args.get("recursive"):
        return
    for cte in list(clause.expressions)[::-1]:
        name = cte.alias.casefold()
        readers = [t for t in select.find_all(exp.Table) if t.name.casefold() == name and not t.db]
        if len(readers) != 1 or cte.args["alias"].args.get("columns") or not isinstance(cte.this, exp.Select):
            continue
        reader = readers[0].find_ancestor(exp.Select)
        if (
            reader is None
            or not _alone(reader)
            or from_of(reader) is not readers[0]
            or not _mergeable(reader, cte.this)
        ):
            continue
        alias = readers[0].alias or readers[0].name
        readers[0].replace(exp.Subquery(this=cte.this.copy(), alias=exp.TableAlias(this=exp.to_identifier(alias))))
        cte.pop()
        _merge_down(reader)
    if not clause.expressions:
        clause.pop()


def _merge_down(select: exp.Select) -> None:
    while True:
        source = from_of(select)
        if not isinstance(source, exp.Subquery) or not isinstance(source.this, exp.Select) or not _alone(select):
            return
        inner = source.this
        if source.args.get("pivots") or source.args.get("sample") or with_of(inner) is not None:
            return
        named = source.args.get("alias")
        if (isinstance(named, exp.TableAlias) and named.args.get("columns")) or not _mergeable(select, inner):
            return
        if not _merge(select, inner, source.alias.casefold()):
            return


def _alone(select: exp.Select) -> bool:
    return not select.args.get("joins") and not select.args.get("laterals")


def grouped(select: exp.Select) -> bool:
    if select.args.get("group") is not None or select.args.get("having") is not None:
        return True
    return any(has_aggregate(item) for item in select.expressions)


def has_aggregate(node: exp.Expr) -> bool:
    """Whether `node` aggregates the rows of its own SELECT: not a window's function, and not inside a subquery."""
    for each in node.find_all(exp.AggFunc):
        if each.find_ancestor(exp.Select) is not node.find_ancestor(exp.Select):
            continue
        around = each.parent
        if isinstance(around, exp.Filter):
            around = around.parent
        if isinstance(around, exp.Window) and around.this in (each, each.parent):
            continue
        return True
    return False


def _mergeable(outer: exp.Select, inner: exp.Select) -> bool:
    if any(inner.args.get(key) is not None for key in ("distinct", "limit", "offset", "sample")):
        return False
    if inner.args.get("order") is not None and outer.args.get("limit") is not None and outer.args.get("order") is None:
        return False
    if any(True for _ in _inside(outer)):
        return False
    places = bool(_windows(inner)) or inner.args.get("qualify") is not None
    if grouped(outer) and (grouped(inner) or places):
        return False
    if inner.find(exp.Explode, exp.Unnest) is not None:
        return False
    return not (_windows(outer) and places)


def _inside(select: exp.Select) -> list[exp.Expr]:
    """Queries inside `select` other than what it reads from."""
    source = from_of(select)
    kept = set(map(id, source.find_all(exp.Select))) if source is not None else set()
    clause = with_of(select)
    kept |= set(map(id, clause.find_all(exp.Select))) if clause is not None else set()
    return [each for each in select.find_all(exp.Select) if each is not select and id(each) not in kept]


def _windows(select: exp.Select) -> list[exp.Expr]:
    parts = [
        *select.expressions,
        *(select.args[key] for key in ("qualify", "order") if select.args.get(key) is not None),
    ]
    return [window for part in parts for window in part.find_all(exp.Window)]


def _merge(outer: exp.Select, inner: exp.Select, alias: str) -> bool:
    was_grouped = grouped(outer)
    made = {item.alias_or_name.casefold(): item.unalias() for item in inner.expressions if not item.is_star}
    starred = any(item.is_star for item in inner.expressions)
    if "" in made or any(isinstance(item, exp.Column) and item.is_star for item in inner.expressions):
        return False
    outputs = {item.alias.casefold() for item in outer.expressions if isinstance(item, exp.Alias)}
    wanted = [c for c in outer.find_all(exp.Column) if _of_outer(c, outer)]
    for column in wanted:
        known = not column.is_star and (column.name.casefold() in made or starred or column.name.casefold() in outputs)
        if not known or (column.table and column.table.casefold() != alias):
            return False
    for column in wanted:
        in_order = column.find_ancestor(exp.Order, exp.Select)
        if (
            isinstance(in_order, exp.Order)
            and isinstance(in_order.parent, exp.Select)
            and column.name.casefold() in outputs
        ):
            continue
        new = made.get(column.name.casefold())
        if new is None:
            column.set("table", None)
            continue
        copy: exp.Expr = new.copy() if isinstance(new, exp.Column) else exp.Paren(this=new.copy())
        if column.parent is outer and column.arg_key == "expressions":
            copy = exp.Alias(this=new.copy(), alias=exp.to_identifier(column.name))
        column.replace(copy)
    if any(isinstance(item, exp.Star) for item in outer.expressions):
        extra = [item.copy() for item in inner.expressions if not item.is_star and not _is_place(item)]
        shown = [exp.Star()] if starred else []
        outer.set("expressions", [*shown, *extra, *(i for i in outer.expressions if not isinstance(i, exp.Star))])
    _join_clauses(outer, inner, was_grouped=was_grouped)
    return True


def _of_outer(column: exp.Column, outer: exp.Select) -> bool:
    return column.find_ancestor(exp.Select) is outer and column.find_ancestor(exp.From, exp.With) is None


def _is_place(item: exp.Expr) -> bool:
    inner = item.unalias()
    return isinstance(inner, exp.Window) and isinstance(inner.this, RANKS)


def _join_clauses(outer: exp.Select, inner: exp.Select, *, was_grouped: bool) -> None:
    where = outer.args.get("where")
    places = bool(_windows(inner)) or inner.args.get("qualify") is not None
    late = "qualify" if places else "having" if grouped(inner) else "where"
    if where is not None and late != "where":
        kind = exp.Qualify if late == "qualify" else exp.Having
        before = outer.args.get(late)
        both = exp.and_(before.this, where.this, copy=False) if before is not None else where.this
        outer.set("where", None)
        outer.set(late, kind(this=both))
    for key, made in (("where", exp.Where), ("having", exp.Having), ("qualify", exp.Qualify)):
        own, other = outer.args.get(key), inner.args.get(key)
        if other is not None:
            outer.set(key, made(this=exp.and_(other.this, own.this, copy=False) if own is not None else other.this))
    if not was_grouped and inner.args.get("group") is not None:
        outer.set("group", _spelled_out(inner))
    for key in ("from_", "from", "joins", "laterals"):
        if key in inner.args or key in outer.args:
            outer.set(key, inner.args.get(key))


def _spelled_out(inner: exp.Select) -> exp.Group:
    """Its GROUP BY without the numbers and aliases that meant its own outputs."""
    group: exp.Group = inner.args["group"].copy()
    if group.args.get("all"):
        keys = [item.unalias().copy() for item in inner.expressions if not has_aggregate(item)]
        return exp.Group(expressions=keys)
    group.set("expressions", [resolved(key, inner).copy() for key in group.expressions])
    return group


def resolved(key: exp.Expr, select: exp.Expr) -> exp.Expr:
    """The output that a number or an alias in GROUP BY or ORDER BY stands for; `key` itself else."""
    outputs = select.expressions if isinstance(select, exp.Select) else []
    if isinstance(key, exp.Literal) and key.is_int:
        number = int(key.this)
        return outputs[number - 1].unalias() if 0 < number <= len(outputs) else key
    if isinstance(key, exp.Column) and not key.table:
        for item in outputs:
            if isinstance(item, exp.Alias) and item.alias.casefold() == key.name.casefold():
                return item.unalias()
    return key
