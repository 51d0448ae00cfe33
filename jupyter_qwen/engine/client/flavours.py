"""How endpoints differ: what a request looks like in llama.cpp, our own child, vLLM and plain OpenAI, and what each can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from jupyter_qwen.engine.base import Capabilities, GenerationRequest
from jupyter_qwen.engine.client.stops import MOST_STOPS

Flavour = Literal["llama.cpp", "jupyter_qwen", "vllm", "plain"]  # jupyter_qwen: the transformers child


@dataclass(frozen=True)
class Dialect:
    """What was found out about one endpoint. `slots` is the number of llama.cpp slots, 0 elsewhere."""

    flavour: Flavour
    model: str | None
    capabilities: Capabilities
    context_tokens: int | None = None
    slots: int = 0


def stops_taken(dialect: Dialect) -> int | None:
    """How many stop strings a request may have; ``None`` for any number."""
    return None if dialect.flavour in ("llama.cpp", "jupyter_qwen") else MOST_STOPS


def completion_body(request: GenerationRequest, dialect: Dialect) -> dict[str, Any]:
    """The body for POST /v1/completions."""
    body = {"prompt": request.prompt, **_sampling(request, dialect)}
    return body | {"logprobs": 1} if tells_logprobs(request, dialect) else body


def chat_body(request: GenerationRequest, dialect: Dialect) -> dict[str, Any]:
    """The body for POST /v1/chat/completions; the prefill goes last as an unfinished turn of the assistant."""
    messages = [{"role": turn.role, "content": turn.content} for turn in request.messages]
    body = _sampling(request, dialect)
    if request.prefill:
        messages.append({"role": "assistant", "content": request.prefill})
        if dialect.flavour == "vllm":
            body |= {"add_generation_prompt": False, "continue_final_message": True}
    if tells_logprobs(request, dialect):
        body["logprobs"] = True
    return {"messages": messages, **body}


def tells_logprobs(request: GenerationRequest, dialect: Dialect) -> bool:
    """Whether to ask for log probabilities. Plain endpoints are not asked: some refuse the whole request for the field."""
    return request.logprobs and dialect.flavour != "plain"


def _sampling(request: GenerationRequest, dialect: Dialect) -> dict[str, Any]:
    body: dict[str, Any] = {
        "max_tokens": max(request.max_new_tokens, 1),
        "temperature": request.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if dialect.model:
        body["model"] = dialect.model
    if request.stop:
        body["stop"] = list(request.stop[: stops_taken(dialect)])
    if request.seed is not None:
        body["seed"] = request.seed
    if request.temperature > 0:
        body["top_p"] = request.top_p
    if dialect.flavour == "llama.cpp":
        # return_progress makes the server write after every batch of the prompt: it then notices at once that we hung up.
        # Greedy is the best one token: with more, 150,000 candidates are weighed for nothing, for every token.
        top_k = 0 if request.temperature > 0 else 1
        body |= {"cache_prompt": True, "return_progress": True, "top_k": top_k, "min_p": 0.0}
        if request.grammar:
            body["grammar"] = request.grammar
    elif dialect.flavour == "jupyter_qwen":
        body |= {"lane": request.lane, "max_tokens": request.max_new_tokens}
    elif dialect.flavour == "vllm" and request.grammar:
        body["structured_outputs"] = {"grammar": request.grammar}
    return body


def tokenize_body(text: str, dialect: Dialect) -> dict[str, Any]:
    """The body for POST /tokenize, special tokens parsed and none added."""
    if dialect.flavour == "vllm":
        return {"model": dialect.model, "prompt": text, "add_special_tokens": False}
    return {"content": text, "add_special": False, "parse_special": True}
