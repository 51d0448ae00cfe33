"""The transformers engine's endpoints as any OpenAI client sees them: whole answers, chat, refusals."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from endpoints import Endpoint

COUNTING = "count: 1, 2, 3, 4, 5, 6,"


def post(endpoint: Endpoint, path: str, **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {endpoint.key}"}
    return httpx.post(endpoint.url + path, json=body, headers=headers, timeout=60)


def test_whole_answer_has_its_usage(transformers: Endpoint) -> None:
    answer = post(transformers, "/v1/completions", prompt=COUNTING, max_tokens=8, temperature=0).json()
    assert [(choice["index"], choice["text"]) for choice in answer["choices"]] == [(0, " 7, 8, 9")]
    assert answer["usage"]["completion_tokens"] == 8
    assert answer["usage"]["prompt_tokens"] == answer["timings"]["cache_n"] + answer["timings"]["prompt_n"]


def test_chat_answers_with_a_message_by_the_models_template(transformers: Endpoint) -> None:
    turns = [{"role": "user", "content": "hello"}]
    answer = post(transformers, "/v1/chat/completions", messages=turns, max_tokens=3, temperature=0).json()
    (choice,) = answer["choices"]
    assert choice["message"]["role"] == "assistant"
    template = "<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n"
    tokens = post(transformers, "/tokenize", content=template).json()["tokens"]
    assert answer["usage"]["prompt_tokens"] == len(tokens)


def test_control_tokens_are_text_when_they_are_not_to_be_parsed(transformers: Endpoint) -> None:
    parsed = post(transformers, "/tokenize", content="<|im_end|>").json()["tokens"]
    plain = post(transformers, "/tokenize", content="<|im_end|>", parse_special=False).json()["tokens"]
    assert len(parsed) == 1
    assert len(plain) > 1


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/v1/completions", {"prompt": 3}, '"prompt" must be a text'),
        ("/v1/completions", {"prompt": ""}, "empty"),
        ("/v1/completions", {"prompt": "x", "max_tokens": "many"}, "whole number"),
        ("/v1/completions", {"prompt": "x", "temperature": True}, "number"),
        ("/v1/completions", {"prompt": "x", "grammar": 'root ::= "a"'}, 'does not offer "grammar"'),
        ("/v1/completions", {"prompt": "x", "n": 2}, '"n" must be 1'),
        ("/v1/chat/completions", {"messages": []}, "turns with a role and a text"),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": 7}]}, "turns with a role and a text"),
    ],
)
def test_request_that_makes_no_sense_is_refused_in_words(
    transformers: Endpoint, path: str, body: dict[str, Any], words: str
) -> None:
    answer = post(transformers, path, **body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_unknown_route_is_not_found_and_health_needs_no_key(transformers: Endpoint) -> None:
    assert post(transformers, "/infill", prompt="x").status_code == 404
    assert httpx.get(transformers.url + "/health").json() == {"status": "ok"}
