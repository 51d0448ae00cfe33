"""Columns of frames that are known: a suggestion that reads one which does not exist is dropped, and the names can be forced."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence

from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.schema.model import Schema, Table
from jupyter_qwen.schema.notebook import Cell, without_magics

# `frame["` right before the cursor, with what is typed of the name. Assignments to new columns begin their line with it.
_SUBSCRIPT = re.compile(
    r"(?P<lead>[^\n]*?)\b(?P<frame>[A-Za-z_]\w*)\s*\[\s*(?:\[[^\]\n]*)?(?P<quote>[\"'])(?P<typed>[^\"'\n]*)\Z"
)
_MOST_NAMES = 400
_REBINDS = (
    r"(?:^|[;\n])[ \t]*(?:[\w, ]+,\s*)?{name}\s*(?::[^=\n]+)?=(?!=)|\bfor\b[^\n]*\b{name}\b[^\n]*\bin\b|\bas\s+{name}\b"
)
_NEW_COLUMNS = re.compile(r"\[\s*[\"']([^\"'\n]+)[\"']\s*\]\s*=(?!=)|\.insert\([^,\n]+,\s*[\"']([^\"'\n]+)[\"']")
_ASSIGNED = re.compile(r"\.(?:assign|rename|agg)\(")


def reads_unknown_column(text: str, prefix: str, schema: Schema | None, cells: Sequence[Cell] = ()) -> bool:
    """Whether `text` reads ``frame["name"]`` of a known DataFrame that has no such column.

    A frame that the cell binds anew or whose columns it renames is not known any more; columns that the notebook assigns are.
    """
    frames = _frames(schema)
    if not frames:
        return False
    names = [name for name in frames if name in prefix or name in text]
    if not names:
        return False
    added = _columns_added(prefix, cells)
    for frame, column in _reads(prefix, text):
        table = frames.get(frame)
        if table is None or _changed(frame, prefix):
            continue
        if column not in added and all(known.name != column for known in table.columns):
            return True
    return False


def column_grammar(prefix: str, heal: str, schema: Schema | None, cells: Sequence[Cell] = ()) -> str | None:
    """GBNF that lets only columns of the frame follow, when the cursor stands in ``frame["``; ``None`` elsewhere.

    `heal` is what the grammar must begin with. A line that begins with the subscript may name a new column, so it is free.
    """
    frames = _frames(schema)
    found = _SUBSCRIPT.search(prefix[-2000:]) if frames else None
    if found is None or found["frame"] not in frames or not found["lead"].strip() or _changed(found["frame"], prefix):
        return None
    typed, quote = found["typed"], found["quote"]
    names = dict.fromkeys([column.name for column in frames[found["frame"]].columns])
    names.update(dict.fromkeys(sorted(_columns_added(prefix, cells))))
    fitting = [name for name in names if name.startswith(typed) and quote not in name and "\\" not in name]
    if not fitting or len(fitting) > _MOST_NAMES or not all(name.isprintable() for name in fitting):
        return None
    alternatives = " | ".join(_quoted(heal + name[len(typed) :] + quote) for name in fitting)
    return f"root ::= ({alternatives}) [^\\x00]*"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _frames(schema: Schema | None) -> dict[str, Table]:
    if schema is None:
        return {}
    return {table.name: table for table in schema.tables if table.kind == "dataframe" and table.columns}


def _changed(frame: str, prefix: str) -> bool:
    """Whether the cell gives the name another value above the cursor, or other columns to the frame."""
    if re.search(_REBINDS.format(name=re.escape(frame)), prefix):
        return True
    return re.search(rf"\b{re.escape(frame)}\.(?:columns|rename|insert|drop)\b", prefix) is not None


def _columns_added(prefix: str, cells: Sequence[Cell]) -> set[str]:
    sources = [prefix, *(cell.source[:20_000] for cell in cells if cell.type == "code")]
    added = {name for source in sources for pair in _NEW_COLUMNS.findall(source) for name in pair if name}
    for source in sources:
        for call in _ASSIGNED.finditer(source):
            added.update(re.findall(r"(\w+)\s*=(?!=)", source[call.end() : call.end() + 400]))
            added.update(re.findall(r"[\"']([^\"'\n]+)[\"']", source[call.end() : call.end() + 400]))
    return added


def _reads(prefix: str, text: str) -> Iterator[tuple[str, str]]:
    """(frame, column) for every constant subscript that `text`, or the cursor's line with it, reads."""
    line = without_magics(prefix.rsplit("\n", 1)[-1]) + text
    for source in (line, text):
        for candidate in (source, source.rstrip().rstrip(":,"), source + ")", source + "]", source + "])"):
            tree = parsed(candidate.strip())
            if tree is None:
                continue
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.Subscript)
                    and isinstance(node.ctx, ast.Load)
                    and isinstance(node.value, ast.Name)
                ):
                    for constant in _constants(node.slice):
                        yield node.value.id, constant
            return
    # not whole: what can be read without a parser. An assignment's target may be new.
    for match in re.finditer(r"([A-Za-z_]\w*)\[\s*[\"']([^\"'\n]+)[\"']\s*\](?!\s*=[^=])", line):
        yield match[1], match[2]


def _constants(node: ast.expr) -> Iterator[str]:
    items = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    for item in items:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            yield item.value
