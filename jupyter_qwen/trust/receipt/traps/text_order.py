"""Numbers and dates kept as text, which text sorts and compares by letters; and times of different zones."""

from __future__ import annotations

import re

from sqlglot import exp

from ..mends import binds, changed
from ..model import ReceiptWarning
from ..nodes import own_columns, read_sql, sql_of
from ..parts import SelectPart
from ..probes import each
from ..wording import rows
from .compared_values import own_nodes

_DATE = r"^\s*\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
_ISO = r"^\d{4}-\d{2}-\d{2}"
_ZONE = re.compile(r"(?:^|_)(utc|gmt|cet|est|pst|local|tz)(?:_|$)")


def text_compared(part: SelectPart) -> list[ReceiptWarning]:
    """``<``, BETWEEN, ORDER BY, MIN and MAX of a text column that holds numbers or dates. Raises NotYet."""
    found: dict[str, tuple[exp.Column, str, bool]] = {}
    for node in own_nodes(part, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between):
        sides = [node.this] if isinstance(node, exp.Between) else [node.this, node.expression]
        for side in sides:
            if isinstance(side, exp.Column):
                found.setdefault(sql_of(side), (side, sql_of(node), True))
    for node in own_nodes(part, exp.Min, exp.Max):
        if isinstance(node.this, exp.Column):
            found.setdefault(sql_of(node.this), (node.this, sql_of(node), True))
    for node in own_nodes(part, exp.Ordered):
        key = part.resolved(node.this)
        if isinstance(key, exp.Column):
            found.setdefault(sql_of(key), (key, f"ORDER BY {sql_of(node.this)}", False))
    return each(found.values(), lambda item: _as_text(part, *item))


def _as_text(part: SelectPart, column: exp.Column, where: str, compared: bool) -> list[ReceiptWarning]:
    owner = part.owner(column)
    if owner is None or part.type_of(column) != "VARCHAR":
        return []
    text = sql_of(column)
    all_, numbers, lengths, dates, iso, wrong = part.probes.row(
        f"{part.prefix}SELECT count({text}), count(TRY_CAST({text} AS DOUBLE)), count(DISTINCT length({text})), "
        f"count(*) FILTER (WHERE regexp_matches({text}, '{_DATE}')), count(*) FILTER (WHERE regexp_matches({text}, '{_ISO}')), "
        f"(SELECT count(*) FROM (SELECT x, max(x) OVER (ORDER BY v ROWS BETWEEN UNBOUNDED "
        f"PRECEDING AND 1 PRECEDING) AS before FROM ("
        f"SELECT DISTINCT {text} AS v, TRY_CAST({text} AS DOUBLE) AS x FROM {owner.plain} LIMIT 100000)) WHERE x < before) "
        f"FROM {owner.plain}"
    )
    name = owner.table or owner.alias
    if all_ and numbers >= 0.9 * all_ and lengths > 1 and wrong:
        new: exp.Expr = exp.TryCast(this=column.copy(), to=exp.DataType.build("DOUBLE"))
        if compared:
            code, what = "number-as-text", f"{where} compares the numbers in {text} as text"
        else:
            code, what = "number-as-text", f"{where} sorts the numbers in {text} as text"
        mend = _cast(part, column, new, compared)
        return [
            ReceiptWarning(
                code,
                f"{what}: '10' comes before '9'. {rows(numbers)} of {name} hold a number there.",
                (text,),
                mend,
                "As numbers:" if mend else "",
            )
        ]
    if all_ and dates >= 0.9 * all_ and iso < 0.9 * all_:
        what = (
            f"{where} compares the dates in {text} as text"
            if compared
            else f"{where} sorts the dates in {text} as text"
        )
        example = ""
        form = ""
        if part.probes.values:
            example = str(part.probes.row(f"{part.prefix}SELECT min({text}) FROM {owner.plain}")[0])
            form = _form(part, text, owner.plain)
        mend = ""
        if form:
            function = read_sql(f"CAST(try_strptime({text}, '{form}') AS DATE)")
            mend = _cast(part, column, function, compared)
        told = f" (such as {example!r})" if example else ""
        return [
            ReceiptWarning(
                "date-as-text",
                f"{what}{told}, letter by letter, not by day.",
                (text,),
                mend,
                "As dates:" if mend else "",
            )
        ]
    return []


