"""What the assistant is asked, decoded from the wire once and frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from jupyter_qwen.assistant.selection import SelectionFormatError, decode_attachments, decode_excluded
from jupyter_qwen.knowledge.model import Knowledge
from jupyter_qwen.prompt.attachments import Attachment
from jupyter_qwen.schema.model import PRIVACY_LEVELS, PrivacyLevel, Schema
from jupyter_qwen.schema.notebook import Cell, without_literals

Mode = Literal["auto", "sql", "python", "chat", "explain", "fix", "plot"]
MODES: tuple[Mode, ...] = get_args(Mode)

# A question is a few sentences. 20,000 characters are about 5,000 tokens, over a minute of prefill on two cores.
MAX_QUESTION_CHARACTERS = 20_000


class BadRequest(ValueError):
    """A request that cannot be answered as it stands. `hint` is the way out, `code` is stable for the front end."""

    def __init__(self, message: str, *, hint: str = "", code: str = "bad-request") -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code


@dataclass(frozen=True)
class Question:
    """One question with everything that was in view when it was asked.

    `cells` are in document order and `active_cell` is the id of the one that asks. `connection` names the DuckDB connection
    to query; ``None`` lets the assistant pick the one that the notebook uses. `dialect` is the SQL dialect wanted. `include` is
    what the user added by name, in his order; `exclude` holds the references of what he took out (selection.py).
    `locale` is the interface's language, a code such as ``de`` or ``zh-CN``: what is said beside the answer is said in it.
    """

    text: str
    mode: Mode = "auto"
    thread: str = ""
    language: str = "python"
    cells: tuple[Cell, ...] = ()
    active_cell: str | None = None
    schema: Schema | None = None
    connection: str | None = None
    dialect: str | None = None
    tables: tuple[str, ...] = ()
    max_new_tokens: int | None = None
    include: tuple[Attachment, ...] = ()
    exclude: frozenset[str] = frozenset()
    locale: str = "en"
    offered: str = ""
    """A query that a receipt offers for the question, to be proved and told in the place of one of the model's."""
    known: Knowledge = field(default_factory=Knowledge)
    """What the notebook's knowledge files teach; never from the wire."""

    @classmethod
    def from_json(cls, data: object) -> Question:
        """Decode an AskRequest of docs/reference/protocol.md.

        Raises BadRequest for an empty or overlong question and for fields of the wrong shape; SchemaFormatError for a
        schema that is not in the wire form.
        """
        if not isinstance(data, Mapping):
            raise BadRequest("The request must be a JSON object.")
        try:
            include, exclude = decode_attachments(data.get("include")), decode_excluded(data.get("exclude"))
        except SelectionFormatError as error:
            raise BadRequest(str(error), hint="Take something out of the context and ask again.") from error
        cells, schema = decode_cells(data.get("cells")), decode_schema(data.get("schema"), data.get("privacy"))
        known = _known_below_values(cells, schema, data.get("privacy"))
        if known is not None:
            cells = _without_values(cells, known)
            include = tuple(
                replace(item, text=without_literals(item.text, known)) if item.kind == "error" else item
                for item in include
            )
        return cls(
            text=_question_text(data.get("question")),
            mode=_mode(data.get("mode") or "auto"),
            thread=_text(data, "thread") or "",
            language=_text(data, "language") or "python",
            cells=cells,
            active_cell=_text(data, "active_cell"),
            schema=schema,
            connection=_text(data, "connection"),
            dialect=_text(data, "dialect"),
            tables=_texts(data, "tables"),
            max_new_tokens=_count(data, "max_new_tokens"),
            include=include,
            exclude=exclude,
            locale=_text(data, "locale") or "en",
            offered=_text(data, "offered") or "",
        )


