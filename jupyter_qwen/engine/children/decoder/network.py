"""One pass through the network over rows of any number of sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from jupyter_qwen.engine.children.decoder.attention import KeyValues, Piece
from jupyter_qwen.engine.children.decoder.weights import Loaded


@dataclass(frozen=True)
class Rows:
    """Tokens that continue one sequence at `position`; the logits of the last `wanted` of them are asked for."""

    tokens: list[int]
    position: int
    cache: KeyValues
    wanted: int = 0


class Network:
    """The loaded model as a function of rows. Used by one thread."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded

    def compute(self, parts: list[Rows], check: Callable[[], None]) -> list[Any]:
        """Logits ``[wanted, vocabulary]`` of each part. Raises what `check` raises, and torch without memory."""
        tokens: list[int] = []
        positions: list[int] = []
        pieces: list[Piece] = []
        wanted: list[int] = []
        for part in parts:
            count = len(part.tokens)
            pieces.append(Piece.of(part.cache, first=len(tokens), count=count, position=part.position))
            tokens += part.tokens
            positions += range(part.position, part.position + count)
            wanted += range(len(tokens) - part.wanted, len(tokens))
        if len(tokens) == 1:  # a row alone is computed otherwise than in company; see attention.py
            tokens, positions = tokens * 2, positions * 2
        logits = self._pass(tokens, positions, pieces, wanted, check)
        out, first = [], 0
        for part in parts:
            out.append(logits[first : first + part.wanted] if part.wanted else None)
            first += part.wanted
        return out

    def _pass(
        self, tokens: list[int], positions: list[int], pieces: list[Piece], wanted: list[int], check: Callable[[], None]
    ) -> Any:
        model, attention = self.loaded.model, self.loaded.attention
        device = self.loaded.shape.device
        attention.pieces, attention.check = pieces, check
        try:
            ids = torch.tensor([tokens], device=device)
            places = torch.tensor([positions], device=device)
            if not wanted:  # in the middle of a prompt: the product with the whole vocabulary is spared
                model.base_model(input_ids=ids, position_ids=places, use_cache=False)
                return None
            keep = torch.tensor(wanted if len(wanted) > 1 else wanted * 2, device=device)
            out = model(input_ids=ids, position_ids=places, use_cache=False, logits_to_keep=keep)
            return out.logits[0, : len(wanted)].cpu()
        finally:
            attention.pieces, attention.check = (), _nothing


def _nothing() -> None:
    """Nobody interrupts."""
