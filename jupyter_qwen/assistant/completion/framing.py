"""Keeps an editor's frame while it holds, so that typing only appends to the prompt."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_qwen.assistant.completion.known_columns import column_grammar
from jupyter_qwen.assistant.completion.spot import Spot
from jupyter_qwen.assistant.counting import with_token_count
from jupyter_qwen.engine.base import Engine
from jupyter_qwen.prompt.fim.hole import FimFrame, Order, frame
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.prompt.tokens import fim_tokens

if TYPE_CHECKING:
    from jupyter_qwen.assistant.answer_limits import AnswerLimits

_MOVE_AFTER_LINES = 12  # while idle the anchor follows once the tail is that long


class Framing:
    """One editor's frame and the context that it was made from."""

    def __init__(self) -> None:
        self._frame: FimFrame | None = None
        self._context, self._model = 0, ""

    async def prompt(
        self, spot: Spot, engine: Engine, limits: AnswerLimits, *, order: Order | None = None
    ) -> tuple[Prompt, str | None, int]:
        """(prompt, grammar, new tokens) for a spot. Raises EngineError when tokens cannot be counted.

        `order` gives the prompt in another order; the frame that is kept stays.
        """
        new_tokens = limits.completion_block_tokens if spot.block else limits.completion_line_tokens
        kept = self._frame
        same_model = kept is not None and self._model == spot.model
        same_context = same_model and self._context == spot.context
        if kept is not None and same_context and kept.serves(spot.prefix, spot.suffix, language=spot.language):
            made = kept
        elif (
            kept is not None
            and same_context
            and kept.serves(spot.prefix, spot.suffix, language=spot.language, however_long=True)
        ):
            made = kept.moved(spot.prefix)
        else:
            budget = min(limits.completion_prompt_tokens, engine.context_tokens - new_tokens)
            made = await with_token_count(
                engine,
                lambda count: frame(
                    spot.prefix,
                    spot.suffix,
                    cells=spot.cells,
                    schema=spot.schema,
                    language=spot.language,
                    count=count,
                    budget_tokens=budget,
                    # the anchored order may end inside a word, which only a grammar can restore
                    order="anchored" if engine.capabilities.grammar else "usual",
                    previous=kept if same_model else None,
                    tokens=fim_tokens(spot.fim),
                ),
            )
        self._frame, self._context, self._model = made, spot.context, spot.model
        prompt = (made if order is None else replace(made, order=order)).prompt(spot.prefix)
        return prompt, _grammar(spot, prompt) if engine.capabilities.grammar else None, new_tokens

    def moved(self, prefix: str) -> FimFrame | None:
        """Let the anchor follow when the tail has grown; the new frame, or ``None`` when it may stay."""
        kept = self._frame
        if kept is None or not prefix.startswith(kept.before):
            return None
        if prefix[len(kept.before) :].count("\n") < _MOVE_AFTER_LINES or not kept.far:
            return None
        self._frame = kept.moved(prefix)
        return self._frame


def _grammar(spot: Spot, prompt: Prompt) -> str | None:
    if spot.language == "python" and spot.place.kind == "string":
        columns = column_grammar(spot.prefix, prompt.heal, spot.schema, spot.cells)
        if columns is not None:
            return columns
    forced = f"{json.dumps(prompt.heal)} " if prompt.heal else ""
    first = "[^#\\n-] " if _is_below_comment(spot.prefix) else ""
    return f"root ::= {forced}{first}[^\\x00]*" if forced or first else None


def _is_below_comment(prefix: str) -> bool:
    """Whether the cursor stands on an empty line below a comment: code is wanted there, and small models go on commenting."""
    above, _, line = prefix.rpartition("\n")
    return not line.strip() and above.rsplit("\n", 1)[-1].lstrip().startswith(("#", "--"))
