"""What trials of earlier answers showed, told to a fresh answer: facts of the data and an error's words, never the failing code.

A small model that sees its own code repeats it (3 of 36 queries were mended that way).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jupyter_qwen.prompt.model import Message, Part, Prompt
from jupyter_qwen.prompt.tokens import chatml, neutralise

_LONGEST = 300


def with_facts(prompt: Prompt, facts: Sequence[str]) -> Prompt:
    """`prompt` with `facts` at the end of its question, so that the KV cache holds all that stands before."""
    told = [neutralise(" ".join(fact.split())[:_LONGEST]) for fact in facts if fact.strip()]
    if not told:
        return prompt
    text = "\n\nKnown from trying: " + "\n".join(told)
    *before, last = prompt.messages
    messages = (*before, Message(last.role, last.content + text))
    return replace(
        prompt, text=chatml(messages, prompt.prefill), messages=messages, parts=(*prompt.parts, Part("facts", text))
    )
