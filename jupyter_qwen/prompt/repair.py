"""Asking the model to mend a query that DuckDB refuses: last resort after mechanical repairs, at most two rounds."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_qwen.prompt.model import Message, Part, Prompt
from jupyter_qwen.prompt.tokens import chatml, message, neutralise

_PREFILL = "```sql\n"


def build(original: Prompt, sql: str, diagnostics_text: str, candidates: Sequence[str] = ()) -> Prompt:
    """The conversation of `original`, continued with the query it gave, DuckDB's words, and the names that exist.

    `original` must hold `messages`; its text is a prefix of the new prompt's text up to the answer, so the KV cache serves
    it. `candidates` are names as a query writes them; spelling them out is what makes a small model change anything.
    """
    request = f"DuckDB refuses this query:\n{diagnostics_text.strip()}\n"
    if candidates:
        request += f"Names that exist: {', '.join(candidates)}\n"
    request += "Write the corrected query. Change only what the error names."
    answer = Message("assistant", f"{_PREFILL}{neutralise(sql.strip())}\n```")
    messages = (*original.messages, answer, message("user", request))
    return Prompt(
        text=chatml(messages, _PREFILL),
        stop=original.stop,
        messages=messages,
        prefill=_PREFILL,
        parts=(*original.parts, Part("refused query", neutralise(sql)), Part("error", neutralise(request))),
    )
