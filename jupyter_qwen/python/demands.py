"""What a question asks of a cell in so many words, and what of it the cell leaves undone.

A plain chain is held against the question as its query is (`sql/demands`); of every other cell only texts are looked for: a
name or a value that the question quotes, and rounding. Words are English; a question in another language makes no demand.
"""

from __future__ import annotations

import ast
import re

from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.python.words import query_of
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.words import identifier_stems
from jupyter_qwen.sql.demands.doubts import unmet_demands

_QUOTED = re.compile(r"(?<!\w)(?:`([^`\n]{1,60})`|'([^'\n]{1,60})'|\"([^\"\n]{1,60})\"|“([^”\n]{1,60})”)(?!\w)")
_EXAMPLE = re.compile(r"(?:\blike|\bsuch as|\be\.g\.|\bfor example|\([^()]*)\s*\Z", re.IGNORECASE)
_ROUNDED = re.compile(r"\bround(?:ed|ing)?\b|\bdecimals?\b|\bdecimal places?\b", re.IGNORECASE)
_ROUNDS = re.compile(r"round|:\.\d|%\.\d|decimal|astype\(int|ceil|floor|//")


def unmet_by_cell(question: str, source: str, schema: Schema) -> tuple[str, ...]:
    """The demands of `question` that `source` does not meet, as words; empty when there is nothing to doubt."""
    tree = parsed(source)
    if tree is None:
        return ()
    query = query_of(source, schema)
    found = list(unmet_demands(question, query.sql(dialect="duckdb"), schema)) if query is not None else []
    said = said_in(tree)
    for match in _QUOTED.finditer(question):
        quoted = next(group for group in match.groups() if group is not None)
        stems = set(identifier_stems(quoted))
        if stems and not stems <= said and not _EXAMPLE.search(question[: match.start()]):
            found.append(f"nothing answers {quoted!r}")
    if _ROUNDED.search(question) and not _ROUNDS.search(source):
        found.append("nothing is rounded")
    return tuple(dict.fromkeys(found))


def said_in(tree: ast.AST) -> set[str]:
    """The stems of all words that the code says: names, attributes, keywords, texts and numbers."""
    said: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str() as name):
                said.update(identifier_stems(name))
            case ast.Constant(value=str() | int() | float() as value):
                said.update(identifier_stems(str(value)))
    return said