@dataclass(frozen=True)
class CompletionQuestion:
    """One request for ghost text: `prefix` and `suffix` of the active cell are exact to the byte.

    `by_key` says that the user asked for it, which is always answered and may take as many lines as it needs. `warm` asks for
    no text: the engine processes the prompt, so that the next request there is answered at once.
    """

    prefix: str
    suffix: str
    language: str = "python"
    path: str = ""
    thread: str = ""
    cells: tuple[Cell, ...] = ()
    active_cell: str | None = None
    schema: Schema | None = None
    multiline: bool | None = None
    by_key: bool = False
    warm: bool = False

    @classmethod
    def from_json(cls, data: object) -> CompletionQuestion:
        """Decode a CompleteRequest of docs/reference/protocol.md. Raises BadRequest or SchemaFormatError."""
        if not isinstance(data, Mapping):
            raise BadRequest("The request must be a JSON object.")
        multiline = data.get("multiline")
        cells, schema = decode_cells(data.get("cells")), decode_schema(data.get("schema"), data.get("privacy"))
        known = _known_below_values(cells, schema, data.get("privacy"))
        return cls(
            prefix=_text(data, "prefix") or "",
            suffix=_text(data, "suffix") or "",
            language=_text(data, "language") or "python",
            path=_text(data, "path") or "",
            thread=_text(data, "thread") or "",
            cells=cells if known is None else _without_values(cells, known),
            active_cell=_text(data, "active_cell"),
            schema=schema,
            multiline=multiline if isinstance(multiline, bool) else None,
            by_key=data.get("by_key") is True,
            warm=data.get("warm") is True,
        )


def cells_up_to(question: Question) -> tuple[Cell, ...]:
    """The cells up to the one that asks, which is the subject of /fix and /explain; all when it is not known."""
    for number, cell in enumerate(question.cells):
        if cell.id and cell.id == question.active_cell:
            return question.cells[: number + 1]
    return question.cells


def decode_cells(value: object) -> tuple[Cell, ...]:
    """Cells of a request. Raises BadRequest when it is not a list of cells."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise BadRequest("cells must be a list of objects.")
    try:
        return tuple(Cell.from_json(item) for item in value)
    except ValueError as error:
        raise BadRequest(f"{error}.") from error


def decode_schema(value: object, privacy: object = None) -> Schema | None:
    """The schema of a request. `privacy` lowers, never raises, what it may be used for. Raises SchemaFormatError."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise BadRequest("schema must be an object or null.")
    schema = Schema.from_json(value)
    if privacy is None:
        return schema
    if privacy not in PRIVACY_LEVELS:
        raise BadRequest(f"privacy is {privacy!r}; it must be one of {', '.join(PRIVACY_LEVELS)}.")
    level: PrivacyLevel = min(schema.privacy, privacy, key=PRIVACY_LEVELS.index)
    return schema.at_privacy(level)


def _known_below_values(cells: Sequence[Cell], schema: Schema | None, privacy: object) -> str | None:
    """What errors may quote below the level *values*, ``None`` where they may quote anything: the code, and names."""
    levels = [level for level in (privacy, schema.privacy if schema is not None else None) if level in PRIVACY_LEVELS]
    if not any(level in ("names", "types") for level in levels):
        return None
    tables = schema.tables if schema is not None else ()
    names = [name for table in tables for name in (*table.reference, *(column.name for column in table.columns))]
    return "\n".join([*(cell.source for cell in cells), *names])


def _without_values(cells: Sequence[Cell], known: str) -> tuple[Cell, ...]:
    return tuple(
        replace(cell, error=cell.error.without_values(known)) if cell.error is not None else cell for cell in cells
    )


def _question_text(value: object) -> str:
    if not isinstance(value, str):
        raise BadRequest("question must be a text.")
    if not value.strip():
        raise BadRequest(
            "The question is empty.", hint="Type what you want to know, for example: revenue per month.", code="empty"
        )
    if len(value) > MAX_QUESTION_CHARACTERS:
        raise BadRequest(
            f"The question has {len(value):,} characters; {MAX_QUESTION_CHARACTERS:,} is the limit.",
            hint="Shorten it, or put long text or data into a cell or a table and refer to it by name.",
            code="too-long",
        )
    return value.strip()


def _mode(value: object) -> Mode:
    for mode in MODES:
        if value == mode:
            return mode
    raise BadRequest(f"mode is {value!r}; it must be one of {', '.join(MODES)}.")


def _text(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{key} must be a text, not {type(value).__name__}.")
    return value


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadRequest(f"{key} must be a list of texts.")
    return tuple(value)


def _count(data: Mapping[str, Any], key: str) -> int | None:
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadRequest(f"{key} must be a whole number above 0.")
    return value
