"""How alike two names are, in the ways in which a model misremembers names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from jupyter_qwen.schema.words import identifier_stems


def likeness(wrong: str, right: str) -> float:
    """Between 0 and 1; 1 when only case, separators or plural differ. Below 0.7 it is a guess."""
    a, b = identifier_stems(wrong), identifier_stems(right)
    if not a or not b:
        return difflib.SequenceMatcher(None, wrong.casefold(), right.casefold()).ratio()
    if [w for w in a if w.isdigit()] != [w for w in b if w.isdigit()]:
        return 0.0  # `column_9` is no slip of the pen for `column_8`
    if a == b or "".join(a) == "".join(b):
        return 1.0
    if sorted(a) == sorted(b):
        return 0.97
    if len(a) == len(b) and all(_abbreviates(x, y) for x, y in zip(a, b, strict=True)):
        return 0.93
    if set(a) < set(b) or (set(a) > set(b) and len("".join(a)) > 4):
        # `name` for `last_name`, `customer_email` for `email`: plausible, the better the fewer words are left over.
        fewer, more = sorted((len(set(a)), len(set(b))))
        part = 0.72 + 0.16 * fewer / more
    else:
        part = 0.0
    return max(part, 0.96 * difflib.SequenceMatcher(None, "".join(a), "".join(b)).ratio())


def closest(wrong: str, among: Iterable[str], *, at_least: float = 0.75) -> list[tuple[float, str]]:
    """The three likest of `among`, best first."""
    found = sorted(((likeness(wrong, right), right) for right in among), key=lambda pair: -pair[0])
    return [pair for pair in found if pair[0] >= at_least][:3]


def _abbreviates(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return long.startswith(short) and (len(short) >= 2 or short == long)
