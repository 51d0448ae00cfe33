"""What ``fix`` and ``explain`` are about: code below the first line, a cell named ``In[3]`` or ``Out[3]``, else the last one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from IPython.core.error import UsageError

from .history import History

OUTPUT_CHARS = 2_000
_REFERENCE = re.compile(r"\b(In|Out)\[(\d+)\]")
_NUMBER = re.compile(r"\d+")
_SHOWING = ("values", "samples")


@dataclass(frozen=True)
class Subject:
    """`cells` on the wire, document order; `active` is the id of the one that is asked about."""

    question: str
    cells: list[dict[str, Any]]
    active: str


def subject_of(
    mode: str, words: str, code: str, history: History, *, outputs: Mapping[int, Any], privacy: str
) -> Subject:
    """The cell to fix or to explain, and the question about it.

    `words` stand in the magic's line, `code` below it. A named ``Out[n]`` goes along with its type and, at the privacy levels
    that let values out, the beginning of its repr. Raises UsageError when there is no such cell.
    """
    known, running = history.cells()
    cells = [cell for cell in known if cell["id"] != running]
    named = _named(words)
    if code:
        subject: dict[str, Any] = {"id": "below", "type": "code", "source": code}
        failed = history.last_error()
        if failed is not None and failed["source"].strip() == code.strip():
            subject["error"] = failed["error"]
        cells.append(subject)
    elif named is not None:
        subject = _cell(cells, named, mode)
    elif mode == "fix":
        subject = _last_failed(history)
        # once is enough; what ran since stays, because it may define what the failed cell lacks
        cells = [cell for cell in cells if not ("error" in cell and cell["source"] == subject["source"])]
        cells.append(subject)
    else:
        subject = _last_code(cells)
    shown = _shown_outputs(words, outputs, privacy)
    question = "\n\n".join(part for part in (_question(mode, words, subject), shown) if part)
    return Subject(question, cells[: cells.index(subject) + 1], str(subject["id"]))


def _cell(cells: list[dict[str, Any]], number: int, mode: str) -> dict[str, Any]:
    for cell in cells:
        if cell["id"] == f"In[{number}]":
            return cell
    raise UsageError(f"%%qwen {mode}: this session has no cell In[{number}]; %history shows the cells")


def _named(words: str) -> int | None:
    """The number of the last cell that `words` name, or that they are."""
    if _NUMBER.fullmatch(words.strip()):
        return int(words)
    found = _REFERENCE.findall(words)
    return int(found[-1][1]) if found else None


def _last_failed(history: History) -> dict[str, Any]:
    failed: dict[str, Any] | None = history.last_error()
    if failed is None:
        raise UsageError("%%qwen fix: no cell has failed yet; write the code to fix below the first line")
    return {"id": "failed", "type": "code", "source": failed["source"], "error": failed["error"]}


def _last_code(cells: list[dict[str, Any]]) -> dict[str, Any]:
    for cell in cells[::-1]:
        source: str = cell["source"]
        if not source.lstrip().startswith(("%qwen", "%%qwen", "%load_ext")):
            return cell
    raise UsageError("%%qwen explain: no cell has run yet; write the code to explain below the first line")


def _question(mode: str, words: str, subject: Mapping[str, Any]) -> str:
    bare = not _REFERENCE.sub("", words).strip(" ,.;") or _NUMBER.fullmatch(words.strip())
    if not bare:
        return words.strip()
    if mode == "explain":
        return "Explain this code."
    error = subject.get("error")
    return f"Fix this error: {error['name']}: {error['message']}" if error else "Fix this code."


def _shown_outputs(words: str, outputs: Mapping[int, Any], privacy: str) -> str:
    shown = []
    for kind, number in dict.fromkeys(_REFERENCE.findall(words)):
        if kind != "Out":
            continue
        if int(number) not in outputs:
            raise UsageError(f"%%qwen: this session has no Out[{number}]; that cell showed no value")
        value = outputs[int(number)]
        text = f"Out[{number}] is a {type(value).__name__}"
        if privacy in _SHOWING:
            text += f":\n{_repr(value)}"
        shown.append(text)
    return "\n\n".join(shown)


def _repr(value: object) -> str:
    try:
        return repr(value)[:OUTPUT_CHARS]
    except Exception as error:  # noqa: BLE001 (the user's own class may raise anything)
        return f"(its repr raises {type(error).__name__})"
