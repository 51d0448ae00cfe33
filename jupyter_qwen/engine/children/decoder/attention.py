"""Attention over rows of several sequences, each with a KV cache of its own, such that no row's result depends on its company.

On processors the product is exact in bfloat16: a token's keys, values and logits are bit for bit the same whether its
prompt was processed at once, in pieces, on top of a cached prefix, or beside another request. Three things make it so, each
found by comparing bits (torch 2.13, AVX-512 bf16): matrix products of two or more rows give the same bits for each row
whatever the number of rows, those of one row do not; the masked tail is a whole number of `GRID` positions, so that sums
over the context have the same order; and queries of one group are rows of one product.
On graphics cards torch's own fused attention is used, which promises no such thing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

GRID = 256


class Interrupted(Exception):
    """The forward pass was given up between two layers: nobody wants it any more, or something more urgent came."""


@dataclass(frozen=True)
class CacheShape:
    """What one position of a KV cache takes."""

    layers: int
    kv_heads: int
    head_dim: int
    dtype: Any
    device: Any

    @property
    def bytes_per_token(self) -> int:
        return 2 * self.layers * self.kv_heads * self.head_dim * int(self.dtype.itemsize)


class KeyValues:
    """Keys and values of one sequence: ``[layers, 2, kv_heads, capacity, head_dim]``. What lies beyond the sequence's length is
    finite and masked; so trimming is forgetting a length, and an interrupted pass leaves nothing to clean up.
    """

    def __init__(self, shape: CacheShape, positions: int) -> None:
        self.shape = shape
        self._data = self._zeros(positions)

    @property
    def capacity(self) -> int:
        return int(self._data.shape[3])

    @property
    def bytes(self) -> int:
        return self.capacity * self.shape.bytes_per_token

    def reserve(self, positions: int) -> None:
        """Make room; grows by half at least, so that decoding does not copy at every step."""
        if positions > self.capacity:
            grown = self._zeros(max(positions, self.capacity * 3 // 2))
            grown[:, :, :, : self.capacity] = self._data
            self._data = grown

    def copy(self, length: int, positions: int) -> KeyValues:
        """The first `length` positions in a cache of their own with room for `positions`."""
        fresh = KeyValues(self.shape, max(length, positions))
        fresh._data[:, :, :, :length] = self._data[:, :, :, :length]
        return fresh

    def write(self, layer: int, position: int, keys: Any, values: Any) -> None:
        """Store rows ``[kv_heads, rows, head_dim]`` from `position` on."""
        rows = keys.shape[1]
        self._data[layer, 0, :, position : position + rows] = keys
        self._data[layer, 1, :, position : position + rows] = values

    def read(self, layer: int, positions: int) -> tuple[Any, Any]:
        """Keys and values of the first `positions` positions."""
        return self._data[layer, 0, :, :positions], self._data[layer, 1, :, :positions]

    def _zeros(self, positions: int) -> Any:
        shape = self.shape
        size = (shape.layers, 2, shape.kv_heads, padded(positions), shape.head_dim)
        return torch.zeros(size, dtype=shape.dtype, device=shape.device)


def padded(positions: int) -> int:
    """The next multiple of `GRID`."""
    return -(-positions // GRID) * GRID


@dataclass(frozen=True)
class Piece:
    """`count` rows of a pass, from row `first` on, that continue one sequence at `position`."""

    cache: KeyValues
    first: int
    count: int
    position: int
    mask: Any

    @classmethod
    def of(cls, cache: KeyValues, *, first: int, count: int, position: int) -> Piece:
        """The piece with its causal mask ``[count, padded length]``: true where a row may look."""
        cache.reserve(position + count)
        device = cache.shape.device
        rows = torch.arange(position, position + count, device=device)[:, None]
        mask = torch.arange(padded(position + count), device=device)[None, :] <= rows
        return cls(cache, first, count, position, mask)


class RowAttention:
    """The function that transformers calls in every layer. One thread computes; it sets `pieces` and `check` before a pass.

    `check` is called before each layer and may raise Interrupted.
    """

    def __init__(self, *, fused: bool) -> None:
        self.fused = fused
        self.pieces: Sequence[Piece] = ()
        self.check: Callable[[], None] = lambda: None

    def __call__(
        self, module: Any, query: Any, key: Any, value: Any, mask: Any, *, scaling: float | None = None, **_: Any
    ) -> tuple[Any, None]:
        """`query` is ``[1, heads, rows, head_dim]``, `key` and `value` alike; gives ``[1, rows, heads, head_dim]``."""
        self.check()
        heads, rows, head_dim = query.shape[1:]
        scale = head_dim**-0.5 if scaling is None else scaling
        out = query.new_zeros(1, rows, heads, head_dim)
        attend = _fused if self.fused else _folded
        for piece in self.pieces:
            part = slice(piece.first, piece.first + piece.count)
            piece.cache.write(module.layer_idx, piece.position, key[0, :, part], value[0, :, part])
            keys, values = piece.cache.read(module.layer_idx, piece.mask.shape[1])
            out[0, part] = attend(query[0, :, part], keys, values, piece.mask, scale)
        return out, None


def _folded(query: Any, keys: Any, values: Any, mask: Any, scale: float) -> Any:
    """Grouped-query attention with each group's queries as rows of one matrix product."""
    heads, rows, head_dim = query.shape
    kv_heads, length = keys.shape[:2]
    groups = heads // kv_heads
    scores = torch.matmul(query.reshape(kv_heads, groups * rows, head_dim), keys.transpose(1, 2)) * scale
    scores = scores.view(kv_heads, groups, rows, length).masked_fill_(~mask, float("-inf"))
    weights = torch.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
    mixed = torch.matmul(weights.view(kv_heads, groups * rows, length), values)
    return mixed.view(heads, rows, head_dim).transpose(0, 1)


def _fused(query: Any, keys: Any, values: Any, mask: Any, scale: float) -> Any:
    mixed = torch.nn.functional.scaled_dot_product_attention(
        query[None], keys[None], values[None], attn_mask=mask[None, None], scale=scale, enable_gqa=True
    )
    return mixed[0].transpose(0, 1)
