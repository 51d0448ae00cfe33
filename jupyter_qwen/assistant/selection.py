"""What the user added to a question by name, and what he took out of it: decoded from the wire, applied before the prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jupyter_qwen.prompt.attachments import KINDS, Attachment, Kind
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell

# A prompt holds a few thousand tokens: more text than this is cut anyway, and a request has to travel.
MAX_ATTACHMENTS = 20
MAX_ATTACHED_CHARACTERS = 200_000

ALL_CELLS, ERRORS = "cells", "error"


class SelectionFormatError(ValueError):
    """`include` or `exclude` of a request has another shape; the message says what is expected."""


def decode_attachments(value: object) -> tuple[Attachment, ...]:
    """``include`` of an AskRequest. Raises SelectionFormatError."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise SelectionFormatError("include must be a list of objects.")
    if len(value) > MAX_ATTACHMENTS:
        raise SelectionFormatError(f"{len(value)} things were added to the question; {MAX_ATTACHMENTS} is the limit.")
    return tuple(_attachment(item, position) for position, item in enumerate(value))


def _attachment(item: Mapping[str, Any], position: int) -> Attachment:
    kind, name = item.get("kind"), item.get("name")
    text, identifier = item.get("text") or "", item.get("id") or ""
    if kind not in KINDS:
        raise SelectionFormatError(f"include[{position}].kind is {kind!r}; it must be one of {', '.join(KINDS)}.")
    if not isinstance(name, str) or not name.strip():
        raise SelectionFormatError(f"include[{position}].name must be a text that is not empty.")
    if not isinstance(text, str) or not isinstance(identifier, str):
        raise SelectionFormatError(f"text and id of include[{position}] must be texts.")
    if len(text) > MAX_ATTACHED_CHARACTERS:
        raise SelectionFormatError(f"{name} has {len(text):,} characters; {MAX_ATTACHED_CHARACTERS:,} is the limit.")
    chosen: Kind = kind
    return Attachment(chosen, name, text, identifier)


def decode_excluded(value: object) -> frozenset[str]:
    """``exclude`` of an AskRequest: ``cells``, ``error``, ``cell:<id>``, ``table:<dotted reference>``.

    Raises SelectionFormatError.
    """
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SelectionFormatError("exclude must be a list of texts.")
    return frozenset(value)


def without_cells(cells: Sequence[Cell], excluded: frozenset[str], *, subject: str | None) -> tuple[Cell, ...]:
    """The cells that may be sent. `subject` is the id of the cell that a command is about: naming it sends it."""
    if not excluded:
        return tuple(cells)
    kept = [
        cell
        for cell in cells
        if (subject and cell.id == subject) or (ALL_CELLS not in excluded and f"cell:{cell.id}" not in excluded)
    ]
    if ERRORS in excluded:
        kept = [cell if cell.id == subject else replace(cell, error=None) for cell in kept]
    return tuple(kept)


def without_tables(schema: Schema, excluded: frozenset[str]) -> Schema:
    """The tables that the model may hear of; the others are unknown to the proof, too, so that no repair can name them."""
    gone = {ref.removeprefix("table:").casefold() for ref in excluded if ref.startswith("table:")}
    if not gone:
        return schema
    return replace(schema, tables=tuple(t for t in schema.tables if ".".join(t.reference).casefold() not in gone))
