"""The line: what a query lists or computes, per what, of which rows, in which order, and what its joins leave out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from jupyter_qwen.language.phrasebook import Phrasebook, phrasebook
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.tree import UNREADABLE, syntax_tree
from jupyter_qwen.sql.words.expressions import value
from jupyter_qwen.sql.words.inlining import from_of, grouped, inlined, with_of
from jupyter_qwen.sql.words.measures import rows
from jupyter_qwen.sql.words.origins import grain_of, lacking, notes, sources_of
from jupyter_qwen.sql.words.predicates import condition, terms_of
from jupyter_qwen.sql.words.scene import Scene
from jupyter_qwen.sql.words.select_parts import ends, filters, heading

_LONGEST: Final = 320
_SETS: Final = {exp.Union: "union", exp.Except: "except", exp.Intersect: "intersect"}


def in_words(sql: str, schema: Schema, language: str = "en") -> str | None:
    """One line on what `sql` asks for, in `language` (a code such as ``de`` or ``zh-CN``; English where there is none).

    None where it is no query, or one that sqlglot cannot read. What has no words stands as code in backticks; a line that would
    be too long ends with an ellipsis.
    """
    try:
        tree = syntax_tree(sql)
    except UNREADABLE:
        return None
    return tree_in_words(tree, schema, language) if tree is not None else None


def tree_in_words(tree: exp.Expr, schema: Schema, language: str = "en") -> str | None:
    """The same of a query's syntax tree."""
    try:
        if not isinstance(tree, (exp.Select, exp.SetOperation, exp.Subquery, exp.Pivot)):
            return None
        told = _query(inlined(tree), _Telling(schema, phrasebook(language)), frozenset())
    except UNREADABLE:
        return None
    line = " ".join(told.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip(" ,;") + "…"


@dataclass(frozen=True)
class _Telling:
    """The language and the tables of one line; reads queries inside a query for `Scene`."""

    schema: Schema
    book: Phrasebook

    def scene(self, select: exp.Select, made: frozenset[str]) -> Scene:
        scene = Scene(self.book, self.schema, self)
        scene.sources = sources_of(select, scene, made)
        scene.aliases = {i.alias.casefold(): i.this for i in select.expressions if isinstance(i, exp.Alias)}
        where = select.args.get("where")
        terms = terms_of(where.this) if where is not None else []
        scene.grain = grain_of(scene, terms)
        scene.hidden = list(lacking(terms, scene).values())
        return scene

    def source_of(self, query: exp.Expr, schema: Schema, book: Phrasebook) -> str | None:
        """The rows that a subquery finds, without what ties them to the query around it."""
        query = query.unnest() if isinstance(query, exp.Subquery) else query
        if not isinstance(query, exp.Select) or grouped(query) or with_of(query) is not None or query.args.get("limit"):
            return None
        scene = self.scene(query, frozenset())
        if not scene.sources:
            return None
        where = query.args.get("where")
        kept = [term for term in terms_of(where.this) if not _ties(term, scene)] if where is not None else []
        what = rows(scene)
        if not kept:
            return what
        return book.say("such", what=what, cond=condition(exp.and_(*kept), scene, value))

    def value_of(self, query: exp.Expr, schema: Schema, book: Phrasebook) -> str | None:
        """The value, or the list of values, that a subquery gives."""
        query = query.unnest() if isinstance(query, exp.Subquery) else query
        if not isinstance(query, exp.Select) or len(query.expressions) != 1 or query.expressions[0].is_star:
            return None
        if (
            query.args.get("group")
            or query.args.get("having")
            or query.args.get("qualify")
            or with_of(query) is not None
        ):
            return None
        scene = self.scene(query, frozenset())
        said = value(query.expressions[0].unalias(), scene)
        if not scene.sources:
            return said
        where = query.args.get("where")
        source = rows(scene)
        if where is not None:
            source = book.say("such", what=source, cond=condition(where.this, scene, value))
        return book.say("of_all" if grouped(query) else "of_source", x=said, source=source) + ends(
            query, scene, bare_count=False
        )


def _ties(term: exp.Expr, scene: Scene) -> bool:
    """Whether `term` equates a column of the subquery with one from outside."""
    if not isinstance(term, exp.EQ) or not isinstance(term.left, exp.Column) or not isinstance(term.right, exp.Column):
        return False
    return [bool(side.table) and scene.source(side.table) is None for side in (term.left, term.right)].count(True) == 1


def _query(tree: exp.Expr, telling: _Telling, made: frozenset[str]) -> str:
    clause = with_of(tree)
    steps: list[str] = []
    for cte in clause.expressions if clause is not None else []:
        if clause is not None and clause.args.get("recursive") and _calls_itself(cte):
            told = telling.book.say("recursive", name=cte.alias)
        else:
            told = telling.book.say("named", name=cte.alias, line=_query(cte.this, telling, made))
        steps.append(told)
        made |= {cte.alias.casefold()}
    steps += _inner_steps(tree, telling, made)
    last = _alone(tree, telling, made)
    if not steps:
        return last
    first = steps[0]
    for step in steps[1:]:
        first = telling.book.say("then", a=first, b=step)
    key = "two_steps" if len(steps) == 1 else "steps"
    return telling.book.say(key, a=first, b=last, **({} if len(steps) == 1 else {"n": len(steps) + 1}))


def _calls_itself(cte: exp.Expr) -> bool:
    return any(table.name.casefold() == cte.alias.casefold() for table in cte.this.find_all(exp.Table))


def _inner_steps(tree: exp.Expr, telling: _Telling, made: frozenset[str]) -> list[str]:
    """The subqueries that a SELECT reads from."""
    if not isinstance(tree, exp.Select):
        return []
    found = []
    for node in (from_of(tree), *(join.this for join in tree.args.get("joins") or [])):
        if isinstance(node, exp.Subquery) and not node.args.get("pivots"):
            line = _query(node.this, telling, made)
            found.append(telling.book.say("named", name=node.alias, line=line) if node.alias else line)
    return found


def _alone(tree: exp.Expr, telling: _Telling, made: frozenset[str]) -> str:
    """`tree` without the steps before it."""
    book = telling.book
    if isinstance(tree, exp.Subquery):
        return _query(tree.this, telling, made)
    if isinstance(tree, exp.SetOperation):
        key = next(key for kind, key in _SETS.items() if isinstance(tree, kind))
        if key == "union" and tree.args.get("distinct"):
            key = "union_once"
        told = book.say(key, a=_query(tree.left, telling, made), b=_query(tree.right, telling, made))
        return told + ends(tree, Scene(book, telling.schema, telling), bare_count=False)
    if isinstance(tree, exp.Pivot):
        return _pivot(tree, telling, made)
    if not isinstance(tree, exp.Select):
        return Scene(book, telling.schema, telling).code(tree)
    scene = telling.scene(tree, made)
    head = heading(tree, scene)
    line, where = filters(tree, scene, head.text)
    line += ends(tree, scene, bare_count=head.counts)
    for note in notes(scene, head.keys if grouped(tree) else tree.expressions, where):
        line = book.say("note", line=line, note=note)
    return line


def _pivot(tree: exp.Pivot, telling: _Telling, made: frozenset[str]) -> str:
    """``PIVOT t ON a USING sum(b) GROUP BY c`` as a statement."""
    book, source = telling.book, tree.this
    select = exp.select("*").from_(source.copy() if isinstance(source, exp.Expr) else "t")
    scene = telling.scene(select, made)
    if tree.args.get("unpivot"):
        return book.say("unpivot", source=rows(scene))
    using = [value(item.unalias(), scene) for item in tree.args.get("using") or []]
    across = book.listing([value(item, scene) for item in tree.expressions])
    items = book.listing(using) if using else book.say("count_rows", what=rows(scene))
    told = book.say("pivot", items=items, keys=across)
    group = tree.args.get("group")
    keys = book.listing([value(key, scene) for key in group.expressions]) if group is not None else ""
    return book.say("per", head=told, keys=keys) if keys else told
