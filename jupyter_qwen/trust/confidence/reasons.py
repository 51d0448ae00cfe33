"""Why a grade was given, in words of the user's own tables: what speaks for an answer, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from jupyter_qwen.schema.keys import edges_from
from jupyter_qwen.schema.words import stem, words
from jupyter_qwen.sql.scopes import ScopeView, column_of, scope_views
from jupyter_qwen.sql.tree import syntax_tree
from jupyter_qwen.trust.confidence.clauses import clauses
from jupyter_qwen.trust.confidence.features import UNLIKELY, joined_columns, words_left
from jupyter_qwen.trust.confidence.scorecard import Grade
from jupyter_qwen.trust.evidence import Evidence, TokenLogprob

MOST = 4
_SHOWN_CHARACTERS = 60
_SURE = -0.15


def reasons(evidence: Evidence, grade: Grade | None) -> tuple[str, ...]:
    """At most four sentences without a full stop; a doubtful answer's own first. None for an answer without a grade."""
    if grade is None:
        return ()
    tree = syntax_tree(evidence.proof.sql)
    views = scope_views(tree, evidence.schema) if tree is not None else ()
    against = [*_others_against(evidence), *_unmet(evidence), *_values(evidence), *_rows(evidence)]
    against += [*_joins(views, evidence, by_key=False), *_model_against(evidence), *_words(tree, views, evidence)]
    speak_for = [*_others_for(evidence), *_joins(views, evidence, by_key=True), *sure_of_every_word(evidence.logprobs)]
    return ordered_reasons(speak_for, against, grade)


def ordered_reasons(speak_for: Sequence[str], against: Sequence[str], grade: Grade | None) -> tuple[str, ...]:
    """The first of them, each once: what speaks for a likely answer first, what speaks against any other."""
    ordered = [*speak_for, *against] if grade == "likely" else [*against, *speak_for]
    return tuple(dict.fromkeys(ordered))[:MOST] if grade is not None else ()


def _others_for(evidence: Evidence) -> Iterator[str]:
    same = [other for other in evidence.others if other.same]
    different = {_bare(other.sql) for other in same} - {_bare(evidence.proof.sql)}
    if different:
        yield f"{_number(len(different) + 1)} different queries gave the same rows"
    elif same:
        yield f"the model wrote the same query {_number(len(same) + 1)} times"


def _others_against(evidence: Evidence) -> Iterator[str]:
    differing = sum(other.same is False for other in evidence.others)
    if differing == 1:
        yield "another query of the model gave other rows"
    elif differing:
        yield f"{_number(differing)} other queries of the model gave other rows"


def _unmet(evidence: Evidence) -> Iterator[str]:
    yield from evidence.unmet


def _values(evidence: Evidence) -> Iterator[str]:
    for finding in evidence.proof.diagnostics:
        if finding.severity == "warning":
            yield finding.message.rstrip(".")


def _rows(evidence: Evidence) -> Iterator[str]:
    trial = evidence.trial
    if trial is None or trial.status != "ok":
        yield "it was not tried on rows"
        return
    if not trial.rows:
        yield "it gives no row" if trial.complete else "it gives no row of the sample"
        return
    for place, name in enumerate(trial.columns):
        if all(row[place] is None for row in trial.rows):
            yield f"`{name}` is empty in every row"


def _joins(views: tuple[ScopeView, ...], evidence: Evidence, *, by_key: bool) -> Iterator[str]:
    for view in views:
        for left, right in joined_columns(view):
            a, b = column_of(view, left), column_of(view, right)
            if a is None or b is None or a[0].reference == b[0].reference:
                continue
            pair = (a[1].name.casefold(), b[1].name.casefold())
            edges = [edge for edge in edges_from(a[0], evidence.schema) if edge.right.reference == b[0].reference]
            found = any((x.casefold(), y.casefold()) == pair for edge in edges for x, y in edge.on)
            if found and by_key:
                yield f"it joins `{a[0].name}` to `{b[0].name}` by their key"
            elif edges and not found and not by_key:
                yield f"it joins `{a[0].name}` to `{b[0].name}` beside their key"


def sure_of_every_word(logprobs: Sequence[TokenLogprob]) -> Iterator[str]:
    """That the model was, where no token was less likely than another."""
    scores = [token.logprob for token in logprobs if token.text.strip()]
    if scores and min(scores) > UNLIKELY and sum(scores) / len(scores) > _SURE:
        yield "the model was sure of every word"


def _model_against(evidence: Evidence) -> Iterator[str]:
    rounds = sum(change.round > 0 for change in evidence.proof.repairs)
    if rounds:
        yield "the model had to correct it" if rounds == 1 else f"the model had to correct it {_number(rounds)} times"
    weakest = min(clauses(evidence.logprobs), key=lambda clause: clause[1], default=None)
    if weakest is not None and min(token.logprob for token in evidence.logprobs) < UNLIKELY:
        yield least_sure_of(shortened(weakest[0]))


def least_sure_of(code: str) -> str:
    """The part of the answer that the model was least sure of, as a reason."""
    return f"the model was least sure of `{code}`"


def shortened(code: str) -> str:
    """`code` in one line, of long ones the beginning."""
    text = " ".join(code.split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def _words(tree: exp.Expr | None, views: tuple[ScopeView, ...], evidence: Evidence) -> Iterator[str]:
    if tree is None:
        return
    used = [source.table for view in views for source in view.sources if source.table is not None]
    left = set(words_left(tree, used, evidence.question))
    named = [word for word in dict.fromkeys(words(evidence.question)) if stem(word) in left]
    if len(named) > 2:
        yield f"nothing in the query is called {', '.join(repr(word) for word in named[:3])}"


def _bare(sql: str) -> str:
    return " ".join(sql.casefold().split())


def _number(count: int) -> str:
    names = ("no", "one", "two", "three", "four", "five", "six")
    return names[count] if count < len(names) else str(count)
