"""Fill in the middle: the text around the cursor, and what else of the notebook bears on it, as one prompt.

Whoever completes while the user types keeps a `prompt.hole.Frame` and asks it for one prompt after the other; `build` is the
prompt of a cursor that nothing is known about yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jupyter_qwen.prompt.fim.hole import Order, frame
from jupyter_qwen.prompt.model import Prompt
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell

__all__ = ["Order", "build"]


def build(
    prefix: str,
    suffix: str,
    *,
    cells: Sequence[Cell] = (),
    schema: Schema | None = None,
    language: str = "python",
    count: Callable[[str], int],
    budget_tokens: int,
    order: Order = "anchored",
) -> Prompt:
    """The prompt that makes the model write what belongs between `prefix` and `suffix` of the active cell.

    `cells` are the other cells above it in document order. The text next to the cursor is exact (special tokens
    neutralised). `Prompt.heal` is the beginning of a token that the anchored order took back from the end of the prompt: the
    answer must start with it (a grammar sees to that) and the caller cuts it off. The usual order never needs it.
    """
    made = frame(
        prefix,
        suffix,
        cells=cells,
        schema=schema,
        language=language,
        count=count,
        budget_tokens=budget_tokens,
        order=order,
    )
    return made.prompt(prefix)
