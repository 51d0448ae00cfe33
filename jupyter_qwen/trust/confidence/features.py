"""Numbers that say something about whether a query answers its question. Pure; a few milliseconds.

None of them is the truth: what each is worth is measured by `benchmarks.confidence`, and only those that proved worth
something have a weight in the table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sqlglot import exp

from jupyter_qwen.prompt.linking import rank
from jupyter_qwen.schema.keys import edges_from
from jupyter_qwen.schema.model import PRIVACY_LEVELS, Table
from jupyter_qwen.schema.words import content_stems, identifier_stems
from jupyter_qwen.sql.scopes import ScopeView, column_of, scope_views
from jupyter_qwen.sql.tree import syntax_tree
from jupyter_qwen.trust.confidence.clauses import clauses
from jupyter_qwen.trust.evidence import Evidence, TokenLogprob

Features = dict[str, float]
"""By name. A feature that is not known, such as a probability from an engine that tells none, is absent."""

UNLIKELY = math.log(0.5)


def features(evidence: Evidence) -> Features:
    """All that can be counted about the answer."""
    found: Features = {
        **_probabilities(evidence),
        **_agreement(evidence),
        **_proof(evidence),
        **_rows(evidence),
        "question_words": float(len(evidence.question.split())),
        "privacy": float(PRIVACY_LEVELS.index(evidence.schema.privacy)),
        "schema_tables": float(len(evidence.schema.tables)),
    }
    tree = syntax_tree(evidence.proof.sql)
    if tree is not None:
        views = scope_views(tree, evidence.schema)
        found |= _size(tree) | _joins(views, evidence) | _literals(views) | _linking(tree, views, evidence)
    return {name: round(value, 4) for name, value in found.items()}


def token_features(tokens: Sequence[TokenLogprob]) -> Features:
    """How likely the model's own text was: as a whole, and at its least likely; empty where the engine tells nothing."""
    scores = [token.logprob for token in tokens if token.text.strip()]
    if not scores:
        return {}
    return {
        "logprob_mean": sum(scores) / len(scores),
        "logprob_sum": sum(scores),
        "logprob_min": min(scores),
        "unlikely_tokens": float(sum(score < UNLIKELY for score in scores)),
    }


def _probabilities(evidence: Evidence) -> Features:
    found = token_features(evidence.logprobs)
    return {**found, "logprob_clause": min(mean for _, mean in clauses(evidence.logprobs))} if found else {}


def _agreement(evidence: Evidence) -> Features:
    counted = {"answers": 1.0 + len(evidence.others), "plain": float(evidence.origin == "plain")}
    compared = [other for other in evidence.others if other.same is not None]
    if not compared:
        return counted  # not the same as an answer that no other agrees with
    same = sum(bool(other.same) for other in compared)
    return {**counted, "agreeing": float(same), "disagreeing": float(len(compared) - same)}


def _proof(evidence: Evidence) -> Features:
    proof = evidence.proof
    return {
        "repairs": float(sum(change.round == 0 for change in proof.repairs)),
        "rounds": float(sum(change.round > 0 for change in proof.repairs)),
        "warnings": float(sum(finding.severity == "warning" for finding in proof.diagnostics)),
        "unmet": float(len(evidence.unmet)),
        "types_hidden": float(any(finding.code == "types-hidden" for finding in proof.diagnostics)),
    }


def _rows(evidence: Evidence) -> Features:
    trial = evidence.trial
    if trial is None or trial.status != "ok":
        return {"tried": 0.0}
    return {
        "tried": 1.0,
        "complete": float(trial.complete),
        "rows": math.log1p(trial.row_count),
        "no_rows": float(not trial.rows),
        "null_columns": float(sum(all(row[i] is None for row in trial.rows) for i in range(len(trial.columns)))),
        "columns": float(len(trial.columns)),
        "repeated_rows": float(len({repr(row) for row in trial.rows}) < len(trial.rows)),
    }


def _size(tree: exp.Expr) -> Features:
    return {
        "nodes": math.log1p(sum(1 for _ in tree.walk())),
        "joins": float(len(list(tree.find_all(exp.Join)))),
        "selects": float(len(list(tree.find_all(exp.Select)))),
        "windows": float(len(list(tree.find_all(exp.Window)))),
        "aggregates": float(len(list(tree.find_all(exp.AggFunc)))),
        "ratios": float(len(list(tree.find_all(exp.Div)))),
        "limited": float(tree.find(exp.Limit) is not None),
    }


def _joins(views: tuple[ScopeView, ...], evidence: Evidence) -> Features:
    joins, by_key, declared = 0, 0, 0
    for view in views:
        for left, right in joined_columns(view):
            a, b = column_of(view, left), column_of(view, right)
            if a is None or b is None:
                continue
            joins += 1
            pair = (a[1].name.casefold(), b[1].name.casefold())
            edges = [edge for edge in edges_from(a[0], evidence.schema) if edge.right.reference == b[0].reference]
            keys = [edge for edge in edges if any((x.casefold(), y.casefold()) == pair for x, y in edge.on)]
            by_key += bool(keys)
            declared += any(edge.declared for edge in keys)
    return {"joins_beside_key": float(joins - by_key), "joins_undeclared": float(by_key - declared)}


def joined_columns(view: ScopeView) -> Iterator[tuple[exp.Column, exp.Column]]:
    """The pairs of columns that the joins of one SELECT set equal."""
    for join in view.select.args.get("joins") or []:
        condition = join.args.get("on")
        for equal in condition.find_all(exp.EQ) if condition is not None else ():
            if isinstance(equal.left, exp.Column) and isinstance(equal.right, exp.Column):
                yield equal.left, equal.right


def _literals(views: tuple[ScopeView, ...]) -> Features:
    known = unknown = 0
    for view in views:
        for equal in view.select.find_all(exp.EQ, exp.In):
            column = equal.this
            if not isinstance(column, exp.Column) or equal.find_ancestor(exp.Select) is not view.select:
                continue
            texts = equal.expressions if isinstance(equal, exp.In) else [equal.expression]
            owner = column_of(view, column)
            for text in texts:
                if isinstance(text, exp.Literal) and text.is_string:
                    found = owner is not None and text.this in owner[1].values
                    known, unknown = known + found, unknown + (not found)
    return {"literals_found": float(known), "literals_not_found": float(unknown)}


def _linking(tree: exp.Expr, views: tuple[ScopeView, ...], evidence: Evidence) -> Features:
    """How well the tables of the query are those that the question's words lead to, and how many words are left over."""
    tables = evidence.schema.tables
    used = {source.table.reference for view in views for source in view.sources if source.table is not None}
    if not tables or not used:
        return {}
    scores = dict(zip((table.reference for table in tables), rank(evidence.question, tables), strict=True))
    most = max(scores.values()) or 1.0
    beside = max((score for reference, score in scores.items() if reference not in used), default=0.0)
    return {
        "tables": float(len(used)),
        "link_worst": min(scores[reference] for reference in used) / most,
        "link_missed": max(0.0, beside - min(scores[reference] for reference in used)) / most,
        "words_left": float(len(words_left(tree, [t for t in tables if t.reference in used], evidence.question))),
    }


def words_left(tree: exp.Expr, tables: list[Table], question: str) -> list[str]:
    """The content words of `question`, as stems, that no name and no literal of the query holds."""
    said: set[str] = set()
    for node in tree.walk():
        if isinstance(node, exp.Identifier | exp.Literal):
            said.update(identifier_stems(str(node.this)))
    for table in tables:
        said.update(identifier_stems(table.name))
    return [stem for stem in dict.fromkeys(content_stems(question)) if stem not in said]
