"""What is known about one answer when it is shown: all that a grade, its reasons and a second reading rest on."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_qwen.python.trial import CellTrial
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.model import Diagnostic, Proof, Repair
from jupyter_qwen.sql.trial import Trial


@dataclass(frozen=True)
class TokenLogprob:
    """A piece of an answer as the model wrote it, and the natural logarithm of its probability."""

    text: str
    logprob: float


@dataclass(frozen=True)
class OtherAnswer:
    """Another answer to the same question: where it comes from, its query, and whether it gave the same rows.

    `same` is ``None`` where one of the two gave no rows to compare.
    """

    origin: str
    sql: str
    same: bool | None
    verdict: str = "bound"
    trial: Trial | None = None


@dataclass(frozen=True)
class Evidence:
    """The query that is shown, `proof.sql`, and what was found out about it on the way.

    `origin` says which answer it was (plain, shaped, sample, repair), `unmet` what the question demands and the query does
    not do, `logprobs` how likely the model's own text was; empty where the engine does not tell.
    """

    question: str
    schema: Schema
    proof: Proof
    trial: Trial | None = None
    origin: str = "plain"
    unmet: tuple[str, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()
    others: tuple[OtherAnswer, ...] = field(default=())


@dataclass(frozen=True)
class CellEvidence:
    """The cell of Python that is shown, `source`, and what was found out about it on the way.

    `others` are the other cells of the model that were looked at: whether each gave the same rows, ``None`` where one of the
    two gave none; `failed` counts those that raised. `same_in_sql` is the same of a query. `unmet` and `logprobs` are as in
    `Evidence`.
    """

    question: str
    schema: Schema
    source: str
    trial: CellTrial | None = None
    repairs: tuple[Repair, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    others: tuple[bool | None, ...] = ()
    failed: int = 0
    same_in_sql: bool | None = None
    unmet: tuple[str, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()
