"""The header of a GGUF file, written here byte by byte after the format's own document."""

from __future__ import annotations

import contextlib
import struct
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_qwen.models.catalog import find
from jupyter_qwen.models.errors import ModelError
from jupyter_qwen.models.gguf_header import NotGguf, read_header
from jupyter_qwen.models.store import ModelStore

UINT32, FLOAT32, STRING, ARRAY, UINT64 = 4, 6, 8, 9, 10
QWEN: dict[str, tuple[int, Any]] = {
    "general.architecture": (STRING, "qwen2"),
    "general.name": (STRING, "My Coder 0.1B “fine-tuned”"),
    "general.license": (STRING, "apache-2.0"),
    "general.file_type": (UINT32, 15),
    "qwen2.context_length": (UINT32, 16_384),
    "qwen2.block_count": (UINT32, 4),
    "qwen2.embedding_length": (UINT32, 256),
    "qwen2.attention.head_count": (UINT32, 8),
    "qwen2.attention.head_count_kv": (UINT32, 2),
    "qwen2.rope.freq_base": (FLOAT32, 1e6),
    "tokenizer.chat_template": (STRING, "{% for message in messages %}"),
    "tokenizer.ggml.tokens": (ARRAY, (STRING, ["a", "<|fim_prefix|>", "<|fim_middle|>", "<", "<|im_end|>"])),
    "tokenizer.ggml.token_type": (ARRAY, (UINT32, list(range(1000)))),
}


def gguf(values: dict[str, tuple[int, Any]], *, version: int = 3) -> bytes:
    items = b"".join(
        _text(key) + struct.pack("<I", kind) + _value(kind, value) for key, (kind, value) in values.items()
    )
    tensor = _text("blk.0.weight") + struct.pack("<I2QIQ", 2, 256, 1000, 12, 0)
    return b"GGUF" + struct.pack("<IQQ", version, 1, len(values)) + items + tensor + b"\0" * 64


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(kind: int, value: Any) -> bytes:
    if kind == STRING:
        return _text(value)
    if kind == ARRAY:
        inner, items = value
        return struct.pack("<IQ", inner, len(items)) + b"".join(_value(inner, item) for item in items)
    return struct.pack({UINT32: "<I", FLOAT32: "<f", UINT64: "<Q"}[kind], value)


def test_figures_template_and_special_tokens_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(gguf(QWEN))
    head = read_header(path)
    assert (head.architecture, head.context_tokens, head.layers) == ("qwen2", 16_384, 4)
    assert (head.heads, head.kv_heads, head.head_dim, head.parameters) == (8, 2, 32, 256_000)
    assert (head.dtype, head.licence, head.chat_template) == ("Q4_K_M", "apache-2.0", True)
    assert head.tokens == {"<|fim_prefix|>", "<|fim_middle|>", "<|im_end|>"}


def test_file_of_the_users_own_is_sized_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "any name at all.gguf"
    path.write_bytes(gguf(QWEN))
    entry = find(str(path))
    assert entry.kv_bytes_per_token == 2 * 4 * 2 * 32 * 2
    assert entry.context_tokens == 16_384
    assert entry.fim == "qwen2.5-coder", "the tokens are there and its name says coder"
    assert entry.licence == "Apache-2.0"
    assert "header" in entry.evidence


@pytest.mark.parametrize(
    ("name", "tokens", "flavour"),
    [
        ("Qwen2.5 1.5B Instruct", ["<|fim_middle|>"], None),  # has the tokens, was not trained on them
        ("CodeQwen1.5 7B", ["<fim_middle>"], "codeqwen1.5"),
        ("My Coder", ["<|im_end|>"], None),
    ],
)
def test_fill_in_the_middle_needs_the_tokens_and_the_training(
    tmp_path: Path, name: str, tokens: list[str], flavour: str | None
) -> None:
    path = tmp_path / "x.gguf"
    changed = {"general.name": (STRING, name), "tokenizer.ggml.tokens": (ARRAY, (STRING, tokens))}
    path.write_bytes(gguf(QWEN | changed))
    assert find(str(path)).fim == flavour


@pytest.mark.parametrize(
    "content",
    [b"", b"GGU", b"not a model at all" * 100, gguf(QWEN)[:200], gguf(QWEN, version=99),
     b"GGUF" + struct.pack("<IQQ", 3, 1, 1 << 60), b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 62)],
)  # fmt: skip
def test_what_is_no_gguf_is_refused_and_still_listed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken-coder.gguf"
    path.write_bytes(content)
    with pytest.raises(NotGguf):
        read_header(path)
    assert find(str(path)).evidence == "the file's header could not be read"
    assert any(row.entry.label == "broken-coder" for row in ModelStore(tmp_path).entries())


def nested(depth: int) -> bytes:
    """An array in an array in an array …"""
    return (
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + _text("deep") + struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * depth
    )


def an_array(inner: int, length: int, after: bytes = b"") -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + _text("long") + struct.pack("<IIQ", 9, inner, length) + after


HOSTILE = {
    "nested 100,000 deep": nested(100_000),
    "an array that ends beyond any file": an_array(10, 1 << 63),
    "an array whose size is no number of this machine": an_array(10, (1 << 64) - 1),
    "an array of texts without end": an_array(8, 1 << 40),
    "an array of empty arrays": an_array(9, 1 << 62, struct.pack("<IQ", 9, 0) * 1000),
    "a vocabulary without end": b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + _text("tokenizer.ggml.tokens")
    + struct.pack("<IIQ", 9, 8, (1 << 64) - 1),
    "a tensor larger than the world": b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + _text("t")
    + struct.pack("<I8QIQ", 8, *[(1 << 64) - 1] * 8, 0, 0),
    "a text that is no text as a key": b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2) + b"\xff\xfe",
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_header_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.gguf"
    path.write_bytes(content)
    began = time.process_time()
    with pytest.raises(ModelError):
        read_header(path)
    assert time.process_time() - began < 2
    assert find(str(path)).evidence == "the file's header could not be read"


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_change_of_a_header_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "x.gguf"
    good = gguf(QWEN)
    path.write_bytes(good[:at] + junk + good[at + len(junk) :])
    with contextlib.suppress(ModelError):
        read_header(path)


@pytest.mark.model
def test_real_file_agrees_with_its_row_of_the_catalogue() -> None:
    path = ModelStore().path()
    if path is None:
        pytest.skip("the default model is not here")
    began = time.perf_counter()
    head, row = read_header(path), find("Qwen2.5-Coder-1.5B-Instruct")
    assert time.perf_counter() - began < 5
    assert (head.layers, head.heads, head.kv_heads, head.head_dim) == (
        row.layers,
        row.heads,
        row.kv_heads,
        row.head_dim,
    )
    assert head.context_tokens == row.context_tokens
    assert {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"} <= head.tokens
