"""What a LIMIT or a rank cuts between equals, and running totals whose frame takes equals together."""

from __future__ import annotations

from sqlglot import exp

from ..mends import binds, changed
from ..model import ReceiptWarning
from ..nodes import read_sql, sql_of
from ..parts import SelectPart
from ..probes import each
from ..wording import figure, rows


def ties_cut(part: SelectPart) -> list[ReceiptWarning | str]:
    """``ORDER BY … LIMIT n`` of which the next row has the same value; how many rows it cut is a note. Raises NotYet."""
    limit, order = part.select.args.get("limit"), part.select.args.get("order")
    if (
        not isinstance(limit, exp.Limit)
        or not isinstance(limit.expression, exp.Literal)
        or part.select.args.get("offset")
    ):
        return []
    n = int(limit.expression.name)
    bare = part.select.copy()
    for name in ("limit", "with_"):
        bare.set(name, None)
    if order is None:
        bare.set("order", None)
        all_ = part.probes.number(f"{part.prefix}SELECT count(*) FROM ({sql_of(bare)})")
        return [f"LIMIT {n} keeps {n} of {rows(all_)}, in no order."] if all_ > n else []
    keys = [part.resolved(item.this) for item in order.expressions]
    if part.select.args.get("distinct") or any(isinstance(item, exp.Star) for item in keys):
        return []
    plain = bare.copy()
    plain.set("order", None)
    names = [f"qwen_key_{i}" for i in range(len(keys))]
    plain.set(
        "expressions",
        [*plain.expressions, *(exp.alias_(key.copy(), name) for key, name in zip(keys, names, strict=True))],
    )
    signs = [
        sql_of(exp.Ordered(this=exp.column(name), desc=item.args.get("desc"), nulls_first=item.args.get("nulls_first")))
        for name, item in zip(names, order.expressions, strict=True)
    ]
    ranked = (
        f"SELECT row_number() OVER (ORDER BY {', '.join(signs)}) AS qwen_n, rank() OVER (ORDER BY "
        f"{', '.join(signs)}) AS qwen_rank FROM ({sql_of(plain)})"
    )
    all_, tied = part.probes.row(
        f"{part.prefix}SELECT count(*), count(*) FILTER (WHERE qwen_n > {n} AND qwen_rank <= {n}) FROM ({ranked})"
    )
    found: list[ReceiptWarning | str] = []
    if all_ > n:
        found.append(f"LIMIT {n} keeps {n} of {rows(all_)}.")
    if tied:
        text = ", ".join(sql_of(item.this) for item in order.expressions)
        message = (
            f"LIMIT {n} cuts {rows(tied)} with the same {text} as the last one that is shown: which of "
            f"them is chosen is chance."
        )
        mend = ""
        if not part.select.args.get("qualify") and not part.aggregates():
            mend = binds(part, _with_ties(part, order, n))
        found.append(
            ReceiptWarning(
                "ties-cut",
                message,
                tuple(sql_of(key) for key in keys),
                mend,
                "With all that are equal:" if mend else "",
            )
        )
    return found


def _with_ties(part: SelectPart, order: exp.Expr, n: int) -> str:
    new = part.select.copy()
    new.set("limit", None)
    window = f"rank() OVER ({sql_of(order).strip()}) <= {n}"
    new.set("qualify", exp.Qualify(this=read_sql(window)))
    return changed(part, [(part.select, new)])


def ranks_cut(part: SelectPart) -> list[ReceiptWarning]:
    """``row_number() … <= n`` between equals. Raises NotYet."""
    windows = [
        node for node in part.select.find_all(exp.Window)
        if isinstance(node.this, exp.RowNumber) and node.find_ancestor(exp.Select) is part.select and node.args.get("order")
    ]  # fmt: skip
    return each(windows, lambda node: _rank_cut(part, node))


def _rank_cut(part: SelectPart, node: exp.Expr) -> list[ReceiptWarning]:
    kept = _kept(part, node)
    if kept is None or part.aggregates() or part.groups:
        return []
    over = sql_of(node)[len("ROW_NUMBER() OVER") :]
    tied, groups = part.probes.row(
        f"{part.prefix}SELECT count(*) FILTER (WHERE n > {kept} AND r <= {kept}), count(DISTINCT "
        f"p) FILTER (WHERE n > {kept} AND r <= {kept}) "
        f"FROM (SELECT row_number() OVER{over} AS n, rank() OVER{over} AS r, ({_partition(node)}) AS p {part.from_sql()})"
    )
    if not tied:
        return []
    keys = ", ".join(sql_of(item.this) for item in node.args["order"].expressions)
    new = read_sql(f"rank() OVER{over}")
    mend = binds(part, changed(part, [(node, new)]))
    message = (
        f"row_number() leaves out {rows(tied)} with the same {keys} as one that it keeps (in "
        f"{figure(groups)} groups): which of them is kept is chance."
    )
    return [
        ReceiptWarning(
            "ties-cut",
            message,
            tuple(sql_of(item.this) for item in node.args["order"].expressions),
            mend,
            "With all that are equal:" if mend else "",
        )
    ]


