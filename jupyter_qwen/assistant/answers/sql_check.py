"""A cell of pandas checked by a query: the question is answered in SQL as well, and both results are compared.

Two languages rarely make the same mistake. The query runs where the cell ran: on the same copies, in the same locked process.
"""

from __future__ import annotations

import ast
import asyncio

from jupyter_qwen.assistant.answers.allowance import Allowance
from jupyter_qwen.assistant.answers.generation import code_alone
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.prompt.answers import first_statement
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.prompt.other_language import in_sql
from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.python.trial import CellTrial, FrameRows, run_cell
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.mend import mend

_NEW_TOKENS = 160
#: Fewer tokens left are not worth a query: it would be cut off.
_LEAST_TOKENS = 60


def comparable(source: str, trial: CellTrial, schema: Schema) -> bool:
    """Whether `source` reads rows of DataFrames and shows what it found, so that a query can come to the same."""
    if trial.status != "ran" or trial.digest is None or trial.result is None or not trial.result.rows:
        return False
    if trial.figure is not None or trial.result.name:
        return False
    tree = parsed(source)
    if tree is None:
        return False
    if any(isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)) for node in tree.body):
        return False
    frames = {table.name for table in schema.tables if table.kind == "dataframe"}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return bool(frames & names)


async def result_in_sql(
    prompt: Prompt, schema: Schema, rows: FrameRows, *, engine: Engine, allowance: Allowance
) -> str | None:
    """The digest of what a query for the question of `prompt` gives on `rows`; ``None`` where there is none that runs.

    Raises EngineError.
    """
    if allowance.room(_NEW_TOKENS) < _LEAST_TOKENS:
        return None
    asked = in_sql(prompt)
    allowance.spend(written=0, read=await engine.count_tokens(asked.parts[-1].text))
    code, _ = await code_alone(asked, engine, allowance, most=_NEW_TOKENS, temperature=0.0)
    written = first_statement(code)
    if not written:
        return None
    proof = await asyncio.to_thread(mend, written, schema)
    if proof.verdict != "bound" or proof.kind != "query" or proof.needs_consent:
        return None
    trial = await asyncio.to_thread(run_cell, f"import duckdb\nduckdb.sql({proof.sql!r}).df()", rows)
    return trial.digest if trial.status == "ran" and trial.result is not None and trial.result.rows else None
