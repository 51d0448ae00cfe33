"""Why a cell of Python has its grade, in words: what speaks for it, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.schema.words import stem, words
from jupyter_qwen.trust.confidence.cells.cell_features import cell_words_left, missing_value
from jupyter_qwen.trust.confidence.cells.written_lines import written_lines
from jupyter_qwen.trust.confidence.features import UNLIKELY
from jupyter_qwen.trust.confidence.reasons import least_sure_of, ordered_reasons, shortened, sure_of_every_word
from jupyter_qwen.trust.confidence.scorecard import Grade
from jupyter_qwen.trust.evidence import CellEvidence


def cell_reasons(evidence: CellEvidence, grade: Grade | None) -> tuple[str, ...]:
    """At most four sentences without a full stop; a doubtful cell's own first. None for a cell without a grade."""
    against = [*_trial(evidence), *_others_against(evidence), *evidence.unmet, *_warnings(evidence)]
    against += [*_model_against(evidence), *_words(evidence)]
    return ordered_reasons([*_others_for(evidence), *_model_for(evidence)], against, grade)


def _trial(evidence: CellEvidence) -> Iterator[str]:
    trial = evidence.trial
    if trial is None:
        yield "it leaves work undone"
    elif trial.error is not None:
        yield f"it raises {trial.error.kind} on copies of the rows"
    elif trial.status == "not tried":
        yield "it was not tried on rows"
    elif trial.result is None:
        if not trial.printed.strip() and trial.figure is None:
            yield "it shows nothing"
    elif trial.result.shape is not None and 0 in trial.result.shape:
        yield "it gives no row" if trial.complete else "it gives no row of the sample"
    else:
        rows = trial.result.rows
        for place, (name, _) in enumerate(trial.result.columns if rows else ()):
            if all(place < len(row) and missing_value(row[place]) for row in rows):
                yield f"`{name}` is empty in every row" if name else "it gives a missing value"


def _others_for(evidence: CellEvidence) -> Iterator[str]:
    if evidence.same_in_sql:
        yield "a query in SQL gave the same result"
    if any(evidence.others):
        yield "another cell of the model gave the same result"


def _others_against(evidence: CellEvidence) -> Iterator[str]:
    if evidence.same_in_sql is False:
        yield "a query in SQL gave another result"
    if any(same is False for same in evidence.others):
        yield "another cell of the model gave another result"


def _warnings(evidence: CellEvidence) -> Iterator[str]:
    for finding in evidence.findings:
        if finding.severity == "warning":
            yield finding.message.rstrip(".")


def _model_for(evidence: CellEvidence) -> Iterator[str]:
    yield from sure_of_every_word(evidence.logprobs)
    if evidence.trial is not None and evidence.trial.status == "ran" and evidence.trial.complete:
        yield "it ran on copies of all rows"


def _model_against(evidence: CellEvidence) -> Iterator[str]:
    if evidence.failed:
        yield "the model had to write it anew"
    lines = written_lines(evidence.logprobs)
    if lines and min(token.logprob for token in evidence.logprobs) < UNLIKELY:
        yield least_sure_of(shortened(min(lines, key=lambda line: line[1])[0]))


def _words(evidence: CellEvidence) -> Iterator[str]:
    tree = parsed(evidence.source)
    left = set(cell_words_left(tree, evidence.schema, evidence.question)) if tree is not None else set()
    named = [word for word in dict.fromkeys(words(evidence.question)) if stem(word) in left]
    if len(named) > 2:
        yield f"nothing in the cell is called {', '.join(repr(word) for word in named[:3])}"
