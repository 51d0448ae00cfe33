"""GGUF files in the form of each family: its architecture and tokenizer kind in small, weights at random.

Keys and tensor names as llama.cpp's converter writes them for Qwen2ForCausalLM; seen in the default model's own file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGUFWriter, TokenType

CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CODER = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
         "<|repo_name|>", "<|file_sep|>")  # fmt: skip
QWEN2 = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
CODEQWEN = (*QWEN2, "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>")


@dataclass(frozen=True)
class Family:
    """What tells one family's file from another's, besides size."""

    name: str
    control: tuple[str, ...]
    fim: str | None
    context: int = 32_768
    sentencepiece: bool = False
    tied: bool = True
    heads: tuple[int, int] = (4, 2)


FAMILIES = (
    Family("Qwen2.5-Coder-1.5B-Instruct", CODER, "qwen2.5-coder"),
    Family("Qwen2.5-Coder-7B", CODER, "qwen2.5-coder", tied=False, heads=(7, 1)),
    Family("Qwen2.5-0.5B-Instruct", CODER, None, heads=(7, 1)),
    Family("Qwen2-1.5B-Instruct", QWEN2, None),
    Family(
        "CodeQwen1.5-7B-Chat", CODEQWEN, "codeqwen1.5", context=65_536, sentencepiece=True, tied=False, heads=(8, 1)
    ),
)
LAYERS, HEAD_DIM, INNER = 2, 16, 64


def write(family: Family, path: Path) -> Path:
    """The file, of about 200 kB."""
    heads, kv_heads = family.heads
    width = heads * HEAD_DIM
    writer = GGUFWriter(path, "qwen2")
    writer.add_name(family.name)
    writer.add_context_length(family.context)
    writer.add_embedding_length(width)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_file_type(0)
    vocabulary = _sentencepiece(writer, family) if family.sentencepiece else _byte_level(writer, family)
    writer.add_eos_token_id(vocabulary.index("<|im_end|>"))
    writer.add_pad_token_id(vocabulary.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHATML)
    random = np.random.default_rng(1)

    def tensor(name: str, *shape: int) -> None:
        writer.add_tensor(name, random.normal(0, 0.1, shape).astype(np.float32))

    tensor("token_embd.weight", len(vocabulary), width)
    tensor("output_norm.weight", width)
    if not family.tied:
        tensor("output.weight", len(vocabulary), width)
    for layer in range(LAYERS):
        for name, rows in (("attn_q", width), ("attn_k", kv_heads * HEAD_DIM), ("attn_v", kv_heads * HEAD_DIM)):
            tensor(f"blk.{layer}.{name}.weight", rows, width)
            tensor(f"blk.{layer}.{name}.bias", rows)
        tensor(f"blk.{layer}.attn_output.weight", width, width)
        tensor(f"blk.{layer}.ffn_gate.weight", INNER, width)
        tensor(f"blk.{layer}.ffn_up.weight", INNER, width)
        tensor(f"blk.{layer}.ffn_down.weight", width, INNER)
        tensor(f"blk.{layer}.attn_norm.weight", width)
        tensor(f"blk.{layer}.ffn_norm.weight", width)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _byte_level(writer: GGUFWriter, family: Family) -> list[str]:
    """GPT-2's byte alphabet, a merge, and the control tokens behind."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    letters = [chr(byte) for byte in plain] + [chr(256 + number) for number in range(len(others))]
    tokens = [*letters, "de", "def", *family.control]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if token in family.control else TokenType.NORMAL for token in tokens])
    writer.add_token_merges(["d e", "de f"])
    return tokens


def _sentencepiece(writer: GGUFWriter, family: Family) -> list[str]:
    """Bytes, a few pieces with scores, and the control tokens behind."""
    pieces = ["▁", *"abcdefghijklmnopqrstuvwxyz():,=+\n", "▁d", "de", "def"]
    tokens = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *pieces, *family.control]
    kinds = {"<unk>": TokenType.UNKNOWN, **dict.fromkeys(family.control, TokenType.CONTROL)}
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(number) for number in range(len(tokens))])
    writer.add_token_types(
        [kinds.get(token, TokenType.BYTE if token.startswith("<0x") else TokenType.NORMAL) for token in tokens]
    )
    writer.add_unk_token_id(0)
    return tokens
