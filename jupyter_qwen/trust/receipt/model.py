"""What a receipt says."""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["done", "asks", "refused"]


@dataclass(frozen=True)
class CountedJoin:
    """One join: rows before and after it, and how the rows of both sides meet.

    `left_unmatched` and `right_unmatched` are rows without a partner; an inner join drops them, a LEFT JOIN keeps the left
    ones. `left_unique` and `right_unique` tell whether the key is unique on that side, ``None`` where it was not counted.
    """

    text: str
    kind: str
    rows_before: int
    rows_joined: int
    rows_after: int
    left_unmatched: int | None = None
    right_unmatched: int | None = None
    left_unique: bool | None = None
    right_unique: bool | None = None
    left_null_keys: int | None = None


@dataclass(frozen=True)
class ReceiptWarning:
    """One thing that is probably not meant.

    `code` is stable and kebab-case (docs/explanation/trust.md lists them), `columns` are named as in the query, `message` has the
    figures, `mend` is a query that binds and does otherwise, or ``""``.
    """

    code: str
    message: str
    columns: tuple[str, ...] = ()
    mend: str = ""
    mend_says: str = ""


@dataclass(frozen=True)
class Receipt:
    """What a query did with the rows.

    `state`: ``done``; ``asks``, when the tables are large and nothing was counted yet (`message` says how large);
    ``refused``, when the query is none that may be looked at (`message` says why). `notes` are facts that are no
    suspicion: rows that a LIMIT cut, customers without orders that an inner join leaves out, what was not counted.
    """

    sql: str
    state: State
    message: str = ""
    joins: tuple[CountedJoin, ...] = ()
    warnings: tuple[ReceiptWarning, ...] = ()
    notes: tuple[str, ...] = ()
    rows: int | None = None
    seconds: float = 0.0

    @property
    def summary(self) -> str:
        """One line: how many warnings, or that there is nothing suspicious."""
        if self.state != "done":
            return self.message
        if self.warnings:
            return f"{len(self.warnings)} warning{'s' if len(self.warnings) > 1 else ''}"
        count = len(self.joins)
        keys = [side for join in self.joins for side in (join.left_unique, join.right_unique)]
        one = all(left or right for left, right in zip(keys[::2], keys[1::2], strict=True))
        joins = f"{count} join{'' if count == 1 else 's'}" + (", keys unique" if count and one else "")
        return f"nothing suspicious: {joins}"

    def to_json(self) -> dict[str, Any]:
        """The Receipt of docs/reference/protocol.md."""
        return {**asdict(self), "summary": self.summary}

    def __str__(self) -> str:
        lines = [f"Receipt: {self.summary}"]
        lines += [f"  {_told(join)}" for join in self.joins]
        for warning in self.warnings:
            lines.append(f"  ! {warning.code}: {warning.message}")
            if warning.mend:
                lines += [f"    {warning.mend_says}", *(f"      {line}" for line in warning.mend.splitlines())]
        lines += [f"  - {note}" for note in self.notes]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(join.text)}</td><td>{join.rows_before:,}</td><td>{join.rows_joined:,}</td>"
            f"<td>{join.rows_after:,}</td></tr>"
            for join in self.joins
        )
        head = "<tr><th>join</th><th>rows before</th><th>rows joined</th><th>rows after</th></tr>"
        found = "".join(
            f"<li><strong>{html.escape(item.code)}</strong>: {html.escape(item.message)}"
            + (f"<br>{html.escape(item.mend_says)}<pre>{html.escape(item.mend)}</pre>" if item.mend else "")
            + "</li>"
            for item in self.warnings
        )
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"<div><strong>Receipt</strong>: {html.escape(self.summary)}"
            + (f"<table>{head}{rows}</table>" if rows else "")
            + (f"<ul>{found}</ul>" if found else "")
            + (f"<ul>{notes}</ul>" if notes else "")
            + "</div>"
        )


def _told(join: CountedJoin) -> str:
    sides = [
        f"{side} key {'unique' if unique else 'repeats'}"
        for side, unique in (("left", join.left_unique), ("right", join.right_unique))
        if unique is not None
    ]
    return f"{join.text}: {join.rows_before:,} × {join.rows_joined:,} → {join.rows_after:,} rows" + (
        f" ({', '.join(sides)})" if sides else ""
    )
