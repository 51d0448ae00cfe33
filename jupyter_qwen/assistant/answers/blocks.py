"""Code blocks of an answer: SQL with its proof, Python with its syntax checked, and the cell that Insert makes of each."""

from __future__ import annotations

import ast
from dataclasses import replace

from jupyter_qwen.assistant.answers.loading_first import loading_first
from jupyter_qwen.assistant.events import Block, CellSource
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.python.check import check_python
from jupyter_qwen.python.embedded_sql import Inside, prove_inside
from jupyter_qwen.python.words import cell_in_words
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import without_magics
from jupyter_qwen.sql.dialect import find_dialect, transpile
from jupyter_qwen.sql.first_rows import first_rows
from jupyter_qwen.sql.model import Diagnostic, Proof
from jupyter_qwen.sql.render import detect_idiom, render_cell
from jupyter_qwen.sql.trial import Trial
from jupyter_qwen.sql.trial import run as run_trial
from jupyter_qwen.sql.words import in_words

SQL_LANGUAGES = frozenset({"sql", "duckdb", "postgresql", "postgres", "sqlite", "mysql"})
PYTHON_LANGUAGES = frozenset({"python", "py", "python3", "ipython"})


def sql_block(proof: Proof, schema: Schema, question: Question, trial: Trial | None = None, *, index: int = 0) -> Block:
    """The block of a proved query. A rejected query keeps its cell: the user may insert it knowingly, after a question.

    `trial` ran this very query; without one it is tried here, blocking for at most about a second. Its plain words are in
    the question's language; a rejected query has none, since its names may mean nothing.
    """
    if trial is None and schema.privacy == "samples" and proof.verdict == "bound" and not proof.needs_consent:
        trial = run_trial(proof.sql, schema)
    cell = render_cell(proof.sql, detect_idiom(question.cells, schema, question.language))
    block = Block(
        index=index,
        language="sql",
        source=proof.sql,
        verdict=proof.verdict,
        kind=proof.kind,
        needs_consent=proof.needs_consent,
        diagnostics=proof.diagnostics,
        repairs=proof.repairs,
        cell=CellSource(cell.source, "markdown" if cell.cell_type == "markdown" else "code"),
        words=in_words(proof.sql, schema, question.locale) if proof.verdict != "rejected" else None,
        rows=first_rows(proof.sql, trial, schema),
    )
    return loading_first(block, schema)


def in_dialect(block: Block, dialect: str) -> Block:
    """The block's query written for another database: what was bound in DuckDB is unchecked there and has no grade.

    It has no cell, since the notebook's connection is a DuckDB one; a query that did not bind stays as it is. Raises
    UnknownDialect.
    """
    if find_dialect(dialect) == "duckdb" or block.verdict == "rejected":
        return block
    translation = transpile(block.source, dialect)
    return replace(
        block,
        source=translation.sql,
        verdict="unchecked",
        diagnostics=(*block.diagnostics, *translation.diagnostics),
        cell=None,
        grade=None,
        reasons=(),
        alternative=None,
    )


def code_block(language: str, source: str, question: Question, *, index: int = 0) -> Block:
    """A block of another language: insertable when it is the kernel's.

    Python is checked against the question's cells and its schema, which is ``None`` when the kernel was not seen; a plain chain
    of pandas has its plain words in the question's language.
    """
    kernel_language = question.language.lower()
    language = language or kernel_language
    same = language == kernel_language or (language in PYTHON_LANGUAGES and kernel_language in PYTHON_LANGUAGES)
    if language in PYTHON_LANGUAGES and same:
        return _python_block(index, language, source, question)
    return Block(
        index=index,
        language=language,
        source=source,
        diagnostics=_python_syntax(source) if language in PYTHON_LANGUAGES else (),
        # code for another language, a shell command for instance, is there to be copied
        cell=CellSource(source) if same else None,
    )


def _python_block(index: int, language: str, source: str, question: Question) -> Block:
    """Code for this kernel: its SQL proved, its names looked up. The verdict is that of its SQL where that is not bound."""
    schema, cells = question.schema, question.cells
    wrong = _python_syntax(source)
    if wrong:
        return Block(index, language, source, diagnostics=wrong, cell=CellSource(source))
    inside = prove_inside(source, schema, cells) if schema is not None else Inside(source)
    checked = check_python(inside.source, schema, cells)
    block = Block(
        index=index,
        language=language,
        source=checked.source,
        verdict=inside.verdict,
        needs_consent=inside.needs_consent,
        diagnostics=(*inside.diagnostics, *checked.diagnostics),
        repairs=(*inside.repairs, *checked.repairs),
        cell=CellSource(checked.source),
        words=cell_in_words(checked.source, schema, question.locale),
    )
    return loading_first(block, schema)


def _python_syntax(source: str) -> tuple[Diagnostic, ...]:
    try:
        ast.parse(without_magics(source))
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        column = error.offset if isinstance(error, SyntaxError) else None
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        return (Diagnostic("syntax-error", "error", f"Python: {message}", line=line, column=column),)
    return ()
