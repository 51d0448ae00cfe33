"""Questions to the user's data: small SELECTs whose answers are kept by their text.

Where the data are and where the receipt is put together may be two processes, so a receipt is computed in rounds: a check
asks as if the answer were there, `NotYet` ends it when it is not, and the next round begins with what was answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from jupyter_qwen.sql.model import Diagnostic
from jupyter_qwen.sql.read.harmless import beyond_tables
from jupyter_qwen.sql.read.parse import parse

Rows = list[list[Any]]


class NotYet(Exception):
    """Probes without an answer."""

    def __init__(self, *probes: str) -> None:
        super().__init__(*probes)
        self.probes = probes


class ProbeFailed(Exception):
    """The database could not answer a probe, or it may not be asked; the message says why."""


class Probes:
    """Answers to probes, by their text: ``{"rows": [[...]]}`` or ``{"error": "..."}``.

    With `values` false no probe may bring values of the data, only counts (privacy levels *names* and *types*).
    """

    def __init__(self, answers: Mapping[str, Mapping[str, Any]], *, values: bool = True) -> None:
        self._answers = answers
        self.values = values
        self.failures: list[str] = []

    def rows(self, sql: str) -> Rows:
        """The rows of `sql`. Raises NotYet when nobody has asked, ProbeFailed when it has no answer."""
        why = refusal(sql)
        if why:
            raise ProbeFailed(why)
        answer = self._answers.get(sql)
        if answer is None:
            raise NotYet(sql)
        if "error" in answer:
            raise ProbeFailed(str(answer["error"]))
        return [list(row) for row in answer["rows"]]

    def row(self, sql: str) -> list[Any]:
        """The first row of `sql`. Raises as `rows`, and ProbeFailed when there is none."""
        found = self.rows(sql)
        if not found:
            raise ProbeFailed("It gave no row.")
        return found[0]

    def number(self, sql: str) -> int:
        """The one whole number that `sql` gives; 0 for NULL. Raises as `row`."""
        return int(self.row(sql)[0] or 0)


def refusal(sql: str) -> str:
    """Why `sql` may not run unasked on the user's connection; ``""`` for one query that only reads tables."""
    known = _JUDGED.get(sql)
    if known is None:
        if len(_JUDGED) >= _KEPT:
            _JUDGED.clear()
        known = _JUDGED[sql] = _judged(sql)
    return known


def _judged(sql: str) -> str:
    statement = parse(sql)
    if isinstance(statement, Diagnostic):
        return statement.message
    if statement.kind != "query" or statement.body_start:
        return f"It is not a query ({statement.kind})."
    if statement.parameters:
        return "It has parameters whose values are not known."
    return " ".join((*statement.consent, *beyond_tables(statement.reading)))


_KEPT = 2000
_JUDGED: dict[str, str] = {}

Item = TypeVar("Item")
Finding = TypeVar("Finding")


def each(items: Iterable[Item], find: Callable[[Item], Iterable[Finding]]) -> list[Finding]:
    """What `find` says of each item; what they ask is asked together. Raises NotYet; an item that cannot be asked is silent."""
    found: list[Finding] = []
    wanted: list[str] = []
    for item in items:
        try:
            found += find(item)
        except NotYet as error:
            wanted += error.probes
        except ProbeFailed:
            continue
    if wanted:
        raise NotYet(*dict.fromkeys(wanted))
    return found
