"""The first rows of a trial as a user may see them under the query: marked with what they were taken from.

Rows of a sample are no answer. Where the trial did not have every row, whatever is computed over several rows (aggregates,
windows, subqueries, the side of an outer join that may be missing) is hidden here, before it leaves the server, and nothing
counts the rows: no number stands there that could be copied and be wrong.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from jupyter_qwen.schema.model import Schema, Table
from jupyter_qwen.sql.scopes import FromItem, ScopeView, lookup, scope_views
from jupyter_qwen.sql.tree import UNREADABLE, syntax_tree
from jupyter_qwen.sql.trial import Trial

SHOWN_ROWS: Final = 10
SHOWN_COLUMNS: Final = 30
_CHARACTERS: Final = 120
_OVER_ROWS: Final = (exp.AggFunc, exp.Window, exp.Subquery, exp.Select, exp.Exists, exp.Anonymous, exp.Rand, exp.Star)


@dataclass(frozen=True)
class TableRead:
    """A table of a trial: how many of its rows were there, and how many it has where that is known."""

    table: str
    rows: int
    of: int | None


@dataclass(frozen=True)
class FirstRows:
    """At most `SHOWN_ROWS` rows as text, None for NULL, and what they rest on.

    `complete`: every table was there with all of its rows, so this is how the answer begins, and `row_count` counts all of its
    rows (None where there are more than a trial counts). Else the numbers of the columns in `hidden` are withheld,
    their cells are None, and `row_count` is None. `more`: there are rows or columns that are not shown.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    complete: bool
    row_count: int | None
    read: tuple[TableRead, ...] = ()
    hidden: tuple[int, ...] = ()
    more: bool = False


def first_rows(sql: str, trial: Trial | None, schema: Schema) -> FirstRows | None:
    """What is shown of `trial`, which ran `sql` on the rows of `schema`; None where it gave no rows or values stay private."""
    if trial is None or trial.status != "ok" or schema.privacy != "samples" or not trial.columns:
        return None
    tree = syntax_tree(sql)
    columns = trial.columns[:SHOWN_COLUMNS]
    hidden = () if trial.complete else over_rows(tree, len(trial.columns), schema)
    shown = tuple(
        tuple(None if i in hidden else shown_text(value) for i, value in enumerate(row[:SHOWN_COLUMNS]))
        for row in trial.rows[:SHOWN_ROWS]
    )
    if len(hidden) == len(trial.columns):
        shown = ()
    counted = trial.row_count if trial.complete and not trial.truncated else None
    return FirstRows(
        columns, shown, trial.complete, counted, _read(tree, schema), tuple(i for i in hidden if i < len(columns)),
        more=trial.truncated or trial.row_count > SHOWN_ROWS or len(trial.columns) > SHOWN_COLUMNS,
    )  # fmt: skip


def shown_text(value: Any) -> str | None:
    """`value` as a person reads it; long ones are cut with an ellipsis."""
    if value is None:
        return None
    if isinstance(value, float):
        text = f"{value:.15g}" if abs(value) >= 1e10 else f"{value:.10g}"  # no binary noise behind the last digit
    elif isinstance(value, datetime.datetime) and value.time() == datetime.time():
        text = str(value.date())
    else:
        text = str(value)
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"


def _read(tree: exp.Expr | None, schema: Schema) -> tuple[TableRead, ...]:
    """The tables that the query names, each once, in its order."""
    if tree is None:
        return ()
    made = {cte.alias.casefold() for cte in tree.find_all(exp.CTE)}
    found: dict[tuple[str, ...], Table] = {}
    for node in tree.find_all(exp.Table, bfs=False):
        table = lookup(node, schema) if node.name and (node.db or node.name.casefold() not in made) else None
        if table is not None:
            found.setdefault(table.reference, table)
    return tuple(TableRead(t.name, len(t.rows), t.row_count) for t in found.values())


def over_rows(tree: exp.Expr | None, width: int, schema: Schema) -> tuple[int, ...]:
    """The numbers of the outputs that more rows could change. All of them where that is not certain."""
    everything = tuple(range(width))
    try:
        # A row of a set operation, a DISTINCT or a PIVOT may stand for several; a number counted from it never shows here.
        if not isinstance(tree, exp.Select) or tree.find(exp.SetOperation, exp.Pivot, exp.Lateral, exp.Unnest):
            return everything
        views = {id(view.select): view for view in scope_views(tree, schema)}
        flags = _outputs(tree, views)
    except UNREADABLE:
        return everything
    if flags is None or len(flags) != width:
        return everything
    return tuple(i for i, (_, computed) in enumerate(flags) if computed)


def _outputs(select: exp.Expr, views: dict[int, ScopeView]) -> list[tuple[str, bool]] | None:
    """Name of each output and whether it is computed over several rows; None where that cannot be told."""
    view = views.get(id(select))
    if view is None or not isinstance(select, exp.Select):
        return None
    maybe = _nullable(select)
    flags: list[tuple[str, bool]] = []
    for item in select.expressions:
        if item.is_star:
            if item.args.get("except_") or item.args.get("replace") or item.args.get("except"):
                return None
            wanted = item.table if isinstance(item, exp.Column) else ""
            for source in view.sources:
                if wanted and source.alias.casefold() != wanted.casefold():
                    continue
                inner = _columns(source, views)
                if inner is None:
                    return None
                flags += [(name, computed or source.alias.casefold() in maybe) for name, computed in inner]
            continue
        flags.append((item.alias_or_name, _computed(item, view, views, maybe)))
    return flags


def _computed(item: exp.Expr, view: ScopeView, views: dict[int, ScopeView], maybe: set[str]) -> bool:
    if item.find(*_OVER_ROWS) is not None:
        return True
    for column in item.find_all(exp.Column):
        source = view.owner(column)
        if source is None or source.alias.casefold() in maybe:
            return True
        if source.table is None:
            inner = _columns(source, views)
            if inner is None or any(computed for name, computed in inner if name.casefold() == column.name.casefold()):
                return True
    return False


def _columns(source: FromItem, views: dict[int, ScopeView]) -> list[tuple[str, bool]] | None:
    if source.table is not None:
        return [(name, False) for name in source.columns.values()]
    return _outputs(source.inner, views) if source.inner is not None else None


def _nullable(select: exp.Select) -> set[str]:
    """The sources, by folded alias, whose values may be NULL only because the sample lacks the matching row."""
    from_ = select.args.get("from_") or select.args.get("from")
    before = {from_.this.alias_or_name.casefold()} if from_ is not None else set()
    found: set[str] = set()
    for join in select.args.get("joins") or []:
        name, side = join.this.alias_or_name.casefold(), str(join.args.get("side") or "").upper()
        if side in ("LEFT", "FULL"):
            found.add(name)
        if side in ("RIGHT", "FULL"):
            found |= before
        before.add(name)
    return found
