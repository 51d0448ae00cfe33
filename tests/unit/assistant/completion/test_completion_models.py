"""Completion with models of several kinds: each with its own tokens, none with another one's suggestions."""

from __future__ import annotations

from typing import Any


async def test_prompt_is_made_of_the_running_models_tokens(bench: Any) -> None:
    one = bench("x")
    one.services.engines._status = {
        "state": "ready",
        "model": {"id": "Qwen/CodeQwen1.5-7B", "fim_style": "codeqwen1.5"},
    }
    await one.last("total = ")
    assert "<fim_middle>" in one.engine.requests[-1].prompt
    assert "<|fim_middle|>" not in one.engine.requests[-1].prompt
    assert "<fim_pad>" in one.engine.requests[-1].stop


async def test_switched_model_repeats_no_suggestion_of_the_one_before(bench: Any) -> None:
    one = bench("sum(values)")
    one.services.engines._status = {"state": "ready", "model": {"id": "a", "fim_style": "qwen2.5-coder"}}
    assert (await one.last("total = ")).text == "sum(values)"
    one.engine.answer = lambda request: "max(values)"
    assert (await one.last("total = ")).reason == "cache"
    one.services.engines._status = {"state": "ready", "model": {"id": "b", "fim_style": "codeqwen1.5"}}
    assert (await one.last("total = ")).text == "max(values)"
    assert "<fim_middle>" in one.engine.requests[-1].prompt


async def test_model_without_fill_in_the_middle_completes_nothing_and_computes_nothing(bench: Any) -> None:
    one = bench("x")
    one.services.engines._status = {"state": "ready", "inline_completion": False}
    event = await one.last("total = ")
    assert (event.text, event.reason) == ("", "no-fim")
    assert one.engine.requests == []
