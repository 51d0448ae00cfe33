"""The route of what users teach: see it, add to it, forget. Files and their form are `jupyter_qwen.knowledge`'s."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyter_qwen.server.handlers import QwenHandler

if TYPE_CHECKING:
    from jupyter_qwen.knowledge.files import KnowledgeFiles
    from jupyter_qwen.knowledge.model import Scope


class KnowledgeHandler(QwenHandler):
    """Terms and verified questions of a notebook's project and of the user."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        files, notebook = await self._files(self.get_query_argument("thread", ""))
        self.finish(await asyncio.to_thread(told, files, notebook))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        body = self.body()
        files, notebook = await self._files(_text(body, "thread", optional=True))
        self.finish(await asyncio.to_thread(teach, files, notebook, body))

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        files, notebook = await self._files(self.get_query_argument("thread", ""))
        wanted = {name: self.get_query_argument(name) for name in ("scope", "kind", "name")}
        self.finish(await asyncio.to_thread(forget, files, notebook, wanted))

    async def _files(self, thread: str) -> tuple[KnowledgeFiles, str]:
        runtime = await self.runtime()
        files = runtime.services.knowledge
        if files is None:
            raise web.HTTPError(404, "This server keeps no knowledge.")
        return files, runtime.thread_id(thread)


def told(files: KnowledgeFiles, notebook: str) -> dict[str, Any]:
    """The Knowledge of docs/reference/protocol.md."""
    known = files.read(notebook)
    return {**asdict(known), "files": files.places(notebook)}


def teach(files: KnowledgeFiles, notebook: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Keep ``body["term"]`` or ``body["pair"]``; where a schema comes along, only a query that is bound to it and reads.

    Raises BadRequest.
    """
    from jupyter_qwen.assistant.question import BadRequest
    from jupyter_qwen.knowledge.document import EntryError
    from jupyter_qwen.knowledge.files import KnowledgeError

    scope = _scope(body.get("scope", "project"))
    term, pair = body.get("term"), body.get("pair")
    try:
        if isinstance(term, Mapping) and pair is None:
            files.teach_term(scope, notebook, _text(term, "name"), _text(term, "meaning"))
        elif isinstance(pair, Mapping) and term is None:
            _prove(_text(pair, "sql"), body)
            files.teach_pair(scope, notebook, _text(pair, "question"), _text(pair, "sql"))
        else:
            raise BadRequest("Either term or pair must be an object.")
    except (EntryError, KnowledgeError) as error:
        raise BadRequest(str(error), hint=getattr(error, "hint", ""), code="knowledge") from error
    return told(files, notebook)


def forget(files: KnowledgeFiles, notebook: str, wanted: Mapping[str, str]) -> dict[str, Any]:
    """Take the entry ``wanted["name"]``, a term or a question, out of its file. Raises BadRequest."""
    from jupyter_qwen.assistant.question import BadRequest
    from jupyter_qwen.knowledge.document import EntryError
    from jupyter_qwen.knowledge.files import KnowledgeError
    from jupyter_qwen.knowledge.model import Term, VerifiedPair

    if wanted["kind"] not in ("term", "pair"):
        raise BadRequest(f"kind is {wanted['kind']!r}; it must be term or pair.")
    kind = Term if wanted["kind"] == "term" else VerifiedPair
    try:
        files.forget(_scope(wanted["scope"]), notebook, kind, wanted["name"])
    except (EntryError, KnowledgeError) as error:
        raise BadRequest(str(error), hint=getattr(error, "hint", ""), code="knowledge") from error
    return told(files, notebook)


def _prove(sql: str, body: Mapping[str, Any]) -> None:
    from jupyter_qwen.assistant.intent import choose_connection
    from jupyter_qwen.assistant.question import BadRequest, decode_schema
    from jupyter_qwen.server.wire import decode
    from jupyter_qwen.sql.validate import prove

    schema = decode(decode_schema, body.get("schema"))
    if schema is None:
        return
    try:
        seen = schema.visible_from(choose_connection(schema, (), _text(body, "connection", optional=True) or None))
    except KeyError as error:
        raise BadRequest(f"There is no DuckDB connection named {error.args[0]} in the kernel.") from error
    proof = prove(sql, seen)
    if proof.verdict != "bound" or proof.kind != "query" or proof.needs_consent:
        said = next((finding.message for finding in proof.diagnostics if finding.severity == "error"), "")
        raise BadRequest(
            f"The query does not bind to the tables that are here. {said}".strip(),
            hint="Only a query that reads tables can be remembered.",
            code="knowledge",
        )


def _scope(value: object) -> Scope:
    from jupyter_qwen.assistant.question import BadRequest
    from jupyter_qwen.knowledge.model import SCOPES

    for scope in SCOPES:
        if value == scope:
            return scope
    raise BadRequest(f"scope is {value!r}; it must be one of {', '.join(SCOPES)}.")


def _text(data: Mapping[str, Any], name: str, *, optional: bool = False) -> str:
    from jupyter_qwen.assistant.question import BadRequest

    value = data.get(name)
    if value is None and optional:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"{name} must be a text.")
    return value
