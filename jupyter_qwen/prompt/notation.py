"""Tables as text for a model: DDL, one column a line, or one line a table. Pure functions of the schema's values.

Figures for each form are in docs/explanation/sql.md ("Accuracy"); `DEFAULT` is the one that won. Names are written
as a query must write them, so that copying is right: a name that needs quotes is shown in quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from jupyter_qwen.schema.formats import remark as format_remark
from jupyter_qwen.schema.model import Column, ForeignKey, Table
from jupyter_qwen.schema.quoting import quote_identifier, quote_reference, quote_text

Form = Literal["ddl", "inline", "line"]

_SHORT_TYPES = {
    "CHARACTER VARYING": "VARCHAR", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "TIME WITH TIME ZONE": "TIMETZ",
}  # fmt: skip
_LONGEST_VALUE = 32
_LONGEST_COMMENT = 80


@dataclass(frozen=True)
class Notation:
    """How much of a table is told. `values` is the number of values shown for a column of few short texts.

    `formats` tells how to read dates and numbers that are kept as text.
    """

    form: Form = "inline"
    types: bool = True
    keys: bool = True
    comments: bool = True
    values: int = 0
    formats: bool = True


DEFAULT = Notation()


def render(tables: Sequence[Table], notation: Notation = DEFAULT) -> str:
    """All `tables`, in the order given (callers keep it stable so that the KV cache survives)."""
    separator = "\n" if notation.form == "line" else "\n\n"
    return separator.join(render_table(table, notation) for table in tables)


def render_table(table: Table, notation: Notation = DEFAULT) -> str:
    """One table. Foreign keys are told whether or not the other table is shown: the linker keeps what they need."""
    return _line(table, notation) if notation.form == "line" else _ddl(table, notation)


def shown_values(column: Column, limit: int) -> tuple[str, ...]:
    """Up to `limit` values that help to spell a filter: short texts of one line from a column that has few."""
    if limit <= 0 or not column.values or _is_number(column.type):
        return ()
    values = tuple(v for v in column.values if v and len(v) <= _LONGEST_VALUE and "\n" not in v)
    return values[:limit]


def _ddl(table: Table, notation: Notation) -> str:
    lines: list[str] = []
    inline = notation.keys and notation.form == "inline"
    single_key = table.primary_key[0] if inline and len(table.primary_key) == 1 else None
    targets = _single_targets(table.foreign_keys) if inline else {}
    entries: list[tuple[str, str]] = []
    for column in table.columns:
        words = [quote_identifier(column.name)]
        if notation.types and column.type:
            words.append(short_type(column.type))
        if column.name == single_key:
            words.append("PRIMARY KEY")
        if column.name in targets:
            other, key = targets[column.name]
            words.append(f"REFERENCES {_dotted(other)}({quote_identifier(key)})")
        entries.append((" ".join(words), _remark(table, column, notation)))
    if notation.keys and table.primary_key and single_key is None:
        entries.append((f"PRIMARY KEY ({_names(table.primary_key)})", ""))
    if notation.keys:
        entries.extend(
            (
                f"FOREIGN KEY ({_names(k.columns)}) REFERENCES {_dotted(k.table)}({_names(k.referenced_columns)})",
                "",
            )
            for k in table.foreign_keys
            if not inline or len(k.columns) > 1
        )
    for position, (text, remark) in enumerate(entries):
        comma = "," if position < len(entries) - 1 else ""
        lines.append(f"  {text}{comma}" + (f" -- {remark}" if remark else ""))
    head = f"CREATE TABLE {quote_reference(table.reference)} ("
    remark = _one_line(table.comment) if notation.comments and table.comment else ""
    return "\n".join([head + (f" -- {remark}" if remark else ""), *lines, ");"])


def _line(table: Table, notation: Notation) -> str:
    targets = _single_targets(table.foreign_keys) if notation.keys else {}
    entries: list[str] = []
    for column in table.columns:
        words = [quote_identifier(column.name)]
        if notation.types and column.type:
            words.append(short_type(column.type))
        if notation.keys and column.name in table.primary_key:
            words.append("PK")
        if column.name in targets:
            other, key = targets[column.name]
            words.append(f"-> {_dotted(other)}.{quote_identifier(key)}")
        remark = _remark(table, column, notation)
        entries.append(" ".join(words) + (f" /* {remark} */" if remark else ""))
    if notation.keys:
        entries.extend(
            f"({_names(k.columns)}) -> {_dotted(k.table)}({_names(k.referenced_columns)})"
            for k in table.foreign_keys
            if len(k.columns) > 1
        )
    remark = f" /* {_one_line(table.comment)} */" if notation.comments and table.comment else ""
    return f"{quote_reference(table.reference)}({', '.join(entries)}){remark}"


def short_type(type_name: str) -> str:
    """DuckDB's type name in its shortest usual spelling, on one line."""
    flat = " ".join(type_name.split())
    return _SHORT_TYPES.get(flat.upper(), flat)


def _remark(table: Table, column: Column, notation: Notation) -> str:
    values = ", ".join(quote_text(v) for v in shown_values(column, notation.values))
    if values and not column.values_complete:
        values += ", ..."
    comment = _one_line(column.comment) if notation.comments and column.comment else ""
    form = format_remark(table, column) if notation.formats else ""
    return "; ".join(text for text in (comment, form, values) if text).replace("*/", "* /")


def _single_targets(keys: Iterable[ForeignKey]) -> dict[str, tuple[str, str]]:
    """column → (table, key) for the keys of one column; the first key of a column wins."""
    found: dict[str, tuple[str, str]] = {}
    for key in keys:
        if len(key.columns) == 1 and len(key.referenced_columns) == 1:
            found.setdefault(key.columns[0], (key.table, key.referenced_columns[0]))
    return found


def _dotted(table: str) -> str:
    return quote_reference(table.split("."))


def _names(names: Iterable[str]) -> str:
    return ", ".join(quote_identifier(name) for name in names)


def _one_line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_COMMENT else flat[: _LONGEST_COMMENT - 1] + "…"


def _is_number(type_name: str) -> bool:
    head = type_name.upper().split("(")[0].strip()
    return head in {
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
        "FLOAT", "DOUBLE", "REAL", "DECIMAL", "NUMERIC",
    }  # fmt: skip
