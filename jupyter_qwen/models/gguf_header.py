"""The header of a GGUF file: metadata without weights, in a few milliseconds and without a tensor library.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian). Long arrays, the vocabulary
among them, are walked over; only strings that are special tokens are kept. Nothing in the file is believed: it may be anybody's.
"""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from jupyter_qwen.models.errors import ModelError

MAGIC = b"GGUF"
LONGEST_STRING = 1 << 24
LONGEST_KEPT_ARRAY = 64
MOST_ITEMS = 1 << 20
LONGEST_HEADER = 64 << 20  # bytes; a vocabulary of 250,000 tokens takes some ten million
DEEPEST_ARRAY = 4
MOST_WEIGHTS = 1 << 50
# value type: struct code; 8 is a string, 9 an array
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
# general.file_type, as llama.cpp names it (llama.h, enum llama_ftype)
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 24: "IQ1_S", 25: "IQ4_NL", 30: "IQ4_XS",
    32: "BF16",
}  # fmt: skip


class NotGguf(ModelError):
    """The file is no GGUF file of a version that is known, it is cut short, or its figures cannot be."""


@dataclass(frozen=True)
class GgufHeader:
    """What a GGUF file says about itself; 0 or "" where it says nothing. `tokens` are its special tokens, `<` to `>`."""

    architecture: str
    name: str
    licence: str
    context_tokens: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    parameters: int
    dtype: str
    chat_template: bool
    tokens: frozenset[str]


def read_header(path: Path) -> GgufHeader:
    """The header of the file. Raises NotGguf or OSError."""
    try:
        with path.open("rb") as file:
            return _header(file)
    except (struct.error, UnicodeDecodeError, EOFError) as error:
        raise NotGguf(f"{path.name} is no whole GGUF file: {error}.") from error


def _header(file: BinaryIO) -> GgufHeader:
    if file.read(4) != MAGIC:
        raise NotGguf("The file does not begin as a GGUF file does.")
    version, tensors, items = _read(file, "<IQQ")
    if version not in (2, 3) or items > MOST_ITEMS or tensors > MOST_ITEMS:
        raise NotGguf(f"GGUF version {version} with {items} items is not known.")
    values: dict[str, Any] = {}
    tokens: frozenset[str] = frozenset()
    for _ in range(items):
        key = _string(file)
        (kind,) = _read(file, "<I")
        if key == "tokenizer.ggml.tokens" and kind == 9:
            tokens = _special_tokens(file)
        else:
            values[key] = _value(file, kind)
    parameters = sum(_elements(file) for _ in range(tensors))
    family = str(values.get("general.architecture", ""))
    heads = _whole(values.get(f"{family}.attention.head_count"))
    width = _whole(values.get(f"{family}.embedding_length"))
    return GgufHeader(
        architecture=family,
        name=str(values.get("general.name", "")),
        licence=str(values.get("general.license", "")),
        context_tokens=_whole(values.get(f"{family}.context_length")),
        layers=_whole(values.get(f"{family}.block_count")),
        heads=heads,
        kv_heads=_whole(values.get(f"{family}.attention.head_count_kv")) or heads,
        head_dim=_whole(values.get(f"{family}.attention.key_length")) or (width // heads if heads else 0),
        parameters=parameters,
        dtype=_FILE_TYPES.get(_whole(values.get("general.file_type"), default=-1), ""),
        chat_template="tokenizer.chat_template" in values,
        tokens=tokens,
    )


def _read(file: BinaryIO, form: str) -> tuple[Any, ...]:
    size = struct.calcsize(form)
    data = file.read(size)
    if len(data) < size:
        raise EOFError("it ends within its header")
    return struct.unpack(form, data)


def _string(file: BinaryIO) -> str:
    return _bytes(file).decode("utf-8")


def _bytes(file: BinaryIO) -> bytes:
    (length,) = _read(file, "<Q")
    if length > LONGEST_STRING:
        raise NotGguf(f"A text of {length:,} bytes is not believable.")
    if file.tell() > LONGEST_HEADER:
        raise NotGguf(f"A header of more than {LONGEST_HEADER >> 20} MiB is not believable.")
    data = file.read(length)
    if len(data) < length:
        raise EOFError("it ends within a text")
    return data


def _value(file: BinaryIO, kind: int, depth: int = 0) -> Any:
    if kind == 8:
        return _bytes(file).decode("utf-8", "replace")
    if kind == 9:
        return _array(file, depth + 1)
    if kind not in _SCALARS:
        raise NotGguf(f"The value type {kind} is not known.")
    return _read(file, "<" + _SCALARS[kind])[0]


def _array(file: BinaryIO, depth: int) -> list[Any] | None:
    inner, length = _read(file, "<IQ")
    if depth > DEEPEST_ARRAY:
        raise NotGguf(f"Arrays within {DEEPEST_ARRAY} others are not believable.")
    least = struct.calcsize("<" + _SCALARS[inner]) if inner in _SCALARS else 8  # bytes of an item
    if least * length > os.fstat(file.fileno()).st_size - file.tell():
        raise EOFError(f"it ends within an array of {length:,} items")
    if length <= LONGEST_KEPT_ARRAY:
        return [_value(file, inner, depth) for _ in range(length)]
    if inner in _SCALARS:
        file.seek(least * length, io.SEEK_CUR)
    else:
        for _ in range(length):
            _value(file, inner, depth)
    return None


def _special_tokens(file: BinaryIO) -> frozenset[str]:
    inner, length = _read(file, "<IQ")
    if inner != 8:
        raise NotGguf("The vocabulary is no list of texts.")
    found = set()
    for _ in range(length):
        token = _bytes(file)
        if token[:1] == b"<" and token[-1:] == b">" and len(token) > 2:
            found.add(token.decode("utf-8", "replace"))
    return frozenset(found)


def _elements(file: BinaryIO) -> int:
    """Weights of the next tensor of the list."""
    _bytes(file)
    (dimensions,) = _read(file, "<I")
    if dimensions > 8:
        raise NotGguf(f"A tensor of {dimensions} dimensions is not believable.")
    sizes = _read(file, f"<{dimensions}Q")
    _read(file, "<IQ")
    count = 1
    for size in sizes:
        count *= size
    if count > MOST_WEIGHTS:
        raise NotGguf(f"A tensor of {count:,} weights is not believable.")
    return count


def _whole(value: Any, default: int = 0) -> int:
    """A whole number; per-layer lists give their largest (some architectures store one value a layer)."""
    if isinstance(value, list):
        value = max((item for item in value if isinstance(item, int)), default=default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default
