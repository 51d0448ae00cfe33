"""The parts of a SELECT's line: its heading, which rows and groups it keeps, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from jupyter_qwen.sql.words.expressions import value
from jupyter_qwen.sql.words.inlining import grouped, has_aggregate, resolved
from jupyter_qwen.sql.words.measures import counts_rows, rows
from jupyter_qwen.sql.words.origins import beyond_equality, joining, lacking
from jupyter_qwen.sql.words.predicates import condition, terms_of
from jupyter_qwen.sql.words.scene import Scene, Source, bare, number_of
from jupyter_qwen.sql.words.windows import ordering, top_of_each

_SETS = (exp.Rollup, exp.Cube, exp.GroupingSets)


@dataclass(frozen=True)
class Heading:
    """The beginning of a line; `keys` are what it groups by, `counts` says that a count of rows is all it computes."""

    text: str
    keys: list[exp.Expr] = field(default_factory=list)
    counts: bool = False


def heading(select: exp.Select, scene: Scene) -> Heading:
    """What the SELECT gives."""
    if grouped(select):
        return _computed(select, scene)
    outputs = select.expressions
    source = _origin(scene)
    stars = [item for item in outputs if item.is_star]
    each = isinstance(select.args.get("distinct"), exp.Distinct) and not _first_of(select)
    if not scene.sources:
        return Heading(scene.say("gives", items=_items(outputs, scene)))
    if len(stars) == len(outputs) == 1 and isinstance(stars[0], exp.Star) and not any(stars[0].args.values()):
        return Heading(scene.say("lists_each_all" if each else "lists_all", source=source))
    return Heading(scene.say("lists_each" if each else "lists", items=_items(outputs, scene), source=source))


def _computed(select: exp.Select, scene: Scene) -> Heading:
    group = select.args.get("group")
    outputs = [item for item in select.expressions if not item.is_star]
    keys = _keys(select, group)
    measured = [item for item in outputs if bare(item) not in [bare(key) for key in keys]]
    per = scene.book.listing([value(key, scene) for key in keys])
    if not measured:
        told = _items(outputs, scene)
        if len(outputs) == len(keys):
            return Heading(scene.say("lists_each", items=told, source=_origin(scene)), keys)
        return Heading(scene.say("lists_per", items=told, source=_origin(scene), keys=per or "…"), keys)
    counted = counts_rows(bare(measured[0]), scene) if len(measured) == 1 else None
    only = bare(measured[0])
    if counted is not None:
        text = scene.say("counts", what=counted)
    elif len(measured) == 1 and isinstance(only, exp.Count) and isinstance(only.this, exp.Distinct):
        items = scene.book.listing([value(each, scene) for each in only.this.expressions])
        text = scene.say("distinct_counts", x=items, source=rows(scene))
    else:
        items = _items(measured, scene)
        if scene.sources and rows(scene) not in items:
            items = scene.say("of_all", x=items, source=rows(scene))
        text = scene.say("gives", items=items)
    if per:
        text = scene.say("per", head=text, keys=per)
    if group is not None and _sets(group):
        text += scene.say("subtotals")
    return Heading(text, keys, counted is not None)


def _sets(group: exp.Expr) -> list[exp.Expr]:
    """ROLLUP, CUBE and GROUPING SETS."""
    given = [
        *group.expressions,
        *(each for key in ("rollup", "cube", "grouping_sets") for each in group.args.get(key) or []),
    ]
    return [each for each in given if isinstance(each, _SETS)]


def _keys(select: exp.Select, group: exp.Expr | None) -> list[exp.Expr]:
    if group is None:
        return []
    if group.args.get("all"):
        return [item.unalias() for item in select.expressions if not has_aggregate(item)]
    keys = [key for key in group.expressions if not isinstance(key, _SETS)]
    for each in _sets(group):
        keys += list(each.find_all(exp.Column))
    found: list[exp.Expr] = []
    for key in keys:
        meant = resolved(key, select)
        if meant not in found:
            found.append(meant)
    return found


def _items(outputs: list[exp.Expr], scene: Scene) -> str:
    said = []
    for item in outputs:
        star = item.this if isinstance(item, exp.Column) else item
        if item.is_star and (not isinstance(star, exp.Star) or any(star.args.values())):
            said.append(scene.code(item))  # EXCLUDE, REPLACE, COLUMNS
            continue
        if item.is_star:
            source = scene.source(item.table) if isinstance(item, exp.Column) and item.table else None
            said.append(scene.say("all_of", table=scene.shown(source) if source is not None else "*"))
            continue
        text = value(item, scene)
        said.append(scene.say("by_expr", name=item.alias, code=text) if item.alias and text.startswith("`") else text)
    return scene.book.listing(said)


def _origin(scene: Scene) -> str:
    """The sources as the listing names them, without those that only lack rows."""
    names: list[str] = []
    crossed = len(scene.sources) == 2 and scene.sources[1].side == "CROSS" and scene.grain is None
    shown = [source for source in scene.sources if source.side not in ("SEMI", "ANTI") and source not in scene.hidden]
    for source in shown:
        name = scene.shown(source)
        twice = source.on is not None and name != source.name
        outer = source.side in ("LEFT", "RIGHT", "FULL")
        beyond = (
            terms_of(source.on) if twice and source.on is not None else beyond_equality(source, scene) if outer else []
        )
        if beyond:
            name = scene.say("such", what=name, cond=condition(exp.and_(*beyond), scene, value))
        names.append(name)
    if not names:
        return scene.say("no_source")
    if crossed and len(names) == 2:
        return scene.say("crossed", a=names[0], b=names[1])
    return names[0] if len(names) == 1 else scene.say("with", a=names[0], b=scene.book.listing(names[1:]))


def filters(select: exp.Select, scene: Scene, line: str) -> tuple[str, list[exp.Expr]]:
    """`line` with what WHERE, HAVING and QUALIFY keep, and the conditions of WHERE for what depends on them."""
    where = select.args.get("where")
    given = terms_of(where.this) if where is not None else []
    said = [text for source in scene.sources if (text := _tested(source, scene)) is not None]
    without = lacking(given, scene)
    said += [scene.say("without", what=_such(source, scene)) for source in without.values()]
    plain = [term for term in given if id(term) not in without and not joining(term, scene)]
    for source in scene.sources:
        if source.side in ("", "CROSS") and scene.shown(source) == source.name:
            plain += beyond_equality(source, scene)
    if plain:
        text = condition(exp.and_(*plain, copy=False) if len(plain) > 1 else plain[0], scene, value)
        said.append(scene.say("group", x=text) if said and isinstance(plain[0], exp.Or) else text)
    if said:
        line = scene.say("only", head=line, cond=scene.book.listing(said, "and"))
    having = select.args.get("having")
    if having is not None:
        line = scene.say("groups", head=line, cond=condition(having.this, scene, value))
    first = _first_of(select)
    if first:
        line = scene.say("then_only", head=line, cond=_first_each(select, first, scene))
    qualify = select.args.get("qualify")
    for term in terms_of(qualify.this) if qualify is not None else []:
        top = top_of_each(term, scene, value)
        if top is not None:
            line = scene.say("then_only", head=line, cond=top)
        else:
            line = scene.say("then_where", head=line, cond=condition(term, scene, value))
    if select.args.get("sample") is not None:
        line += scene.say("sampled")
    return line, given


def _tested(source: Source, scene: Scene) -> str | None:
    """SEMI and ANTI joins: rows that are there, or are not."""
    if source.side not in ("SEMI", "ANTI"):
        return None
    return scene.say("having" if source.side == "SEMI" else "without", what=_such(source, scene))


def _such(source: Source, scene: Scene) -> str:
    """A source with what ON asks of it beyond the columns that are equal."""
    what, beyond = scene.shown(source), beyond_equality(source, scene)
    return scene.say("such", what=what, cond=condition(exp.and_(*beyond), scene, value)) if beyond else what


def _first_of(select: exp.Select) -> list[exp.Expr]:
    """The keys of DISTINCT ON."""
    distinct = select.args.get("distinct")
    on = distinct.args.get("on") if isinstance(distinct, exp.Distinct) else None
    return list(on.expressions) if isinstance(on, exp.Tuple) else [on] if isinstance(on, exp.Expr) else []


def _first_each(select: exp.Select, keys: list[exp.Expr], scene: Scene) -> str:
    order = select.args.get("order")
    rest = [term for term in order.expressions if term.this not in keys] if order is not None else []
    said = scene.book.listing([value(key, scene) for key in keys])
    by = ordering(rest, scene, value)
    return scene.say("top_one", keys=said, by=by) if by else scene.say("any_per", keys=said)


def ends(tree: exp.Expr, scene: Scene, *, bare_count: bool) -> str:
    """Order, offset and limit; `bare_count` says that sorting by a count needs no other word for it."""
    order, limit, offset = tree.args.get("order"), tree.args.get("limit"), tree.args.get("offset")
    text = ""
    if order is not None and limit is None and _by_all(order):
        order = None  # every column from the left: nothing that is worth a word
    if order is not None and not (isinstance(tree, exp.Select) and _first_of(tree)):
        text += _order(order, tree, scene, bare_count)
    if isinstance(offset, exp.Offset) and number_of(offset.expression) != 0:
        text += scene.say("offset", n=_amount(offset.expression, scene))
    if isinstance(limit, exp.Limit):
        count = number_of(limit.expression)
        one = count == 1 and order is not None
        ordered = order is not None or limit.meta.get("as_they_stand")
        key = "limit_one" if one else "limit" if ordered else "limit_any"
        if not (
            count == 1
            and order is None
            and isinstance(tree, exp.Select)
            and grouped(tree)
            and not tree.args.get("group")
        ):
            text += scene.say(key, **({} if one else {"n": _amount(limit.expression, scene)}))
    return text


def _amount(node: exp.Expr, scene: Scene) -> str:
    count = number_of(node)
    return f"{count:g}" if count is not None and count < 1e6 else scene.code(node)


def _by_all(order: exp.Expr) -> bool:
    return [term.this.name.upper() for term in order.expressions if not term.args.get("desc")] == ["ALL"]


def _order(order: exp.Expr, tree: exp.Expr, scene: Scene, bare_count: bool) -> str:
    terms = [term for term in order.expressions if isinstance(term, exp.Ordered)]
    if not terms:
        return ""
    first = resolved(terms[0].this, tree)
    if bare_count and isinstance(bare(first), exp.Count) and not isinstance(bare(first).this, exp.Distinct):
        text = scene.say("most_first" if terms[0].args.get("desc") else "fewest_first")
        rest = ordering([_called(term, tree) for term in terms[1:]], scene, value)
        return text + (scene.say("sorted", by=rest) if rest else "")
    return scene.say("sorted", by=ordering([_called(term, tree) for term in terms], scene, value))


def _called(term: exp.Expr, tree: exp.Expr) -> exp.Expr:
    """A term of ORDER BY by the name that the output has, where it is computed."""
    inner = resolved(term.this, tree)
    if isinstance(tree, exp.Select) and not isinstance(bare(inner), exp.Column):
        for item in tree.expressions:
            if isinstance(item, exp.Alias) and item.this == inner:
                inner = exp.column(item.args["alias"].copy())
                break
    found = term.copy()
    found.set("this", inner.copy())
    return found
