"""The small public API: ask from a script or a notebook, get a proved query, run it when you want to.

import jupyter_qwen
answer = jupyter_qwen.ask("revenue per country", database="shop.duckdb")
answer.sql, answer.verdict
answer.df()
"""

from __future__ import annotations

import asyncio
import atexit
import html
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_qwen.assistant.answer_limits import AnswerLimits
from jupyter_qwen.assistant.ask import collect_answer
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.question import BadRequest, Question
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.schema.collect import collect
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.model import Diagnostic, Repair, Verdict

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

T = TypeVar("T")
_CONNECTION = "con"


class NotRunnable(Exception):
    """The answer's query is not run: it is not bound, or it would write, attach, install or read outside."""


@dataclass(frozen=True)
class Answer:
    """A query with its proof. `verdict` is ``None`` when the model wrote no query; `text` is the whole answer in Markdown."""

    question: str
    sql: str | None
    verdict: Verdict | None
    diagnostics: tuple[Diagnostic, ...] = ()
    repairs: tuple[Repair, ...] = ()
    needs_consent: bool = False
    text: str = ""
    seconds: float = 0.0
    _connection: Any = field(default=None, repr=False, compare=False)

    def df(self) -> pd.DataFrame:
        """Run the query where the tables are and return its rows as a pandas DataFrame.

        Raises NotRunnable unless the query is bound and only reads; duckdb.Error when it fails on the rows.
        """
        if self.sql is None or self.verdict != "bound" or self.needs_consent:
            why = "; ".join(item.message for item in self.diagnostics if item.severity == "error")
            raise NotRunnable(f"The query is {self.verdict or 'missing'} and is not run{': ' + why if why else ''}.")
        # a connection of our own (see _open), so that the caller's pending result and transaction stay as they are
        frame: pd.DataFrame = self._connection.sql(self.sql).df()
        return frame

    def _repr_html_(self) -> str:
        badge = html.escape(self.verdict or "no query")
        notes = "".join(
            f"<li>{html.escape(item.severity)}: {html.escape(item.message)}</li>" for item in self.diagnostics
        )
        body = f"<pre>{html.escape(self.sql)}</pre>" if self.sql else f"<p>{html.escape(self.text)}</p>"
        return f"<div><strong>{badge}</strong>{body}{f'<ul>{notes}</ul>' if notes else ''}</div>"


def ask(
    question: str,
    *,
    tables: Mapping[str, Any] | None = None,
    database: str | Path | duckdb.DuckDBPyConnection | None = None,
    config: EngineConfig | None = None,
    seconds: float = 6.0,
) -> Answer:
    """A proved DuckDB query for `question` over DataFrames in `tables` and the tables of `database`, a file or a connection.

    The model is loaded at the first call and stays loaded, in a child process of this one, until it has been idle for half
    an hour or this process ends. Raises BadRequest for a question that cannot be asked, EngineError when there is no model.
    """
    if not tables and database is None:
        raise BadRequest(
            "There is nothing to ask about.", hint="Give tables={'name': frame} or database='file.duckdb'."
        )
    con = _open(database)
    for name, frame in (tables or {}).items():
        con.register(name, frame)
    schema = Schema.from_json(collect({_CONNECTION: con, **(tables or {})}, question=question))
    asked = Question.from_json(
        {"question": question, "mode": "sql", "schema": schema.to_json(), "connection": _CONNECTION}
    )
    answer = _BACKGROUND.run(_BACKGROUND.answer(asked, config or EngineConfig(), AnswerLimits(choice_seconds=seconds)))
    block = next((item for item in answer.blocks if item.verdict is not None), None)
    if block is None:
        return Answer(question, None, None, text=answer.markdown, seconds=answer.seconds)
    return Answer(
        question,
        block.source,
        block.verdict,
        block.diagnostics,
        block.repairs,
        block.needs_consent,
        answer.markdown,
        answer.seconds,
        con,
    )


def _open(database: Any) -> Any:
    import duckdb

    if database is None:
        return duckdb.connect()
    if isinstance(database, (str, Path)):
        return duckdb.connect(str(database), read_only=True)
    return database.cursor()


class _Background:
    """An event loop in a thread, since a notebook's own loop is running already, with the engines it started."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engines: dict[EngineConfig, SupervisedEngines] = {}
        self._lock = threading.Lock()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there and wait; Ctrl-C cancels it, which stops the engine's work."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="jupyter_qwen", daemon=True).start()
                atexit.register(self.close)
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    async def answer(self, question: Question, config: EngineConfig, limits: AnswerLimits) -> Any:
        engines = self._engines.get(config)
        if engines is None:
            engines = self._engines[config] = SupervisedEngines(config)
        return await collect_answer(question, Services(engines, limits=limits))

    def close(self) -> None:
        """End the child processes; called when the interpreter exits."""

        async def end() -> None:
            for engines in self._engines.values():
                await engines.aclose()
            self._engines.clear()

        if self._loop is not None:
            self.run(end())


_BACKGROUND = _Background()
