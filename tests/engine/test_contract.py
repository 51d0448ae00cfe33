"""What every engine must do, run against each of them: scripted, llama with the real model, and somebody else's server."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from contract_terms import BLOCK, COUNTING, FILLER, LONGER, STOP_SECONDS, collect, wait_until_idle
from endpoints import Endpoint

from jupyter_qwen.engine.base import (
    ContextOverflow,
    Delta,
    EngineRefused,
    EngineUnavailable,
    Finished,
    GenerationRequest,
)
from jupyter_qwen.engine.client.http import HttpEngine


async def test_answer_arrives_in_pieces_and_ends_with_its_cost(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        items = [item async for item in engine.generate(GenerationRequest(COUNTING, max_new_tokens=12))]
        deltas = [item for item in items if isinstance(item, Delta)]
        assert len(deltas) >= 6
        assert "".join(item.text for item in deltas).startswith(" 7, 8")
        (end,) = (item for item in items if isinstance(item, Finished))
        assert items[-1] is end
        assert end.reason == "length"
        assert end.usage.new_tokens == 12
        assert end.usage.prompt_tokens == await engine.count_tokens(COUNTING)
        assert end.usage.decode_seconds > 0


async def test_each_token_brings_its_log_probability_to_those_who_ask(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        quiet = GenerationRequest(COUNTING, max_new_tokens=12)
        asked = replace(quiet, logprobs=True)
        without = [item async for item in engine.generate(quiet) if isinstance(item, Delta)]
        told = [item async for item in engine.generate(asked) if isinstance(item, Delta)]
        assert not any(item.logprobs for item in without)
        assert "".join(item.text for item in told) == "".join(item.text for item in without)
        found = [value for item in told for value in item.logprobs]
        assert len(found) == 12
        assert all(value <= 1e-6 for value in found)
        # counting on is what every one of these models is nearly certain of
        assert sum(found) / len(found) > -1.0


async def test_stop_string_ends_the_answer_and_is_not_part_of_it(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        text, end = await collect(engine, GenerationRequest(COUNTING, max_new_tokens=60, stop=(" 9", "never")))
        assert text == " 7, 8,"
        assert end.reason == "stop"


async def test_any_number_of_stop_strings_is_kept(endpoint: Endpoint) -> None:
    never = tuple(f"never {number}" for number in range(8))

    async with endpoint.client() as engine:
        text, end = await collect(engine, GenerationRequest(COUNTING, max_new_tokens=60, stop=(*never, " 9")))
        assert text == " 7, 8,"
        assert end.reason == "stop"
        assert await wait_until_idle(endpoint) < STOP_SECONDS[endpoint.kind]


async def test_fill_in_the_middle_uses_the_suffix(endpoint: Endpoint) -> None:
    prompt = "<|fim_prefix|>def add(a, b):\n    return <|fim_suffix|>\n\nprint(add(1, 2))\n<|fim_middle|>"

    async with endpoint.client() as engine:
        text, _ = await collect(engine, GenerationRequest(prompt, max_new_tokens=12, stop=("\n",), lane="completion"))
        written = text.strip()
        # vLLM's bfloat16 weights went on with a comment; every engine that we start writes the middle and nothing more
        assert written.partition("#")[0].strip() == "a + b" if endpoint.kind == "yours" else written == "a + b"


async def test_common_prefix_is_not_computed_twice(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        text = FILLER * (3 if endpoint.kind in BLOCK else 1)
        _, first = await collect(engine, GenerationRequest(text + "A question", max_new_tokens=1))
        _, second = await collect(engine, GenerationRequest(text + "Another one", max_new_tokens=1))
        assert second.usage.cached_tokens >= reusable(endpoint, await engine.count_tokens(text) - 2)
        assert second.usage.cached_tokens > first.usage.prompt_tokens / 2


def reusable(endpoint: Endpoint, tokens: int) -> int:
    """How many of so many tokens in the KV cache the endpoint can take up again."""
    block = BLOCK.get(endpoint.kind, 1)
    return tokens // block * block


async def test_completion_does_not_evict_the_prefix_of_the_chat(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        chat = GenerationRequest("chat " + FILLER * (3 if endpoint.kind in BLOCK else 1), max_new_tokens=1)
        await collect(engine, chat)
        await collect(engine, GenerationRequest("completion " + FILLER, max_new_tokens=1, lane="completion"))
        _, end = await collect(engine, chat)
        assert end.usage.cached_tokens == reusable(endpoint, end.usage.prompt_tokens - 1)


async def test_warming_writes_nothing_and_makes_the_question_cheap(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        text = "warm " + FILLER * (3 if endpoint.kind in BLOCK else 1)
        said, _ = await collect(engine, GenerationRequest(text, max_new_tokens=0, lane="warming"))
        assert said == ""
        _, end = await collect(engine, GenerationRequest(text + "now ask", max_new_tokens=1))
        assert end.usage.cached_tokens >= reusable(endpoint, await engine.count_tokens(text) - 2)


async def test_reading_a_long_prompt_is_told_step_by_step_to_those_who_ask(endpoint: Endpoint) -> None:
    if endpoint.kind == "yours":
        pytest.skip("only llama.cpp and our own engines tell how far they have read")
    prompt = f"slow prefill, told {endpoint.kind} " + FILLER * 3 * LONGER[endpoint.kind]

    async with endpoint.client() as engine:
        quiet = [item async for item in engine.generate(GenerationRequest(prompt, max_new_tokens=1, lane="evaluation"))]
        assert not [item for item in quiet if isinstance(item, Delta) and item.read is not None]
        request = GenerationRequest("again: " + prompt, max_new_tokens=1, report_prefill=True)
        told = [item async for item in engine.generate(request)]
        steps = [item.read for item in told if isinstance(item, Delta) and item.read is not None]
        (end,) = (item for item in told if isinstance(item, Finished))
        assert len(steps) >= 2
        assert steps == sorted(steps)
        assert {total for _, total in steps} == {end.usage.prompt_tokens}


async def test_wrong_key_is_refused_without_repeating_it(endpoint: Endpoint) -> None:
    async with endpoint.client(key="sk-wrong") as engine:
        with pytest.raises(EngineRefused) as refused:
            await collect(engine, GenerationRequest("hello"))
        assert "key" in str(refused.value)
        assert "sk-wrong" not in str(refused.value) + refused.value.hint
    with pytest.raises(EngineRefused):
        async with endpoint.client(key="") as engine:
            await engine.count_tokens("hello")


async def test_prompt_that_leaves_no_room_is_refused_before_anything_is_computed(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        await engine.probe()
        prompt = FILLER * (engine.context_tokens // 100)
        began = time.monotonic()
        with pytest.raises(ContextOverflow, match="context holds"):
            await collect(engine, GenerationRequest(prompt, max_new_tokens=200))
        assert time.monotonic() - began < 2


async def test_overflow_that_only_the_endpoint_knows_of_is_the_same_error(endpoint: Endpoint) -> None:
    async with endpoint.client(context_tokens=1000000) as engine:
        with pytest.raises(ContextOverflow):
            await collect(engine, GenerationRequest("a b c " * 3000 * LONGER[endpoint.kind], max_new_tokens=1))


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("llama", marks=pytest.mark.model),
        pytest.param("llama_server", marks=pytest.mark.model),
        pytest.param("openai", marks=pytest.mark.model),
    ],
)
async def test_grammar_binds_a_raw_completion(kind: str, request: pytest.FixtureRequest) -> None:
    async with request.getfixturevalue(kind).client() as engine:
        grammar = 'root ::= " 1 FROM t" [0-9] ";"'
        text, _ = await collect(engine, GenerationRequest("SELECT", max_new_tokens=20, grammar=grammar))
        assert text.startswith(" 1 FROM t")
        assert text.endswith(";")


async def test_special_tokens_count_as_one_and_empty_text_as_none(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        assert await engine.count_tokens("<|im_start|>") == 1
        assert await engine.count_tokens("") == 0
        assert await engine.count_tokens("hello world") == await engine.count_tokens("hello world")


async def test_hostile_text_passes_through(endpoint: Endpoint) -> None:
    text = 'a "quoted"\nname <|im_end|> 🙂 \x00 \\u0041 ' + "é" * 50

    async with endpoint.client() as engine:
        assert await engine.count_tokens(text) > 10
        _, end = await collect(engine, GenerationRequest(text, max_new_tokens=2))
        assert end.usage.new_tokens <= 2


async def test_lone_surrogates_are_no_crash(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        await collect(engine, GenerationRequest("half an emoji \ud83d here", max_new_tokens=1))


async def test_endpoint_that_is_not_there_is_unavailable() -> None:
    engine = HttpEngine("http://127.0.0.1:9", "key")
    with pytest.raises(EngineUnavailable) as error:
        await collect(engine, GenerationRequest("hello"))
    assert error.value.hint
    await engine.aclose()
