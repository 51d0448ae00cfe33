"""Numbers that say something about whether a cell answers its question. Pure; a few milliseconds.

What each is worth is measured by `benchmarks.confidence`, as for queries.
"""

from __future__ import annotations

import ast
import math

from jupyter_qwen.python.demands import said_in
from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.python.words import query_of
from jupyter_qwen.schema.model import PRIVACY_LEVELS, Schema
from jupyter_qwen.schema.words import content_stems, identifier_stems
from jupyter_qwen.trust.confidence.cells.written_lines import written_lines
from jupyter_qwen.trust.confidence.features import Features, token_features
from jupyter_qwen.trust.evidence import CellEvidence


def cell_features(evidence: CellEvidence) -> Features:
    """All that can be counted about the cell."""
    found: Features = {
        **_probabilities(evidence),
        **_agreement(evidence),
        **_trial(evidence),
        "repairs": float(len(evidence.repairs)),
        "warnings": float(sum(finding.severity == "warning" for finding in evidence.findings)),
        "unmet": float(len(evidence.unmet)),
        "question_words": float(len(evidence.question.split())),
        "privacy": float(PRIVACY_LEVELS.index(evidence.schema.privacy)),
        "plain": float(query_of(evidence.source, evidence.schema) is not None),
    }
    tree = parsed(evidence.source)
    if tree is not None:
        found |= _size(tree)
        found["words_left"] = float(len(cell_words_left(tree, evidence.schema, evidence.question)))
    return {name: round(value, 4) for name, value in found.items()}


def _probabilities(evidence: CellEvidence) -> Features:
    lines = written_lines(evidence.logprobs)
    return {**token_features(evidence.logprobs), "logprob_line": min(mean for _, mean in lines)} if lines else {}


def _agreement(evidence: CellEvidence) -> Features:
    """`agreeing` and `disagreeing` count other cells and the query; absent where nothing could be compared."""
    counted = {"answers": 1.0 + len(evidence.others), "failed": float(evidence.failed)}
    compared = [*(same for same in evidence.others if same is not None)]
    if evidence.same_in_sql is not None:
        counted["in_sql"] = float(evidence.same_in_sql)
        compared.append(evidence.same_in_sql)
    if not compared:
        return counted
    return {**counted, "agreeing": float(sum(compared)), "disagreeing": float(len(compared) - sum(compared))}


def _trial(evidence: CellEvidence) -> Features:
    trial = evidence.trial
    if trial is None or trial.status == "not tried":
        return {"tried": 0.0}
    counted = {"tried": 1.0, "fails": float(trial.status == "fails"), "complete": float(trial.complete)}
    result = trial.result
    counted |= {"drew": float(trial.figure is not None), "printed": float(bool(trial.printed.strip()))}
    if result is None or trial.status == "fails":
        return {**counted, "shows": 0.0}
    width = len(result.rows[0]) if result.rows else 0
    empty = [all(missing_value(row[i]) for row in result.rows) for i in range(width)]
    return {
        **counted,
        "shows": float(not result.name),
        "no_rows": float(result.shape is not None and 0 in result.shape),
        "null_columns": float(sum(empty)),
        "rows": math.log1p(result.shape[0] if result.shape else len(result.rows)),
        "columns": float(width),
    }


def missing_value(value: object) -> bool:
    """Whether a value of a trial's result says nothing, as the trial writes it."""
    return value is None or value in ("nan", "NaT", "<NA>")


def _size(tree: ast.Module) -> Features:
    nodes = list(ast.walk(tree))
    return {
        "nodes": math.log1p(len(nodes)),
        "lines": float(len(tree.body)),
        "calls": float(sum(isinstance(node, ast.Call) for node in nodes)),
        "loops": float(sum(isinstance(node, ast.For | ast.While | ast.Lambda | ast.comprehension) for node in nodes)),
        "functions": float(sum(isinstance(node, ast.FunctionDef) for node in nodes)),
        "literals": float(sum(isinstance(node, ast.Constant) for node in nodes)),
    }


def cell_words_left(tree: ast.Module, schema: Schema, question: str) -> list[str]:
    """The content words of `question`, as stems, that no name and no text of the cell holds."""
    said = said_in(tree)
    for table in schema.tables:
        said.update(identifier_stems(table.name))
    return [stem for stem in dict.fromkeys(content_stems(question)) if stem not in said]