def _form(part: SelectPart, text: str, source: str) -> str:
    """The one format in which DuckDB reads every value as a date, ``""`` for none or several."""
    forms = ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y-%m-%d", "%d.%m.%y"]
    counted = ", ".join(f"count(try_strptime({text}, '{form}')) = count({text})" for form in forms)
    fits = [
        form
        for form, fit in zip(forms, part.probes.row(f"{part.prefix}SELECT {counted} FROM {source}"), strict=True)
        if fit
    ]
    return fits[0] if len(fits) == 1 else ""


def _cast(part: SelectPart, column: exp.Column, new: exp.Expr, compared: bool) -> str:
    nodes: list[tuple[exp.Expr, exp.Expr]] = []
    for node in own_nodes(part, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Min, exp.Max, exp.Ordered):
        for side in [node.this, node.args.get("expression")]:
            if isinstance(side, exp.Column) and (
                side == column or (isinstance(node, exp.Ordered) and part.resolved(side) == column)
            ):
                nodes.append((side, new))
                for name in ("expression", "low", "high"):
                    other = node.args.get(name)
                    if isinstance(other, exp.Literal) and other.is_string and isinstance(new, exp.TryCast):
                        nodes.append(
                            (other, exp.Literal.number(other.name) if re.fullmatch(r"-?[\d.]+", other.name) else other)
                        )
    return binds(part, changed(part, nodes)) if nodes else ""


def zones_mixed(part: SelectPart) -> list[ReceiptWarning]:
    """Times with a zone beside times without one, or columns that name different zones. Raises NotYet."""
    kinds = (
        exp.EQ,
        exp.LT,
        exp.LTE,
        exp.GT,
        exp.GTE,
        exp.Between,
        exp.Sub,
        exp.DateDiff,
        exp.TimestampDiff,
        exp.Anonymous,
        exp.Coalesce,
    )
    return each(list(own_nodes(part, *kinds)), lambda node: _mixed(part, node))


def _mixed(part: SelectPart, node: exp.Expr) -> list[ReceiptWarning]:
    if isinstance(node, exp.Anonymous) and node.name.casefold() not in (
        "age",
        "date_diff",
        "datediff",
        "date_sub",
        "datesub",
    ):
        return []
    columns = [c for c in own_columns(node) if not c.find_ancestor(exp.AtTimeZone)]
    types = {sql_of(column): part.type_of(column) for column in columns}
    zoned = [name for name, kind in types.items() if kind == "TIMESTAMP WITH TIME ZONE"]
    plain = [
        name for name, kind in types.items() if kind.startswith("TIMESTAMP") and kind != "TIMESTAMP WITH TIME ZONE"
    ]
    text = sql_of(node)
    if zoned and plain:
        message = (
            f"{text} puts {zoned[0]}, a time with a zone, beside {plain[0]}, a time without one: DuckDB reads the latter in the "
            "zone of the session, so the result depends on where it is run."
        )
        return [ReceiptWarning("zones-mixed", message, (zoned[0], plain[0]))]
    named = {
        column: match.group(1)
        for column in columns
        if types[sql_of(column)].startswith("TIMESTAMP") and (match := _ZONE.search(column.name.casefold()))
    }
    if len({zone.replace("gmt", "utc") for zone in named.values()}) > 1:
        (a, za), (b, zb) = list(named.items())[:2]
        message = f"{text} puts {sql_of(a)} ({za}) beside {sql_of(b)} ({zb}): by their names these are times of different zones."
        return [ReceiptWarning("zones-mixed", message, (sql_of(a), sql_of(b)))]
    texts = [c for c in columns if types[sql_of(c)] == "VARCHAR"]
    for column in texts:
        owner = part.owner(column)
        if owner is None:
            continue
        one = sql_of(column)
        zones = part.probes.number(
            f"{part.prefix}SELECT count(DISTINCT z) FROM (SELECT replace(regexp_extract({one}, "
            f"'\\d\\d:\\d\\d(?::[\\d.]+)?\\s*(Z|[+-]\\d\\d:?\\d\\d)$', 1), '+00:00', 'Z') AS z FROM "
            f"{owner.plain})"
            f" WHERE z <> ''"
        )
        if zones > 1:
            message = f"{text} compares times as text, and {one} holds times of {zones} different zones."
            return [ReceiptWarning("zones-mixed", message, (one,))]
    return []
