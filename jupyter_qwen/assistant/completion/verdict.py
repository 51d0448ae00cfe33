"""What may be shown: the cuts while text streams in, and the checks when it has ended."""

from __future__ import annotations

import asyncio

from jupyter_qwen.assistant.completion.ghost_text import tidy, trim
from jupyter_qwen.assistant.completion.known_columns import reads_unknown_column
from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.assistant.completion.sql_fit import binds
from jupyter_qwen.python.stubs import leaves_stub
from jupyter_qwen.python.syntax import cut_to_fit, fits

_WHOLE = frozenset({"stop", "suffix", "string"})  # reasons by which the model, or the place, ended the text


def visible(raw: str, spot: Spot) -> str:
    """The part of an unfinished middle that can be shown already."""
    text = tidy(raw, spot.prefix, spot.suffix, block=spot.block, asked=spot.by_key, language=spot.language)
    if text and _is_python(spot) and reads_unknown_column(text, spot.prefix, spot.schema, spot.cells):
        return ""
    return "" if is_stub_at(text, spot) else text


def is_stub_at(text: str, spot: Spot) -> bool:
    """Whether `text` leaves the function at `spot` without a body: no answer, and nothing to flicker by."""
    return spot.block and _is_python(spot) and leaves_stub(text, spot.prefix)


def early_end(raw: str, spot: Spot) -> str | None:
    """Why no more text is needed; ``None`` while more may be shown."""
    if not raw.strip():
        return "blank" if raw.count("\n") > 3 else None
    lead = len(raw) - len(raw.lstrip("\n"))
    if not spot.block:
        # a line break at the beginning is part of what follows an accepted line (`Spot.after`)
        return "line" if "\n" in raw[lead:] else None
    if "\n" not in raw[lead:]:
        return None
    whole = raw.rpartition("\n")[0]
    reason = trim(whole, spot.prefix, spot.suffix, block=True, asked=spot.by_key, language=spot.language).reason
    # more text may still open what the text behind the cursor closes
    return None if reason in ("", "bracket") else reason


async def final(raw: str, reason: str, spot: Spot) -> str:
    """The suggestion for a finished middle; "" when it must not be shown. Checks run in a thread: they may take 70 ms."""
    text = tidy(raw, spot.prefix, spot.suffix, block=spot.block, asked=spot.by_key, language=spot.language)
    if not text:
        return ""
    return await asyncio.to_thread(_checked, text, _ended_by_itself(raw, text, reason), reason, spot)


def _checked(text: str, complete: bool, reason: str, spot: Spot) -> str:
    if is_stub_at(text, spot):
        return ""
    lines = text.split("\n")
    if reason == "length" and len(lines) > 1:
        lines.pop()  # the last line ends anywhere
    if _is_python(spot):
        if len(lines) == 1 and not _python_ok(text, spot):
            return cut_to_fit(text, spot.prefix, spot.suffix)
        while lines and not _python_ok("\n".join(lines), spot):
            lines.pop()
        return text if "\n".join(lines) == text else "\n".join(lines).rstrip("\n")
    if spot.place.kind == "sql" and spot.schema is not None:
        # a string of one line ends with its line
        complete = complete or (reason == "line" and len(spot.place.quote) == 1)
        ok = binds(
            text, spot.prefix, spot.suffix, spot.place, schema=spot.schema, cells=spot.cells, complete=complete
        )  # fmt: skip
        return text if ok else ""
    return text


def _python_ok(text: str, spot: Spot) -> bool:
    if not text.strip():
        return True
    if reads_unknown_column(text, spot.prefix, spot.schema, spot.cells):
        return False
    return fits(text, spot.prefix, spot.suffix)


def _is_python(spot: Spot) -> bool:
    return spot.language in ("python", "ipython") and spot.place.kind != "sql"


def _ended_by_itself(raw: str, text: str, reason: str) -> bool:
    return reason in _WHOLE and raw.strip() == text.strip()
