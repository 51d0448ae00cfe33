"""Every route under ``<base_url>/jupyter-qwen/``: decode, make one call, encode."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyter_qwen.server.demo import DemoHandler
from jupyter_qwen.server.handlers import QwenHandler
from jupyter_qwen.server.knowledge import KnowledgeHandler
from jupyter_qwen.server.receipts import ReceiptHandler


class StatusHandler(QwenHandler):
    """What the model is doing."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.finish((await self.runtime()).status())


class SettingsHandler(QwenHandler):
    """The settings that hold for this user, for front ends without a settings editor."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.finish({"settings": await asyncio.to_thread(self.settings["jupyter_qwen_settings"])})


class AskHandler(QwenHandler):
    """A question; the answer is a stream of events."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        await self.stream(runtime.ask(self.body()))


class CompleteHandler(QwenHandler):
    """Ghost text; the answer is a stream of cumulative texts."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        await self.stream(runtime.complete(self.body()))


class ContextHandler(QwenHandler):
    """What the model would see for a question, source by source."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        self.finish(await runtime.context(self.body()))


class WarmHandler(QwenHandler):
    """A notebook was opened, a cell ran, a question is being typed: the prompt's beginning can be processed already."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        self.finish(await runtime.warm(self.body()))


class ProveHandler(QwenHandler):
    """The proof of a piece of SQL against the kernel's schema."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        self.finish(asdict(await runtime.prove(self.body())))


class LoadableHandler(QwenHandler):
    """What a notebook's cells would load, and the data files beside it."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        self.finish(await runtime.loadable(self.body()))


class CollectorHandler(QwenHandler):
    """The expression that collects the schema in a kernel, for `user_expressions` of a silent request."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        runtime = await self.runtime()
        self.finish({"expression": await runtime.collector(self.get_query_argument("privacy", "samples"))})


class ModelsHandler(QwenHandler):
    """The models that are known by name, and which of them are here."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        runtime = await self.runtime()
        self.finish({"models": await runtime.models.rows()})


class ModelActionHandler(QwenHandler):
    """Fetch weights, or stop fetching them."""

    @web.authenticated
    @authorized
    async def post(self, action: str) -> None:
        runtime = await self.runtime()
        body = self.body()
        if action == "pull":
            await runtime.models.pull(body)
        else:
            runtime.models.cancel_pull()
        self.finish(runtime.status())


class EngineActionHandler(QwenHandler):
    """Load the model, or give its memory back."""

    @web.authenticated
    @authorized
    async def post(self, action: str) -> None:
        runtime = await self.runtime()
        await (runtime.load() if action == "load" else runtime.unload())
        self.finish(runtime.status())


class SwitchHandler(QwenHandler):
    """Another model, engine or context length for this server, from now on."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        await runtime.switch_model(self.body())
        self.finish(runtime.status())


class ThreadHandler(QwenHandler):
    """A conversation: read it, or delete it."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        runtime = await self.runtime()
        thread = runtime.thread_id(self.get_query_argument("id"))
        turns = await asyncio.to_thread(runtime.services.threads.turns, thread)
        self.finish({"turns": [asdict(turn) for turn in turns]})

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        runtime = await self.runtime()
        thread = runtime.thread_id(self.get_query_argument("id"))
        await runtime.clear(thread)
        self.set_status(204)
        self.finish()


class ThreadMoveHandler(QwenHandler):
    """A notebook, or a folder of them, has another path now."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        body = self.body()
        self.finish({"moved": await runtime.move_thread(body.get("from"), body.get("to"))})


class ThreadReadingHandler(QwenHandler):
    """Which of two readings of a question the user took."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        body = self.body()
        told = [body.get(name) for name in ("thread", "question", "source")]
        if not all(isinstance(text, str) for text in told):
            raise web.HTTPError(400, "thread, question and source must be texts.")
        thread, question, source = (str(text) for text in told)
        take = runtime.services.threads.take_reading
        self.finish({"kept": await asyncio.to_thread(take, runtime.thread_id(thread), question, source)})


_PREFIX = r"/jupyter-qwen"
ROUTES: list[tuple[Any, ...]] = [
    (f"{_PREFIX}/status", StatusHandler),
    (f"{_PREFIX}/settings", SettingsHandler),
    (f"{_PREFIX}/ask", AskHandler),
    (f"{_PREFIX}/complete", CompleteHandler),
    (f"{_PREFIX}/context", ContextHandler),
    (f"{_PREFIX}/warm", WarmHandler),
    (f"{_PREFIX}/prove", ProveHandler),
    (f"{_PREFIX}/collector", CollectorHandler),
    (f"{_PREFIX}/loadable", LoadableHandler),
    (f"{_PREFIX}/receipt", ReceiptHandler),
    (f"{_PREFIX}/models", ModelsHandler),
    (f"{_PREFIX}/models/(pull|cancel)", ModelActionHandler),
    (f"{_PREFIX}/engine/(load|unload)", EngineActionHandler),
    (f"{_PREFIX}/engine/switch", SwitchHandler),
    (f"{_PREFIX}/thread", ThreadHandler),
    (f"{_PREFIX}/thread/move", ThreadMoveHandler),
    (f"{_PREFIX}/thread/reading", ThreadReadingHandler),
    (f"{_PREFIX}/knowledge", KnowledgeHandler),
    (f"{_PREFIX}/demo", DemoHandler),
]
