"""What came out of the locked process, checked field by field: a cell may write whatever it likes there.

JSON alone is read, of bounded size; every text is cut, every number tested, and nothing is called, formatted or unpickled.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Final

from .model import Axes, CellTrial, Figure, Result, TrialError

_TEXT: Final = 2_000
_PRINTED: Final = 20_000
_COLUMNS: Final = 400
_ROWS: Final = 100
_AXES: Final = 12
_PICTURE: Final = 60_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"


class Unreadable(ValueError):
    """The process told something that a trial never tells."""


def read_trial(body: bytes) -> CellTrial:
    """The outcome that `body` holds, without what the process cannot know. Raises Unreadable."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("it is not JSON") from None
    if not isinstance(told, dict):
        raise Unreadable("it is not an object")
    status = told.get("status")
    if status not in ("ran", "fails", "not tried"):
        raise Unreadable("its status is unknown")
    digest = told.get("digest")
    if digest is not None and not (isinstance(digest, str) and len(digest) == 64 and digest.isalnum()):
        raise Unreadable("its digest is none")
    error = told.get("error")
    if (status == "fails") != (error is not None):
        raise Unreadable("its status and its error differ")
    return CellTrial(
        status=status,
        reason=_text(told.get("reason", "")),
        error=None if error is None else _error(_mapping(error)),
        result=None if told.get("result") is None else _result(_mapping(told["result"])),
        digest=digest,
        figure=None if told.get("figure") is None else _figure(_mapping(told["figure"])),
        printed=_text(told.get("printed", ""), _PRINTED),
    )


def _error(told: dict[str, Any]) -> TrialError:
    line = told.get("line")
    return TrialError(_text(told.get("kind"), 200), _text(told.get("message")), None if line is None else _count(line))


def _result(told: dict[str, Any]) -> Result:
    shape = told.get("shape")
    return Result(
        type=_text(told.get("type"), 200),
        name=_text(told.get("name"), 200),
        shape=None if shape is None else tuple(_count(part) for part in _list(shape, 8)),
        columns=tuple(_pair(column) for column in _list(told.get("columns"), _COLUMNS)),
        rows=tuple(tuple(_scalar(item) for item in _list(row, _COLUMNS)) for row in _list(told.get("rows"), _ROWS)),
    )


def _figure(told: dict[str, Any]) -> Figure:
    return Figure(
        library=_text(told.get("library"), 40),
        axes=tuple(_axes(_mapping(axes)) for axes in _list(told.get("axes"), _AXES)),
        overlap=told.get("overlap") is True,
        png=_picture(told.get("png")),
    )


def _axes(told: dict[str, Any]) -> Axes:
    marks = list(_mapping(told.get("marks")).items())[:20]
    return Axes(
        title=_text(told.get("title"), 200),
        x=_text(told.get("x"), 200),
        y=_text(told.get("y"), 200),
        marks=tuple((_text(kind, 40), _count(number)) for kind, number in marks),
        has_data=told.get("has_data") is True,
        empty=told.get("empty") is True,
        legend=told.get("legend") is True,
    )


def _picture(value: object) -> bytes | None:
    if not value:
        return None
    try:
        picture = base64.b64decode(_text(value, _PICTURE), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("its picture is none") from None
    if not picture.startswith(_PNG) or len(picture) > _PICTURE:
        raise Unreadable("its picture is no PNG")
    return picture


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable("an object is missing")
    return value


def _list(value: object, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable("a list is missing")
    return value[:most]


def _text(value: object, most: int = _TEXT) -> str:
    """A text without lone surrogates, which no JSON encoder sends on."""
    if not isinstance(value, str):
        raise Unreadable("a text is missing")
    return value[:most].encode("utf-8", "replace").decode("utf-8")


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise Unreadable("a number is missing")
    return value


def _pair(value: object) -> tuple[str, str]:
    pair = _list(value, 2)
    if len(pair) != 2:
        raise Unreadable("a column is no pair")
    return _text(pair[0], 200), _text(pair[1], 200)


def _scalar(value: object) -> Any:
    if isinstance(value, str):
        return _text(value, 200)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and -(2.0**53) <= value <= 2.0**53:
        return value
    return _text(str(value)[:40]) if isinstance(value, (int, float)) else _text(value)
