"""Distinct values and sample rows for the tables already listed, within the time and size that the limits leave."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from ..privacy import allows, secret_columns
from ..words import relevance, searched_words
from .dtypes import is_text, is_whole
from .encoding import jsonable, weight
from .joining import joining_values


def fair_shares(wants: list[int], total: int) -> list[int]:
    """Divide `total` so that nobody gets more than wanted and nobody gets less than another who wants as much."""
    shares = [0] * len(wants)
    left, waiting = total, sorted(range(len(wants)), key=lambda i: wants[i])
    for position, index in enumerate(waiting):
        shares[index] = min(wants[index], left // (len(waiting) - position))
        left -= shares[index]
    return shares


class Contents:
    """Fills the records of `sources` breadth first: rows of every table, then the values of the larger ones."""

    def __init__(self, sources: list[Any], level: str, question: str | None, limits: Any, clock: Any) -> None:
        self.words = searched_words(question)
        # larger tables first: the smaller ones that they point at then show the rows that join
        self.sources = sorted(sources, key=lambda source: (-relevance(source.record, self.words), -(source.total or 0)))
        self.level = level
        self.limits = limits
        self.clock = clock
        self.notes: list[str] = []
        self.values_left = limits.values_total
        self.secrets = [secret_columns(source.record) for source in self.sources]
        self.unread = [
            hidden | computed_columns(source.record)
            for hidden, source in zip(self.secrets, self.sources)  # noqa: B905
        ]

    def fill(self) -> list[str]:
        """Read until everything is read or the time is up; returns notes about what was left out."""
        without_rows, without_values = self._read_rows(), self._read_values()
        if without_rows:
            self.notes.append(f"rows of {without_rows} tables were not read: {self.limits.seconds:g} s were up")
        elif without_values:
            self.notes.append(f"not all values of {without_values} tables were read: {self.limits.seconds:g} s were up")
        hidden = sum(map(len, self.secrets))
        if hidden:
            self.notes.append(f"contents of {hidden} columns with secret-looking names were not read")
        return self.notes

    def _read_rows(self) -> int:
        limits = self.limits
        wants = [
            len(source.record["columns"]) * min(limits.rows, limits.rows if source.total is None else source.total)
            for source in self.sources
        ]
        shares = fair_shares(wants, limits.cells)
        bytes_left = limits.bytes
        for index, source in enumerate(self.sources):
            if not self.clock.left():
                return len(self.sources) - index
            wanted = max(1, shares[index] // len(source.record["columns"]))
            read = self._guarded(source, lambda i=index, n=wanted: self._rows_of(i, n))
            if read is None:
                continue
            rows, complete = read
            rows = [[self._cell(value) for value in row] for row in rows]
            self._values_from_rows(index, rows, complete)
            if not allows(self.level, "samples"):
                continue
            allowance = bytes_left // (len(self.sources) - index)
            kept, used = _within(rows, allowance)
            bytes_left -= used
            source.record["rows"] = kept
            source.record["rows_complete"] = complete and len(kept) == len(rows)
            if complete:
                source.record["row_count"] = len(rows)
        return 0

    def _rows_of(self, index: int, wanted: int) -> Any:
        source = self.sources[index]
        if source.record["kind"] != "table" or (source.total or 0) <= wanted:
            return source.rows(wanted, self.unread[index], self.limits)
        joined = joining_values(source.record, [other.record for other in self.sources[:index]], self.unread[index])
        return source.rows(wanted, self.unread[index], self.limits, joined)

    def _cell(self, value: Any) -> Any:
        kind = type(value)
        if value is None or (kind is str and len(value) <= self.limits.cell_chars) or kind is bool:
            return value
        return jsonable(value, self.limits.cell_chars, self.limits.items)

    def _values_from_rows(self, index: int, rows: list[list[Any]], complete: bool) -> None:
        source = self.sources[index]
        for position, column in enumerate(source.record["columns"]):
            if position in self.unread[index] or not _has_values(column["type"]):
                continue
            self._keep(column, [row[position] for row in rows], complete)
        source.record["_values_read"] = complete

    def _keep(self, column: dict[str, Any], values: list[Any], complete: bool) -> None:
        counts = Counter(value for value in values if value is not None)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
        texts = [str(value).lower() if type(value) is bool else str(value) for value, _ in ordered]
        cut = any(len(text) >= self.limits.cell_chars for text in texts)
        self._store(column, texts, len(texts) if complete and not cut else None, complete)

    def _store(self, column: dict[str, Any], texts: list[str], distinct: int | None, complete: bool) -> None:
        limits = self.limits
        most = limits.values if is_text(column["type"]) else limits.number_values
        if distinct is not None:
            column["distinct"] = distinct
        if not is_text(column["type"]) and len(texts) > most:
            return
        self.values_left += len(column.get("values", ()))
        short = [text for text in texts if len(text) <= limits.value_chars]
        kept = self._chosen(short, min(most, self.values_left))
        self.values_left -= len(kept)
        column["values"] = kept
        column["values_complete"] = complete and len(kept) == distinct and distinct > 0

    def _chosen(self, texts: list[str], most: int) -> list[str]:
        """The first `most` texts; those that the question speaks of take the last places when they are not among them."""
        if len(texts) <= most or not self.words:
            return texts[:most]
        spoken = [text for text in texts[most:] if self._speaks_of(text)][: most // 4]
        return texts[: most - len(spoken)] + spoken

    def _speaks_of(self, text: str) -> bool:
        folded = text.lower()
        return any(word in folded for word in self.words)

    def _read_values(self) -> int:
        for index, source in enumerate(self.sources):
            if source.record.get("_values_read"):
                continue
            for position, column in enumerate(source.record["columns"]):
                if position in self.unread[index] or not _has_values(column["type"]):
                    continue
                if not self.clock.left() or self.values_left <= 0:
                    return len(self.sources) - index
                self._guarded(source, lambda s=source, p=position, c=column: self._read_column(s, p, c))
        return 0

    def _read_column(self, source: Any, position: int, column: dict[str, Any]) -> None:
        limits = self.limits
        if hasattr(source, "value_counts"):
            most = limits.values if is_text(column["type"]) else limits.number_values
            counted = source.value_counts(position, limits, most)
            if counted is not None:
                values, distinct, complete = counted
                if self.words and not complete and is_text(column["type"]):
                    found = source.values_with(position, self.words, limits.value_chars, most // 4)
                    values = values[:most] + [value for value in found if value not in values]
                if complete or is_text(column["type"]) or len(values) < most:
                    self._store(column, values, distinct, complete)
            return
        read = source.texts(position, limits.value_rows)
        if read is not None:
            values, complete = read
            self._keep(column, [jsonable(value, limits.cell_chars, 0, 0) for value in values], complete)

    def _guarded(self, source: Any, read: Any) -> Any:
        """What `read` returns, or ``None`` with a note when the data library refuses or its time slice is over."""
        reader = getattr(source, "reader", None)
        timer = None
        if reader is not None and not source.own:
            timer = threading.Timer(max(self.clock.left(), 0.01), reader.interrupt)
            timer.daemon = True
            timer.start()
        try:
            return read()
        except Exception as error:  # noqa: BLE001 (a broken table must not hide the other tables; the note tells)
            name = ".".join(source.record["reference"])
            self.notes.append(f"contents of {name} could not be read: {type(error).__name__}")
            return None
        finally:
            if timer is not None:
                timer.cancel()
                timer.join()  # it holds the cursor until it has ended


def computed_columns(record: dict[str, Any]) -> frozenset[int]:
    """Indices of the columns that are computed when they are read, by an expression that the database holds."""
    return frozenset(i for i, column in enumerate(record["columns"]) if column.get("_computed"))


def _has_values(kind: str) -> bool:
    return is_text(kind) or is_whole(kind)


def _within(rows: list[list[Any]], allowance: int) -> tuple[list[list[Any]], int]:
    used = 0
    for index, row in enumerate(rows):
        used += sum(map(weight, row)) + 2
        if used > allowance:
            return rows[:index], used
    return rows, used
