"""Schema linking: which tables and columns of a catalogue a question needs, so that the prompt stays small.

A schema that fits goes whole, in its own order, whatever the question: its text is then the same for every question
and the engine's KV cache keeps it. Only a larger one is cut: whole tables first (the best ranked and those that join
them), then columns that nothing points at. Order is always the schema's own.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from jupyter_qwen.prompt.notation import DEFAULT, Notation, render_table
from jupyter_qwen.schema.keys import resolved_keys, with_inferred_keys
from jupyter_qwen.schema.model import Column, Schema, Table
from jupyter_qwen.schema.notebook import Cell
from jupyter_qwen.schema.words import content_stems, identifier_stems

_CHARACTERS_PER_TOKEN = 2.6  # of DDL, at the low end, so that the estimate never claims a fit that is none
_TABLE_NAME, _COLUMN_NAME, _VALUE, _NAMED_IN_CELL, _WHOLE_NAME = 3.0, 1.0, 2.0, 1.5, 2.0
_BRIDGES_AT_MOST = 4  # tables on a path between two chosen ones; longer paths are joins nobody asked for
_CANDIDATES = 40  # best tables that are looked at closely; the budget ends far earlier
_KEPT_COLUMNS = 40  # of a table that is wider than the budget allows


@dataclass(frozen=True)
class LinkedSchema:
    """The tables to tell, in the schema's order. `whole` says that nothing was left out."""

    tables: tuple[Table, ...]
    text: str
    whole: bool
    notes: tuple[str, ...] = ()


def link(
    question: str,
    schema: Schema,
    *,
    count: Callable[[str], int],
    budget_tokens: int,
    cells: Sequence[Cell] = (),
    notation: Notation = DEFAULT,
    first: Sequence[str] = (),
) -> LinkedSchema:
    """The part of `schema` to put before the model, at most `budget_tokens` of it.

    `first` names tables (dotted references) that the user asked for: they stand first and are never left out for others.
    `cells` are in document order; tables that they name are likelier, the later the cell the more so. Pure; 1,000 tables
    of 20 columns take well under 100 ms because names are searched as one text.
    """
    tables = with_inferred_keys(schema.tables)
    if not tables:
        return LinkedSchema((), "", whole=True)
    wanted = {name.casefold() for name in first}
    if wanted:
        tables = tuple(sorted(tables, key=lambda t: ".".join(t.reference).casefold() not in wanted))
    separator = "\n" if notation.form == "line" else "\n\n"
    if sum(_rough_characters(t) for t in tables) <= budget_tokens * 12:
        texts = [render_table(t, notation) for t in tables]
        text = separator.join(texts)
        if len(text) <= budget_tokens * _CHARACTERS_PER_TOKEN or count(text) <= budget_tokens:
            return LinkedSchema(tables, text, whole=True)
    scores = rank(question, tables, cells)
    asked_for = sum(".".join(t.reference).casefold() in wanted for t in tables)
    chosen = _choose(scores, tables, count, budget_tokens, notation, content_stems(question), first=asked_for)
    kept = with_inferred_keys([chosen[i] for i in sorted(chosen)])
    text = separator.join(render_table(t, notation) for t in kept)
    left_out = len(tables) - len(kept)
    cut = sum(len(tables[i].columns) - len(t.columns) for i, t in chosen.items())
    notes: tuple[str, ...] = (f"{left_out} of {len(tables)} tables left out of the prompt",) if left_out else ()
    if cut:
        notes += (f"{cut} columns left out of wide tables",)
    return LinkedSchema(kept, text, whole=not notes, notes=notes)


def rank(question: str, tables: Sequence[Table], cells: Sequence[Cell] = ()) -> tuple[float, ...]:
    """A score per table: rare words of the question in its name, columns and values, and mentions in cells."""
    stems = [s for s in content_stems(question) if len(s) > 1 or s.isdigit()]
    scores = [0.0] * len(tables)
    hits = _name_hits(stems, tables)
    for by_table, by_column in hits.values():
        rarity = math.log(1 + len(tables) / (1 + len(by_table.keys() | by_column.keys())))
        for i, share in by_table.items():
            scores[i] += _TABLE_NAME * share * (0.3 + rarity)
        for i in by_column:
            scores[i] += _COLUMN_NAME * (0.2 + rarity)
    folded = f" {' '.join(question.lower().split())} "
    for i, table in enumerate(tables):
        name = table.name.lower()
        if len(name) > 2 and name in folded and re.search(rf"\b{re.escape(name)}\b", folded):
            scores[i] += _WHOLE_NAME
        for column in table.columns:
            if column.values and any(
                len(v) > 2 and v.lower() in folded and f" {v.lower()}" in folded for v in column.values
            ):
                scores[i] += _VALUE
    _add_mentions(scores, tables, cells)
    return tuple(scores)


