"""What is found out about an endpoint of somebody else, and what is lost, quietly or in words, where it lacks something."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from jupyter_qwen.engine.base import (
    ChatTurn,
    ContextOverflow,
    Delta,
    EngineBusy,
    EngineError,
    EngineRefused,
    EngineUnavailable,
    Finished,
    GenerationRequest,
)
from jupyter_qwen.engine.client.http import HttpEngine

USER = ChatTurn("user", "How many?")


@dataclass
class Stranger:
    """An endpoint: the routes it has, how its model is listed, and every body it was sent."""

    row: dict[str, Any]
    routes: tuple[str, ...]
    pieces: tuple[str, ...] = ("one", " two")
    refuses: tuple[int, dict[str, Any]] | None = None
    bodies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/v1/models":
            return httpx.Response(200, json={"data": [self.row]})
        if path not in self.routes:
            return httpx.Response(404, json={"detail": "Not Found"})
        body = json.loads(request.content)
        if not body:
            return httpx.Response(422, json={"error": {"message": "field required"}})
        self.bodies.append((path, body))
        if self.refuses:
            return httpx.Response(self.refuses[0], json=self.refuses[1])
        if path == "/tokenize":
            return httpx.Response(200, json={"tokens": [1, 2, 3]})
        events = [{"choices": [self._choice(path, text, None)]} for text in self.pieces]
        events.append(
            {"choices": [self._choice(path, "", "stop")], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}
        )
        lines = [f"data: {json.dumps(event)}\n\n" for event in events]
        return httpx.Response(200, text="".join([*lines, "data: [DONE]\n\n"]))

    @staticmethod
    def _choice(path: str, text: str, reason: str | None) -> dict[str, Any]:
        said = {"text": text} if path == "/v1/completions" else {"delta": {"content": text}}
        return {"index": 0, "finish_reason": reason, **said}

    def run(self, work: Callable[[HttpEngine], Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            engine = HttpEngine("http://hub.example/v1", "sk-x", transport=httpx.MockTransport(self.answer))
            try:
                await work(engine)
            finally:
                await engine.aclose()

        asyncio.run(main())


def chat_only(**options: Any) -> Stranger:
    return Stranger({"id": "gpt", "owned_by": "somebody"}, ("/v1/chat/completions",), **options)


def ollama(**options: Any) -> Stranger:
    return Stranger(
        {"id": "qwen2.5-coder:1.5b", "owned_by": "library"}, ("/v1/chat/completions", "/v1/completions"), **options
    )


def vllm(**options: Any) -> Stranger:
    row = {"id": "qwen", "owned_by": "vllm", "max_model_len": 4096}
    return Stranger(row, ("/v1/chat/completions", "/v1/completions", "/tokenize"), **options)


async def text_of(engine: HttpEngine, request: GenerationRequest) -> tuple[str, Finished]:
    items = [item async for item in engine.generate(request)]
    assert isinstance(items[-1], Finished)
    return "".join(item.text for item in items if isinstance(item, Delta)), items[-1]


def test_endpoint_with_chat_alone_answers_questions_and_says_why_it_completes_no_code() -> None:
    stranger = chat_only()

    async def work(engine: HttpEngine) -> None:
        text, end = await text_of(engine, GenerationRequest("raw", messages=(USER,), max_new_tokens=9))
        assert text == "one two"
        assert (end.usage.prompt_tokens, end.usage.new_tokens) == (7, 2)
        assert not engine.capabilities.raw_completions
        with pytest.raises(EngineRefused, match="chat only") as refused:
            await text_of(engine, GenerationRequest("<|fim_prefix|>", lane="completion"))
        assert "/v1/completions" in refused.value.hint

    stranger.run(work)
    ((path, body),) = stranger.bodies
    assert path == "/v1/chat/completions"
    assert body["messages"] == [{"role": "user", "content": "How many?"}]
    assert "prompt" not in body


@pytest.mark.parametrize("kind", [chat_only, ollama, vllm])
def test_more_stop_strings_than_an_endpoint_takes_are_watched_for_here(kind: Callable[..., Stranger]) -> None:
    stranger = kind(pieces=("one", " tw", "o th", "ree", " four"))
    stops = ("a!", "b!", "c!", "d!", "two t", "e!")

    async def work(engine: HttpEngine) -> None:
        text, end = await text_of(engine, GenerationRequest("count", messages=(USER,), max_new_tokens=9, stop=stops))
        assert (text, end.reason) == ("one ", "stop")

    stranger.run(work)
    ((_, body),) = stranger.bodies
    assert body["stop"] == ["a!", "b!", "c!", "d!"]


def test_endpoint_that_cannot_count_gets_a_careful_estimate() -> None:
    async def work(engine: HttpEngine) -> None:
        assert await engine.count_tokens("SELECT 1") == 2
        assert await engine.count_tokens("x" * 320) == 100
        assert not engine.capabilities.tokenize

    stranger = ollama()
    stranger.run(work)
    assert stranger.bodies == []


@pytest.mark.parametrize(("stranger", "sent"), [(chat_only(), False), (ollama(), False), (vllm(), True)])
def test_grammar_is_sent_only_where_it_is_understood(stranger: Stranger, sent: bool) -> None:
    async def work(engine: HttpEngine) -> None:
        await text_of(engine, GenerationRequest("SELECT", messages=(USER,), grammar='root ::= " 1"'))
        assert engine.capabilities.grammar is sent

    stranger.run(work)
    ((_, body),) = stranger.bodies
    assert ("structured_outputs" in body) is sent
    assert "grammar" not in body


def test_fields_of_llama_cpp_are_sent_to_nobody_else() -> None:
    for stranger in (chat_only(), ollama(), vllm()):

        async def work(engine: HttpEngine) -> None:
            await text_of(engine, GenerationRequest("hello", messages=(USER,)))

        stranger.run(work)
        ((_, body),) = stranger.bodies
        assert not {"cache_prompt", "id_slot", "return_progress", "min_p", "lane", "top_k"} & set(body)


def test_context_of_vllm_is_its_own_and_others_get_the_usual_one() -> None:
    for stranger, context in ((vllm(), 4096), (ollama(), 8192)):

        async def work(engine: HttpEngine, context: int = context) -> None:
            await engine.probe()
            assert engine.context_tokens == context

        stranger.run(work)


def test_prefill_that_a_chat_endpoint_repeats_is_not_shown_twice() -> None:
    async def work(engine: HttpEngine) -> None:
        text, _ = await text_of(engine, GenerationRequest("raw", messages=(USER,), prefill="```sql\n"))
        assert text.strip() == "SELECT 1"

    chat_only(pieces=("```", "sql\n", "SELECT 1")).run(work)
    chat_only(pieces=("SELECT", " 1")).run(work)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, {"error": {"message": "no"}}, EngineRefused, "refused the key"),
        (429, {"error": {"message": "Rate limit reached for ana"}}, EngineBusy, "Rate limit reached for ana"),
        (503, {"detail": "overloaded"}, EngineUnavailable, "overloaded"),
        (400, {"error": {"message": "This model's maximum context length is 4096 tokens."}}, ContextOverflow, "4096"),
        (404, {"object": "error", "message": "The model `x` does not exist."}, EngineRefused, "does not exist"),
    ],
)
def test_refusal_keeps_the_endpoints_words_and_names_the_way_out(
    status: int, body: dict[str, Any], kind: type[EngineError], words: str
) -> None:
    async def work(engine: HttpEngine) -> None:
        with pytest.raises(kind, match=words) as refused:
            await text_of(engine, GenerationRequest("hello"))
        assert "sk-x" not in str(refused.value) + refused.value.hint
        assert refused.value.hint or words == "does not exist"

    vllm(refuses=(status, body)).run(work)
