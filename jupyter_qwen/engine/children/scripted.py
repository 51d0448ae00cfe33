"""Child process: answers from a script instead of a model, so that tests and interface work meet everything else for real.

Settings (one JSON line on standard input): key, context_tokens, and script: the path of a JSON file holding a list of
rules, or the list itself. The first rule whose `match` (a regular expression, searched in the prompt) hits is used:

    {"match": "revenue", "reply": "```sql\\nSELECT 1\\n```", "delay_per_token_ms": 20, "prefill_ms_per_token": 0,
     "crash_after_tokens": null, "error": null, "once": false, "logprob": -0.1}

`reply` may be a list: one text a sample. `error` is ``{"status": 500, "message": "…"}``. Without a rule the reply repeats the
question. A token is a word, a run of spaces, or one other character.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from typing import Any

from jupyter_qwen.engine.children.guard import announce, begin
from jupyter_qwen.engine.children.openai_form import choice, stops
from jupyter_qwen.engine.children.scripted_rules import Rule, load_rules, rule_for, tokens_of
from jupyter_qwen.engine.children.tiny_http import HttpError, Request, Response, authorise, serve

MODEL = "scripted"
BATCH_TOKENS = 32


class Slots:
    """What each KV-cache slot would hold, and what happened so far: enough to simulate prefix reuse."""

    def __init__(self, count: int) -> None:
        self.tokens: list[list[str]] = [[] for _ in range(count)]
        self.running = [0] * count
        self.cancelled = 0
        self.finished = 0
        self.new_tokens = 0

    def reuse(self, slot: int, tokens: list[str]) -> int:
        """How many leading tokens are there already; at least one is always processed, as in llama.cpp."""
        pairs = zip(self.tokens[slot], tokens, strict=False)
        common = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
        self.tokens[slot] = tokens
        return min(common, max(0, len(tokens) - 1))


class Scripted:
    """The endpoints. One instance serves one process."""

    def __init__(self, rules: list[Rule], *, key: str, context_tokens: int, slots: int = 8) -> None:
        self._rules = rules
        self._key = key
        self._context = context_tokens
        self._slots = Slots(slots)

    async def handle(self, request: Request, response: Response) -> None:
        """Answer one request. Raises HttpError for what is refused."""
        if request.path != "/health":
            authorise(request, self._key)
        route = (request.method, request.path)
        if route == ("GET", "/health"):
            await response.json({"status": "ok"})
        elif route == ("GET", "/v1/models"):
            meta = {"n_ctx": self._context}
            await response.json({"object": "list", "data": [{"id": MODEL, "owned_by": "llamacpp", "meta": meta}]})
        elif route == ("GET", "/slots"):
            busy = self._slots.running
            await response.json([{"id": i, "n_ctx": self._context, "is_processing": n > 0} for i, n in enumerate(busy)])
        elif route == ("GET", "/metrics"):
            done = self._slots
            await response.json(
                {
                    "running": sum(done.running),
                    "cancelled": done.cancelled,
                    "finished": done.finished,
                    "new_tokens": done.new_tokens,
                }
            )
        elif route == ("POST", "/tokenize"):
            await response.json({"tokens": list(range(len(tokens_of(str(request.json().get("content", ""))))))})
        elif route == ("POST", "/v1/completions"):
            body = request.json()
            if not isinstance(body.get("prompt"), str):
                raise HttpError(400, '"prompt" must be a text', "invalid_request_error")
            await self._generate(body, body["prompt"], response, chat=False)
        elif route == ("POST", "/v1/chat/completions"):
            body = request.json()
            messages = body.get("messages")
            if not isinstance(messages, list) or not messages:
                raise HttpError(400, '"messages" must be a list', "invalid_request_error")
            text = "\n".join(f"<|im_start|>{turn.get('role')}\n{turn.get('content')}" for turn in messages)
            await self._generate(body, text, response, chat=True)
        else:
            raise HttpError(404, "File Not Found", "not_found_error")

    async def _generate(self, body: dict[str, Any], prompt: str, response: Response, *, chat: bool) -> None:
        tokens = tokens_of(prompt)
        if len(tokens) >= self._context:
            raise HttpError(
                400,
                f"request ({len(tokens)} tokens) exceeds the available context size ({self._context} tokens)",
                "exceed_context_size_error",
            )
        rule = rule_for(self._rules, prompt)
        if rule.error is not None:
            raise HttpError(rule.error.status, rule.error.message, "server_error")
        slot = body.get("id_slot", 0) % len(self._slots.running)
        cached = self._slots.reuse(slot, tokens)
        self._slots.running[slot] += 1
        ended = False
        try:
            await self._stream(body, rule, prompt, response, chat=chat, prompt_tokens=len(tokens), cached=cached)
            ended = True
        finally:
            self._slots.running[slot] -= 1
            self._slots.finished += ended
            self._slots.cancelled += not ended

    async def _stream(
        self,
        body: dict[str, Any],
        rule: Rule,
        prompt: str,
        response: Response,
        *,
        chat: bool,
        prompt_tokens: int,
        cached: int,
    ) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        kind = "chat.completion" if chat else "text_completion"
        samples = [rule.sample(index, prompt) for index in range(int(body.get("n") or 1))]
        stream = bool(body.get("stream"))
        if stream:
            await response.begin_events()
        tell = stream and rule.prefill_ms_per_token and body.get("return_progress")
        for done in range(cached, prompt_tokens):
            if tell and (done - cached) % BATCH_TOKENS == 0:
                await response.event(
                    {"object": kind, "model": MODEL, "choices": [choice(chat, 0, "", None)]}
                    | {"prompt_progress": {"total": prompt_tokens, "cache": cached, "processed": done}}
                )
            if rule.prefill_ms_per_token:
                await response.pause(rule.prefill_ms_per_token / 1000)
        prefilled = clock()
        choices = []
        for index, sample in enumerate(samples):
            text, reason, count = _cut(sample, stops=stops(body), limit=int(body.get("max_tokens") or 512))
            for number, token in enumerate(tokens_of(text), start=1):
                if rule.crash_after_tokens is not None and number > rule.crash_after_tokens:
                    os._exit(9)
                await response.pause(rule.delay_per_token_ms / 1000)
                self._slots.new_tokens += 1
                if stream:
                    scores = [rule.logprob] if body.get("logprobs") else None
                    piece = choice(chat, index, token, None, logprobs=scores)
                    await response.event({"object": kind, "model": MODEL, "choices": [piece]})
            timings = {
                "cache_n": cached,
                "prompt_n": prompt_tokens - cached,
                "prompt_ms": (prefilled - began) * 1000,
                "predicted_n": count,
                "predicted_ms": (clock() - prefilled) * 1000,
            }
            usage = {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": count,
                "prompt_tokens_details": {"cached_tokens": cached},
            }
            last = choice(chat, index, "" if stream else text, reason, whole=not stream)
            choices.append(last)
            if stream:
                await response.event(
                    {"object": kind, "model": MODEL, "choices": [last], "timings": timings, "usage": usage}
                )
        if stream:
            await response.end_events()
        else:
            await response.json(
                {"object": kind, "model": MODEL, "choices": choices, "timings": timings, "usage": usage}
            )


def _cut(text: str, *, stops: tuple[str, ...], limit: int) -> tuple[str, str, int]:
    """The text up to the first stop string or the token limit, the reason, and its tokens."""
    places = [place for place in (text.find(stop) for stop in stops if stop) if place >= 0]
    text = text[: min(places)] if places else text
    tokens = tokens_of(text)
    if len(tokens) > limit:
        return "".join(tokens[:limit]), "length", limit
    return text, "stop", len(tokens)


async def _run(settings: dict[str, Any], channel: Any) -> None:
    scripted = Scripted(
        load_rules(settings.get("script")), key=settings["key"], context_tokens=settings.get("context_tokens") or 8192
    )
    server = await serve(scripted.handle)
    port = server.sockets[0].getsockname()[1]
    announce(channel, "ready", url=f"http://127.0.0.1:{port}", device="a script")
    await server.serve_forever()


def main() -> int:
    settings, channel = begin()
    announce(channel, "loading")
    try:
        asyncio.run(_run(settings, channel))
    except (OSError, ValueError, KeyError) as error:
        announce(channel, "failed", message=f"{type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