def _name_hits(stems: Iterable[str], tables: Sequence[Table]) -> dict[str, tuple[dict[int, float], dict[int, int]]]:
    """stem → (table index → share of the table's name that it covers, table index → columns that hold it).

    All names stand in one text, one a line; a regular expression finds candidates at C speed and only those are split into
    words.
    """
    found: dict[str, tuple[dict[int, float], dict[int, int]]] = {s: ({}, {}) for s in stems}
    if not found:
        return found
    starts: list[int] = []
    owners: list[int] = []
    names: list[str] = []
    position = 0
    for i, table in enumerate(tables):
        for name in (table.name, *[c.name for c in table.columns]):
            starts.append(position)
            owners.append(i)
            names.append(name)
            position += len(name) + 1
    first_of_table: dict[int, int] = {}
    for entry, owner in enumerate(owners):
        first_of_table.setdefault(owner, entry)
    text = "\n".join(names)
    pattern = re.compile("|".join(re.escape(s) for s in sorted(found, key=len, reverse=True)), re.IGNORECASE)
    looked_at: set[int] = set()
    for match in pattern.finditer(text):
        entry = bisect_right(starts, match.start()) - 1
        if entry in looked_at:
            continue
        looked_at.add(entry)
        parts = identifier_stems(names[entry])
        joined = "".join(parts)
        owner = owners[entry]
        for part in set(parts) | {joined}:
            if part in found:
                if entry == first_of_table[owner]:
                    found[part][0][owner] = max(found[part][0].get(owner, 0.0), len(part) / max(1, len(joined)))
                else:
                    found[part][1][owner] = found[part][1].get(owner, 0) + 1
    return found


def _add_mentions(scores: list[float], tables: Sequence[Table], cells: Sequence[Cell]) -> None:
    """Tables that recent cells name count more: the cell before the question in full, older ones less and less."""
    by_name: dict[str, list[int]] = {}
    for i, table in enumerate(tables):
        by_name.setdefault(table.name.lower(), []).append(i)
    weight = _NAMED_IN_CELL
    for cell in reversed(cells[-12:]):
        for word in set(re.findall(r"\w+", cell.source.lower())):
            for i in by_name.get(word, ()):
                scores[i] += weight
        weight *= 0.8


def _choose(
    scores: Sequence[float],
    tables: Sequence[Table],
    count: Callable[[str], int],
    budget_tokens: int,
    notation: Notation,
    stems: Sequence[str],
    *,
    first: int = 0,
) -> dict[int, Table]:
    """Tables by rank with the bridges that join them, until the budget is used; always at least one.

    The `first` tables come before all others, whatever their rank.
    """
    order = sorted(range(len(tables)), key=lambda i: (i >= first, -scores[i], i))[: max(_CANDIDATES, first)]
    best = max(scores)
    neighbours = _foreign_key_graph(tables)
    chosen: dict[int, Table] = {}
    used = 0
    for i in order:
        if chosen and i >= first and (scores[i] <= 0 or scores[i] < best * 0.15):
            break
        group = [i] if not chosen else [*_bridges(i, chosen.keys(), neighbours), i]
        shown = {j: _narrow(tables[j], stems) for j in group if j not in chosen}
        cost = sum(count(render_table(t, notation)) for t in shown.values())
        if used + cost > budget_tokens and chosen:
            shown = {i: _narrow(tables[i], stems)}
            cost = count(render_table(shown[i], notation))
            if used + cost > budget_tokens:
                continue
        chosen.update(shown)
        used += cost
    return chosen


def _foreign_key_graph(tables: Sequence[Table]) -> dict[int, set[int]]:
    graph: dict[int, set[int]] = {}
    for i, _, j in resolved_keys(tables):
        if i != j:
            graph.setdefault(i, set()).add(j)
            graph.setdefault(j, set()).add(i)
    return graph


def _bridges(start: int, goals: Iterable[int], graph: dict[int, set[int]]) -> list[int]:
    """The tables strictly between `start` and the nearest of `goals` along foreign keys; empty when no path exists."""
    goal_set = set(goals)
    came_from: dict[int, int] = {start: start}
    queue = deque([(start, 0)])
    while queue:
        here, steps = queue.popleft()
        if here in goal_set:
            path: list[int] = []
            step = came_from[here]
            while step != start:
                path.append(step)
                step = came_from[step]
            return path
        if steps > _BRIDGES_AT_MOST:
            continue
        for there in sorted(graph.get(here, ())):
            if there not in came_from:
                came_from[there] = here
                queue.append((there, steps + 1))
    return []


def _narrow(table: Table, stems: Sequence[str]) -> Table:
    """`table` with its keys, the columns that the question names, and the first others, when it is very wide."""
    if len(table.columns) <= _KEPT_COLUMNS:
        return table
    keys = {c for k in table.foreign_keys for c in k.columns} | set(table.primary_key)
    wanted = set(stems)

    def weight(position: int, column: Column) -> tuple[int, int]:
        named = sum(part in wanted for part in identifier_stems(column.name))
        return (-named - (column.name in keys), position)

    order = sorted(range(len(table.columns)), key=lambda i: weight(i, table.columns[i]))[:_KEPT_COLUMNS]
    kept = sorted(order)
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
    )


def _rough_characters(table: Table) -> int:
    return len(table.name) + sum(len(c.name) for c in table.columns)
