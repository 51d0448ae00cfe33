"""From a question to the next cell: the request, the stream, and what becomes of the result. Imported at the first question."""

from __future__ import annotations

import json
import os
import time
from contextlib import closing
from typing import Any

from IPython.core.error import UsageError

from .client import Client
from .discovery import Server
from .following import is_current, use_model
from .history import History
from .launch import find_server
from .request import connection_for, interpolated, schema_for, shared_settings
from .run import may_run, run_block
from .server_errors import ServerError
from .showing.display import View, view_for
from .showing.terminal import say, say_context
from .state import AnswerState
from .subject import subject_of

_INSERTING = ("sql", "python", "plot", "fix", "auto")


class Asking:
    """The questions of one shell. `settings` has the traits of QwenMagics: privacy, insert, url, token."""

    def __init__(self, shell: Any, history: History, settings: Any) -> None:
        self.ipython = shell
        self.history = history
        self.settings = settings
        self._server: Server | None = None
        self._marks_cells = True  # the setting, as of the last question

    def forget_server(self) -> None:
        """Look for the server again at the next question: the last one did not answer."""
        self._server = None

    def client(self) -> Client:
        """Requests to the server of this kernel. Raises NoServer."""
        if self._server is None:
            environment = dict(os.environ)
            if self.settings.url:
                environment.update(JUPYTER_QWEN_URL=self.settings.url, JUPYTER_QWEN_TOKEN=self.settings.token)
            self._server = find_server(environment, print)
        return Client(self._server)

    def model_names(self) -> list[str]:
        """The ids of the models that the server knows; none while no server has been found, or when it does not answer."""
        if self._server is None:
            return []
        try:
            return [str(model["id"]) for model in Client(self._server).get("models").get("models", ())]
        except ServerError:  # Tab shows nothing then; the next question says why
            return []

    def thread(self) -> str:
        """The id of this notebook's conversation, shared with the sidebar."""
        session = os.environ.get("JPY_SESSION_NAME") or f"ipython-{os.getpid()}"
        return self._server.thread(session) if self._server is not None else session

    def request(self, options: Any, question: str, code: str = "") -> dict[str, Any]:
        """The AskRequest for a question; `code` is what the modes fix and explain are about. Raises UsageError."""
        client = self.client()
        mode = options.mode
        shared = shared_settings(client)
        self._marks_cells = shared.get("cellMetadata", True) is not False
        chosen = self.settings.privacy or shared.get("privacy", "auto")
        privacy = chosen if chosen != "auto" else "samples" if client.server.local else "types"
        if mode in ("fix", "explain"):
            outputs = self.ipython.user_ns.get("_oh") or {}
            subject = subject_of(mode, question, code, self.history.at(privacy), outputs=outputs, privacy=privacy)
            question, cells, active = subject.question, subject.cells, subject.active
        else:
            cells, active = self.history.at(privacy).cells()
            # the running cell is the last one, so the last are the nearest
            cells = cells[-int(shared.get("maxCells", len(cells))) :] if shared.get("sendCells", True) else []
        schema = schema_for(self.ipython.user_ns, privacy=privacy, question=question, tables=options.tables)
        return {
            "question": question,
            "mode": mode,
            "thread": self.thread(),
            "language": "python",
            "cells": cells,
            "active_cell": active,
            "schema": schema,
            "connection": connection_for(schema, options.connection),
            "dialect": options.dialect,
            "privacy": privacy,
            "tables": options.tables,
            "max_new_tokens": options.max_tokens,
        }

    def ask(self, options: Any, cell: str | None) -> None:
        """Ask, show the answer, use it. Raises UsageError, NoServer or ServerError."""
        _check(options)
        words, code = " ".join(options.words), ""
        body = interpolated((cell or "").strip(), self.ipython.user_ns, options.mode).strip()
        if options.mode in ("fix", "explain"):
            code = body
        else:
            words = "\n".join(part for part in (words, body) if part)
            if not words:
                raise UsageError("%%qwen: write the question below the first line, for example: revenue per month")
        request = self.request(options, words, code)
        client = self.client()
        if options.model:
            self._switch(client, options.model)
        if options.dry:
            say_context(client.post("context", request))
            return
        # the user's words where there are any: a question about Out[n] holds the value, which belongs into no metadata
        state = AnswerState(
            mode=str(request["mode"]), question=(words or request["question"]) if self._marks_cells else ""
        )
        self._stream(client, request, state, view_for(self.ipython, options.format))
        self._report(state, options)
        self._use(state, options)

    def _stream(self, client: Client, request: dict[str, Any], state: AnswerState, view: View) -> None:
        """Show the answer while it arrives. Raises UsageError when it ends in an error or is interrupted."""
        started = time.monotonic()
        try:
            with closing(client.stream("ask", request)) as events:  # type: ignore[type-var]
                view.update(state)
                for event in events:
                    state.seconds = time.monotonic() - started
                    state.apply(event)
                    view.update(state)
        except KeyboardInterrupt:
            state.stopped = True
            view.finish(state)
            raise UsageError("%%qwen: stopped") from None
        except ServerError as error:
            state.error = (str(error), error.hint)
            view.finish(state)
            raise
        if not state.done:
            state.error = ("The answer broke off.", "Ask again; the server's log says why.")
        view.finish(state)
        if state.error is not None:
            raise UsageError(f"%%qwen: {state.error[0]} {state.error[1]}".rstrip())

    def _report(self, state: AnswerState, options: Any) -> None:
        block = state.code()
        if options.format == "json":
            print(json.dumps(state.answer, indent=2))
        elif options.format == "code" and block is not None:
            say(block["source"])
        elif options.format == "code":
            say(state.markdown)

    def _use(self, state: AnswerState, options: Any) -> None:
        """Run the result or place it as the next cell, as far as the user and the proof allow."""
        block = state.best_block()
        wants_run = options.run or options.out is not None
        if block is None:
            if wants_run:
                raise UsageError("%%qwen: the answer holds no code to run")
            return  # prose, or a query for another database: it is shown, and there is nothing to place
        if wants_run and may_run(self.ipython, block):
            run_block(self.ipython, block, out=options.out)
        insert = options.insert or ("none" if wants_run else self.settings.insert)
        if insert == "none" or (options.insert is None and not _insertable(state, block, options.mode)):
            return
        self.ipython.set_next_input(block["cell"]["source"], replace=insert == "replace")

    def _switch(self, client: Client, wanted: str) -> None:
        """Answer with `wanted`. Raises UsageError when it cannot be had."""
        before = client.get("status")
        status = use_model(self.ipython, client, wanted)
        if not is_current(before, wanted):
            label = (status.get("model") or {}).get("label") or wanted
            print(f"{label} answers from now on, in the sidebar too; %qwen model switches again.")


def _insertable(state: AnswerState, block: dict[str, Any], wanted: str) -> bool:
    """Only code that was asked for, and of SQL only proved reads, is placed without a click.

    A mended cell that holds more than its query asks before it runs; where its SQL only reads, it is the user's own code.
    """
    mode = state.mode if wanted == "auto" else wanted
    if mode not in _INSERTING or block.get("verdict") not in (None, "bound"):
        return False
    own = mode == "fix" and block.get("verdict") is None and block.get("kind") == "query"
    return own or not block.get("needs_consent")


def _check(options: Any) -> None:
    """Refuse what cannot be meant, before the model works for it. Raises UsageError."""
    wants_run = options.run or options.out is not None
    if wants_run and options.dialect and options.dialect.casefold() != "duckdb":
        raise UsageError(f"%%qwen: a query in the dialect {options.dialect} cannot run here; leave out --run and --out")
    if wants_run and options.mode == "explain":
        raise UsageError("%%qwen explain: an explanation cannot be run; leave out --run and --out")