def _partition(node: exp.Expr) -> str:
    parts = node.args.get("partition_by") or []
    return ", ".join(map(sql_of, parts)) if parts else "1"


def _kept(part: SelectPart, node: exp.Expr) -> int | None:
    """The n of ``row_number() <= n``, in QUALIFY or in the query around, by its alias."""
    tests = [item for item in (part.select.args.get("qualify"),) if item is not None]
    names = {sql_of(node).casefold()}
    if isinstance(node.parent, exp.Alias):
        names.add(node.parent.alias.casefold())
        around = part.select.root()
        tests += [where for where in around.find_all(exp.Where)]
    for test in tests:
        for found in test.find_all(exp.EQ, exp.LTE, exp.LT):
            left = found.left.name.casefold() if isinstance(found.left, exp.Column) else sql_of(found.left).casefold()
            if left in names and isinstance(found.right, exp.Literal) and found.right.name.isdigit():
                return int(found.right.name) - (1 if isinstance(found, exp.LT) else 0)
    return None


def frames(part: SelectPart) -> list[ReceiptWarning]:
    """Running totals over equal order keys, and last_value with the frame that ends at the row itself. Raises NotYet."""
    windows = [
        node
        for node in part.select.find_all(exp.Window)
        if node.find_ancestor(exp.Select) is part.select and node.args.get("order") and not node.args.get("spec")
    ]
    return each(windows, lambda node: _frame(part, node))


def _frame(part: SelectPart, node: exp.Expr) -> list[ReceiptWarning]:
    function = node.this
    keys = [sql_of(item.this) for item in node.args["order"].expressions]
    if isinstance(function, exp.LastValue) or (
        isinstance(function, exp.IgnoreNulls) and isinstance(function.this, exp.LastValue)
    ):
        new = node.copy()
        new.set(
            "spec",
            _spec("ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"),
        )
        mend = binds(part, changed(part, [(node, new)]))
        message = (
            f"{sql_of(function)} sees the rows up to the present one only, so it gives the present "
            f"row's own value, not the last one."
        )
        return [
            ReceiptWarning("default-frame", message, tuple(keys), mend, "Over the whole partition:" if mend else "")
        ]
    if not isinstance(function, (exp.Sum, exp.Count, exp.Avg)):
        return []
    if part.groups or part.aggregates():
        inner = part.select.copy()
        for name in ("limit", "with_", "order", "qualify"):
            inner.set(name, None)
        partition = [sql_of(item) for item in node.args.get("partition_by") or []]
        inner.set(
            "expressions",
            [exp.alias_(read_sql(text), f"k{i}") for i, text in enumerate([*partition, *keys])],
        )
        names = ", ".join(f"k{i}" for i in range(len(partition) + len(keys)))
        asked = f"SELECT count(*) - count(DISTINCT ({names})) FROM ({sql_of(inner)})"
    else:
        names = ", ".join([*(sql_of(item) for item in node.args.get("partition_by") or []), *keys])
        asked = f"SELECT count(*) - count(DISTINCT ({names})) {part.from_sql()}"
    tied = part.probes.number(part.prefix + asked)
    if not tied:
        return []
    new = node.copy()
    new.set(
        "spec",
        _spec("ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"),
    )
    mend = binds(part, changed(part, [(node, new)]))
    message = (
        f"{rows(tied)} share{'s' if tied == 1 else ''} {', '.join(keys)} with another, and "
        f"{sql_of(function)} OVER (ORDER BY …) gives all of them the total behind the last of "
        f"them."
    )
    return [ReceiptWarning("default-frame", message, tuple(keys), mend, "Row by row:" if mend else "")]


def _spec(frame: str) -> exp.Expr | None:
    """The tree of a frame such as ``ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW``."""
    window = read_sql(f"SELECT sum(x) OVER (ORDER BY y {frame})").find(exp.Window)
    return window.args["spec"] if window is not None else None
