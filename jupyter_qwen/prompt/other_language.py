"""The question of a finished prompt, asked once more for an answer in SQL: everything before the question is in the KV cache."""

from __future__ import annotations

from dataclasses import replace

from jupyter_qwen.prompt.model import Message, Part, Prompt
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml

_ASKED = "\n\nAnswer with one DuckDB SQL query over the DataFrames, by their names, in place of Python."
_PREFILL = "```sql\n"


def in_sql(prompt: Prompt) -> Prompt:
    """`prompt`, whose last turn is the question, as one for a query."""
    *before, last = prompt.messages
    messages = (*before, Message(last.role, last.content + _ASKED))
    return replace(
        prompt,
        text=chatml(messages, _PREFILL),
        messages=messages,
        prefill=_PREFILL,
        stop=("\n```", *CHAT_STOP),
        parts=(*prompt.parts, Part("in SQL", _ASKED)),
    )
