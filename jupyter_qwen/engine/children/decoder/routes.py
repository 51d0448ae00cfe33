"""The endpoints of the transformers engine: OpenAI's, with llama.cpp's additions, so that one client serves both."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from jupyter_qwen.engine.children.decoder.computer import Computer
from jupyter_qwen.engine.children.decoder.sampling import Sampling
from jupyter_qwen.engine.children.decoder.sequence import Ended, Event, Job, RequestFailed, Written
from jupyter_qwen.engine.children.openai_form import choice, field, stops
from jupyter_qwen.engine.children.tiny_http import HttpError, Request, Response, authorise


class Routes:
    """Answers requests; `handle` is what `tiny_http.serve` calls."""

    def __init__(self, computer: Computer, tokenizer: Any, *, alias: str, key: str, context_tokens: int) -> None:
        self._computer = computer
        self._tokenizer = tokenizer
        self._alias = alias
        self._key = key
        self._context = context_tokens

    async def handle(self, request: Request, response: Response) -> None:
        """Answer one request. Raises HttpError for what is refused."""
        route = (request.method, request.path)
        if route == ("GET", "/health"):
            return await response.json({"status": "ok"})
        authorise(request, self._key)
        if route == ("GET", "/v1/models"):
            row = {"id": self._alias, "object": "model", "owned_by": "jupyter_qwen", "meta": {"n_ctx": self._context}}
            await response.json({"object": "list", "data": [row]})
        elif route == ("GET", "/slots"):
            busy = enumerate(self._computer.busy())
            await response.json([{"id": slot, "n_ctx": self._context, "is_processing": on} for slot, on in busy])
        elif route == ("GET", "/metrics"):
            await response.json({"finished": self._computer.finished, "cancelled": self._computer.cancelled})
        elif route == ("POST", "/tokenize"):
            await response.json({"tokens": self._tokenize(request.json())})
        elif route == ("POST", "/v1/completions"):
            body = request.json()
            await self._generate(body, self._ids(field(body, "prompt", str)), response, chat=False)
        elif route == ("POST", "/v1/chat/completions"):
            body = request.json()
            await self._generate(body, self._ids(self._chat(body)), response, chat=True)
        else:
            raise HttpError(404, "File Not Found", "not_found_error")
        return None

    def _ids(self, text: str, *, special: bool = True) -> list[int]:
        ids = self._tokenizer(text, add_special_tokens=False, split_special_tokens=not special)["input_ids"]
        return [int(token) for token in ids]

    def _tokenize(self, body: dict[str, Any]) -> list[int]:
        return self._ids(field(body, "content", str), special=bool(body.get("parse_special", True)))

    def _chat(self, body: dict[str, Any]) -> str:
        """The prompt of a conversation; one that ends with the assistant's turn is continued there."""
        turns = field(body, "messages", list)
        if not turns or not all(isinstance(turn, dict) and isinstance(turn.get("content"), str) for turn in turns):
            raise HttpError(400, '"messages" must be turns with a role and a text', "invalid_request_error")
        if not getattr(self._tokenizer, "chat_template", None):
            raise HttpError(400, "this model has no chat template", "invalid_request_error")
        going_on = turns[-1].get("role") == "assistant"
        try:
            return str(
                self._tokenizer.apply_chat_template(
                    turns, tokenize=False, add_generation_prompt=not going_on, continue_final_message=going_on
                )
            )
        except Exception as error:  # the template is the model's program and raises what it likes
            raise HttpError(400, f"the chat template refused the messages: {error}", "invalid_request_error") from error

    async def _generate(self, body: dict[str, Any], prompt: list[int], response: Response, *, chat: bool) -> None:
        if not prompt:
            raise HttpError(400, "the prompt is empty", "invalid_request_error")
        if len(prompt) >= self._context:
            message = f"request ({len(prompt)} tokens) exceeds the available context size ({self._context} tokens)"
            raise HttpError(400, message, "exceed_context_size_error")
        for name in ("grammar", "json_schema", "response_format", "tools"):
            if body.get(name) and body[name] != {"type": "text"}:
                raise HttpError(400, f'this engine does not offer "{name}"', "invalid_request_error")
        if field(body, "n", int, 1) != 1:
            raise HttpError(400, 'this engine gives one answer a request: "n" must be 1', "invalid_request_error")
        queue: asyncio.Queue[Event] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(event: Event) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, event)

        job = Job(
            prompt,
            limit=_limit(body, self._context - len(prompt)),
            tell=tell,
            stops=stops(body),
            sampling=_sampling(body),
            lane=field(body, "lane", str, "chat"),
            slot=field(body, "id_slot", int, None),
            logprobs=bool(body.get("logprobs")),
        )
        self._computer.submit(job)
        try:
            await _Answer(job, response, alias=self._alias, chat=chat, stream=bool(body.get("stream"))).write(queue)
        finally:
            self._computer.cancel(job)


class _Answer:
    """One answer on the wire."""

    def __init__(self, job: Job, response: Response, *, alias: str, chat: bool, stream: bool) -> None:
        self._job = job
        self._response = response
        self._chat = chat
        self._stream = stream
        self._head = {"object": "chat.completion" if chat else "text_completion", "model": alias}
        self._text = ""

    async def write(self, queue: asyncio.Queue[Event]) -> None:
        """Until the answer has ended. Raises HttpError when it failed, CancelledError when the client hung up."""
        if self._stream:
            await self._response.begin_events()
        while not isinstance(event := await self._response.unless_gone(queue.get()), Ended):
            if isinstance(event, RequestFailed):
                raise HttpError(500, event.message)
            if isinstance(event, Written):
                self._text += event.text
                told = event.logprobs if self._job.logprobs else None
                await self._send({"choices": [choice(self._chat, 0, event.text, None, logprobs=told)]})
            else:
                read = {"total": event.total, "cache": event.cached, "processed": event.processed}
                await self._send({"choices": [], "prompt_progress": read})
        costs = self._costs(event)
        if self._stream:
            await self._send({"choices": [choice(self._chat, 0, "", event.reason)], **costs})
            await self._response.end_events()
        else:
            whole = choice(self._chat, 0, self._text, event.reason, whole=True)
            await self._response.json({**self._head, "choices": [whole], **costs})

    async def _send(self, data: dict[str, Any]) -> None:
        if self._stream:
            await self._response.event(self._head | data)

    def _costs(self, event: Ended) -> dict[str, Any]:
        timings = event.timings
        usage = {
            "prompt_tokens": len(self._job.prompt),
            "completion_tokens": timings.predicted_n,
            "total_tokens": len(self._job.prompt) + timings.predicted_n,
            "prompt_tokens_details": {"cached_tokens": timings.cache_n},
        }
        return {"timings": asdict(timings), "usage": usage}


def _limit(body: dict[str, Any], room: int) -> int:
    """Tokens that may be written; the context's end is a limit too."""
    name = "max_tokens" if body.get("max_tokens") is not None else "max_completion_tokens"
    asked = field(body, name, int, room)
    return room if asked < 0 else min(asked, room)


def _sampling(body: dict[str, Any]) -> Sampling:
    return Sampling(
        temperature=float(field(body, "temperature", (int, float), 1.0)),
        top_p=float(field(body, "top_p", (int, float), 1.0)),
        top_k=field(body, "top_k", int, 0),
        seed=field(body, "seed", int, None),
    )
