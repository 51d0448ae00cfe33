"""Where the rows of a SELECT come from: its tables, what one joined row is, and which rows the joins leave out or keep."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from jupyter_qwen.schema.model import Table
from jupyter_qwen.sql.scopes import lookup
from jupyter_qwen.sql.words.inlining import from_of
from jupyter_qwen.sql.words.predicates import terms_of
from jupyter_qwen.sql.words.scene import Scene, Source, bare


def sources_of(select: exp.Select, scene: Scene, made: frozenset[str]) -> list[Source]:
    """What stands in FROM and JOIN, in order. `made` are the folded names of CTEs, which hide tables."""
    first = from_of(select)
    if first is None:
        return []
    found = [_source(first, scene, made)]
    for join in select.args.get("joins") or []:
        side = str(join.args.get("side") or join.args.get("kind") or "").upper()
        on = join.args.get("on")
        using = tuple(column.name for column in join.args.get("using") or [])
        method = str(join.args.get("method") or "").upper()
        if method in ("ASOF", "POSITIONAL"):
            side = f"{side} {method}".strip()
        if not side and on is None and not using and method != "NATURAL":
            side = "CROSS"
        found.append(replace(_source(join.this, scene, made), side="" if side == "INNER" else side, on=on, using=using))
    for lateral in select.args.get("laterals") or []:
        found.append(Source(lateral.alias, scene.code(lateral)))
    return found


def _source(node: exp.Expr, scene: Scene, made: frozenset[str]) -> Source:
    if isinstance(node, exp.Table) and not node.args.get("pivots") and not node.args.get("sample"):
        if not node.name or not isinstance(node.this, exp.Identifier):
            return Source(node.alias, scene.code(node))
        table: Table | None = None
        if node.db or node.name.casefold() not in made:
            table = lookup(node, scene.schema)
        return Source(node.alias or node.name, table.name if table is not None else node.name, table)
    if isinstance(node, exp.Subquery) and not node.args.get("pivots"):
        return Source(node.alias, node.alias or scene.say("earlier"))
    return Source(node.alias_or_name, scene.code(node))


def equalities(scene: Scene, where: list[exp.Expr]) -> list[tuple[Source, str, Source, str]]:
    """(source, column, source, column) of every ``a.x = b.y`` between two sources, in ON, USING or WHERE."""
    found = []
    terms = [term for source in scene.sources if source.on is not None for term in terms_of(source.on)]
    for term in (*terms, *where):
        pair = _link(term, scene)
        if pair is not None:
            found.append(pair)
    for i, source in enumerate(scene.sources):
        for name in source.using:
            for before in scene.sources[:i]:
                if before.table is not None and before.table.column(name) is not None:
                    found.append((before, name, source, name))
    return found


def _link(term: exp.Expr, scene: Scene) -> tuple[Source, str, Source, str] | None:
    left, right = (bare(term.left), bare(term.right)) if isinstance(term, exp.EQ) else (None, None)
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return None
    one, other = scene.owner(left), scene.owner(right)
    if one is None or other is None or one is other:
        return None
    return one, left.name, other, right.name


def grain_of(scene: Scene, where: list[exp.Expr]) -> Source | None:
    """The source whose rows the joins do not multiply: every other one is reached by its key. None where none is certain."""
    links = equalities(scene, where)
    for start in scene.sources:
        reached, grows = [start], True
        while grows:
            grows = False
            for source in scene.sources:
                if source not in reached and _reached(source, reached, links):
                    reached.append(source)
                    grows = True
        if len(reached) == len(scene.sources):
            return start
    return None


def _reached(source: Source, reached: list[Source], links: list[tuple[Source, str, Source, str]]) -> bool:
    columns = {b for a, _, s, b in links if s is source and a in reached}
    columns |= {a for s, a, b, _ in links if s is source and b in reached}
    return source.table is not None and _unique(source.table, {name.casefold() for name in columns})


def _unique(table: Table, names: set[str]) -> bool:
    if table.primary_key and {name.casefold() for name in table.primary_key} <= names:
        return True
    known = (table.column(name) for name in names)
    return any(c is not None and table.row_count is not None and c.distinct == table.row_count > 1 for c in known)


def joining(term: exp.Expr, scene: Scene) -> bool:
    """Whether a condition in WHERE only joins two sources that a comma put beside one another."""
    pair = _link(term, scene)
    return pair is not None and any(source.side == "CROSS" for source in (pair[0], pair[2]))


def beyond_equality(source: Source, scene: Scene) -> list[exp.Expr]:
    """Conditions in ON that say more than which columns are equal."""
    return [t for t in terms_of(source.on) if _link(t, scene) is None] if source.on is not None else []


def lacking(where: list[exp.Expr], scene: Scene) -> dict[int, Source]:
    """Conditions ``b.key IS NULL`` behind ``LEFT JOIN b``, by identity: only rows without a row of that source stay."""
    found: dict[int, Source] = {}
    linked = {(s.alias, c.casefold()) for a, x, b, y in equalities(scene, []) for s, c in ((a, x), (b, y))}
    for term in where:
        column = bare(term.this) if isinstance(term, exp.Is) and isinstance(term.expression, exp.Null) else None
        if not isinstance(column, exp.Column):
            continue
        owner = scene.owner(column)
        if owner is None or owner.side != "LEFT":
            continue
        key = owner.table.primary_key if owner.table is not None else ()
        if (
            column.name.casefold() in {name.casefold() for name in key}
            or (owner.alias, column.name.casefold()) in linked
        ):
            found[id(term)] = owner
    return found


def notes(scene: Scene, used: list[exp.Expr], where: list[exp.Expr]) -> list[str]:
    """Which rows the joins leave out, and which they keep without a partner; `used` are the outputs and keys."""
    if len(scene.sources) < 2 or (any(s.side == "CROSS" for s in scene.sources) and not equalities(scene, where)):
        return []
    found: list[str] = []
    sides = {source.side for source in scene.sources[1:]}
    named = [owner for node in used for c in node.find_all(exp.Column) if (owner := scene.owner(c)) is not None]
    filtered = [owner for node in where for c in node.find_all(exp.Column) if (owner := scene.owner(c)) is not None]
    if "FULL" in sides:
        return [scene.say("both_kept")]
    for i, source in enumerate(scene.sources):
        if source.side == "LEFT" and source not in filtered:
            other = _partner(source, scene.sources[:i], scene) or scene.sources[0]
            if other.side != "LEFT" and not _same(other, source):
                found.append(scene.say("kept", who=scene.shown(other), what=scene.shown(source)))
        elif source.side == "RIGHT" and not any(before in filtered for before in scene.sources[:i]):
            other = _partner(source, scene.sources[:i], scene) or scene.sources[0]
            if not _same(other, source):
                found.append(scene.say("kept", who=scene.shown(source), what=scene.shown(other)))
    if sides <= {"", "CROSS"} and scene.grain is not None:
        grain = scene.grain
        out = [
            scene.shown(source) for source in dict.fromkeys(named) if source is not grain and not _same(source, grain)
        ]
        if out:
            found.append(scene.say("left_out", who=scene.book.listing(out), what=scene.shown(grain)))
    elif sides <= {"", "CROSS"} and scene.grain is None:
        found.append(scene.say("unmatched"))
    return found[:2]


def _partner(source: Source, before: list[Source], scene: Scene) -> Source | None:
    for one, _, other, _ in equalities(scene, []):
        if other is source and one in before:
            return one
        if one is source and other in before:
            return other
    return None


def _same(one: Source, other: Source) -> bool:
    """One table joined with itself: which of its rows is meant could not be told by its name."""
    return one.table is not None and other.table is not None and one.table.reference == other.table.reference
