"""What a stream tells, one frozen value an event. `encode` gives the wire form of docs/reference/protocol.md."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

from jupyter_qwen.assistant.completion.pace import Advice
from jupyter_qwen.assistant.trial_report import TrialReport
from jupyter_qwen.engine.base import Usage
from jupyter_qwen.sql.first_rows import FirstRows
from jupyter_qwen.sql.model import Diagnostic, Repair, StatementKind, Verdict
from jupyter_qwen.trust.confidence.scorecard import Grade

PhaseName = Literal["linking", "waiting", "prefill", "decode", "proof", "repair", "trial", "choice"]


@dataclass(frozen=True)
class StatusChanged:
    """The model is not ready yet; `status` is the Status of docs/reference/protocol.md."""

    type: ClassVar[str] = "status"
    status: dict[str, Any]


@dataclass(frozen=True)
class Phase:
    """A step begins, or the step `prefill` has read `done_tokens` of the prompt's `total_tokens`."""

    type: ClassVar[str] = "phase"
    phase: PhaseName
    done_tokens: int | None = None
    total_tokens: int | None = None


@dataclass(frozen=True)
class PartSize:
    """One part of the prompt: its exact text, and the tokens that it takes."""

    label: str
    tokens: int
    text: str = ""


@dataclass(frozen=True)
class PromptBuilt:
    """The prompt is ready: `prompt` is all of it, as the model gets it. `notes` are things the user should know, such as tables
    that were cut.
    """

    type: ClassVar[str] = "prompt"
    prompt_tokens: int
    parts: tuple[PartSize, ...] = ()
    notes: tuple[str, ...] = ()
    prompt: str = ""


@dataclass(frozen=True)
class TextDelta:
    """A piece of the Markdown answer."""

    type: ClassVar[str] = "delta"
    text: str


@dataclass(frozen=True)
class RepairMade:
    """A query that did not bind was changed; `round` counts the model's rounds and is 0 for a mechanical repair."""

    type: ClassVar[str] = "repair"
    round: int
    name: str
    reason: str
    before: str
    after: str


@dataclass(frozen=True)
class CellSource:
    """What Insert puts into the notebook."""

    source: str
    type: Literal["code", "markdown"] = "code"


@dataclass(frozen=True)
class Alternative:
    """Another reading of the question: a query of the model that binds too, nearly won, and gives other rows.

    `instead` says what it does where the query that is shown does `does`. The rest is as in a `Block`.
    """

    source: str
    does: str
    instead: str
    words: str | None = None
    rows: FirstRows | None = None
    cell: CellSource | None = None


@dataclass(frozen=True)
class Block:
    """A code block of the answer and what is known about it.

    `verdict` is of its SQL, ``None`` where it has none; `trial` of its Python, ``None`` where nobody thought of a trial.
    `words` says in one line what the code does, read from its tree; ``None`` where that cannot be said. `rows` are the first
    rows of a trial (privacy level *samples* only); they are shown and kept nowhere.
    `grade` says how likely a query or a cell of Python is right, `reasons` why, in words; ``None`` for what is not a bound read
    and for code that was not examined. `alternative` is a second reading of the question, where two nearly tied.
    `deciding_lines` are the numbers, from 1, of a cell's lines that decide what it shows; empty where all of them do.
    `loads` are ids of the cells that make the tables which it names and the kernel does not hold yet.
    """

    index: int
    language: str
    source: str
    verdict: Verdict | None = None
    kind: StatementKind | None = None
    needs_consent: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    repairs: tuple[Repair, ...] = ()
    cell: CellSource | None = None
    trial: TrialReport | None = None
    words: str | None = None
    rows: FirstRows | None = None
    grade: Grade | None = None
    reasons: tuple[str, ...] = ()
    alternative: Alternative | None = None
    loads: tuple[str, ...] = ()
    deciding_lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class BlockJudged:
    """A code block is finished and judged."""

    type: ClassVar[str] = "block"
    block: Block


Action = Literal["run-cells-above", "open-file", "demo-tables"]


@dataclass(frozen=True)
class AnswerFinished:
    """The end of a good stream. `markdown` replaces what was streamed: repairs and a better second answer change the code.

    Times in seconds. A query says which worked example was shown with its question (`example`, a shape's name) and where it
    comes from (`origin`: plain, shaped, sample, repair, taught, receipt). `code` tells an answer that no model wrote, in
    kebab-case, and `actions` what a front end may offer as buttons for it. `notes` are sentences for the user about what went
    wrong beside it.
    `features` are the numbers that the grade of its query rests on (docs/explanation/trust.md).
    """

    type: ClassVar[str] = "answer"
    markdown: str
    blocks: tuple[Block, ...] = ()
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    ttft_seconds: float | None = None
    model: str = ""
    mode: str = ""
    example: str | None = None
    origin: str | None = None
    code: str = ""
    actions: tuple[Action, ...] = ()
    notes: tuple[str, ...] = ()
    features: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class CompletionText:
    """The inline completion so far (`text` is cumulative); the last one has `done`.

    `reason` of the last: why the text ended (stop, line, block, repeat, suffix, length …), `cache`, or why there is none: a
    state of the model, `no-fim`, `secret`, `slow`, `superseded`, `dropped`, or an
    administrator's lock: `off`, `by-key`. `advice` is how to ask next time.
    """

    type: ClassVar[str] = "completion"
    text: str
    done: bool = False
    reason: str = ""
    usage: Usage | None = None
    advice: Advice | None = None


@dataclass(frozen=True)
class Failed:
    """The end of a bad stream, in a sentence for the user and the way out. `code` is stable and kebab-case."""

    type: ClassVar[str] = "error"
    message: str
    hint: str = ""
    code: str = "error"


Event = (
    StatusChanged | Phase | PromptBuilt | TextDelta | RepairMade | BlockJudged | AnswerFinished | CompletionText | Failed
)  # fmt: skip


def encode(event: Event) -> dict[str, Any]:
    """The wire form: the event's fields and its `type`; a status event is the status itself."""
    if isinstance(event, StatusChanged):
        return {**event.status, "type": event.type}
    if isinstance(event, TextDelta):  # one a token: the general way takes ten times as long
        return {"type": event.type, "text": event.text}
    return {"type": event.type, **asdict(event)}
