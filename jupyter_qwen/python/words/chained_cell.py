"""A whole cell: its assignments one after the other, and what its last line shows."""

from __future__ import annotations

import ast
from dataclasses import replace

from sqlglot import exp

from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.python.words.chained_frame import ChainedFrame, NotPlain
from jupyter_qwen.python.words.chains import Chains
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.words import tree_in_words

_SHOW = frozenset({"print", "display"})


def cell_in_words(source: str, schema: Schema | None, language: str = "en") -> str | None:
    """One line on what a cell of pandas asks for, in `language`; ``None`` where it is more than a plain chain.

    Chains start at a DataFrame of `schema`: what other names hold is not known, and so not said.
    """
    query = query_of(source, schema) if schema is not None else None
    said = tree_in_words(query, schema, language) if query is not None and schema is not None else None
    # what has no words stands as SQL there, which nobody has written here
    return None if said is None or "`" in said or said.endswith("…") else said


def query_of(source: str, schema: Schema) -> exp.Select | None:
    """The query that asks for what the cell shows last; ``None`` where it is more than a plain chain, or shows a whole frame."""
    known = {
        table.name: ChainedFrame(table.name, table)
        for table in schema.tables
        if table.kind == "dataframe" and table.library in (None, "pandas") and table.loading is None
    }
    tree = parsed(source)
    try:
        shown = _last(tree.body, known) if tree else None
    except NotPlain:
        return None
    return shown.select() if shown is not None and shown.touched else None


def _last(lines: list[ast.stmt], known: dict[str, ChainedFrame]) -> ChainedFrame | None:
    """What the last line shows. Raises NotPlain for a line that does anything else than make frames."""
    shown: ChainedFrame | None = None
    printed: ChainedFrame | None = None
    for line in lines:
        match line:
            case ast.Import() | ast.ImportFrom():
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                shown = Chains(known).frame(value)
                known[name] = shown
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as column))], value=value
            ) if name in known:
                frame = known[name]
                if frame.outputs is not None or frame.limit is not None:
                    raise NotPlain("a new column of what was computed")
                term = Chains(known).terms(frame, name).of(value)
                known[name] = replace(frame, made=(*frame.made, (column, term)))
                shown = None
            case ast.Expr(value=ast.Call(func=ast.Name(id=call), args=[value], keywords=[])) if call in _SHOW:
                if printed is not None:
                    raise NotPlain("it shows more than one thing")
                printed = Chains(known).frame(value)
            case ast.Expr(value=value) if line is lines[-1] and printed is None:
                shown = Chains(known).frame(value)
            case _:
                raise NotPlain(ast.unparse(line))
    return printed or shown
