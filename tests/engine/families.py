"""Folders in the form of each family that must be known by name: its config, tokenizer class and chat template, in small.

Sources: config.json, tokenizer_config.json and tokenizer.json of the families on the Hub. Qwen2 and Qwen2.5 share the network
and the byte-level tokenizer and differ in control tokens and template; CodeQwen1.5 has a SentencePiece BPE with byte fallback.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tiny_weights import SPECIAL, config, tokenizer
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

TEXT = "def add(a, b):\n    return a + b  # ü 🙂\nSELECT name FROM customers WHERE id = 42;\n"
# Qwen2 has a default system turn, Qwen2.5 another, CodeQwen1.5 the same as Qwen2 (its "default" template).
TEMPLATE = (
    "{{% for message in messages %}}{{% if loop.first and messages[0]['role'] != 'system' %}}"
    "{{{{ '<|im_start|>system\n{system}<|im_end|>\n' }}}}{{% endif %}}"
    "{{{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}}}{{% endfor %}}"
    "{{% if add_generation_prompt %}}{{{{ '<|im_start|>assistant\n' }}}}{{% endif %}}"
)


@dataclass(frozen=True)
class Family:
    """What tells one family from another, besides size."""

    name: str
    system: str
    control: tuple[str, ...]
    sentencepiece: bool = False
    tied: bool = True
    theta: float = 1e6
    heads: tuple[int, int] = (4, 2)


QWEN2_CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
QWEN = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
FAMILIES = (
    Family("qwen2.5-coder-1.5b-instruct", QWEN, SPECIAL),
    Family("qwen2.5-coder-7b", "You are a helpful assistant.", SPECIAL, tied=False, heads=(7, 1)),
    Family("qwen2.5-0.5b-instruct", QWEN, SPECIAL, heads=(7, 1)),
    Family("qwen2-1.5b-instruct", "You are a helpful assistant.", QWEN2_CONTROL),
    Family(
        "codeqwen1.5-7b-chat", "You are a helpful assistant",
        ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>"),
        sentencepiece=True, tied=False, heads=(8, 1),
    ),
)  # fmt: skip


def write(family: Family, folder: Path) -> Path:
    """A folder with random weights of the family's architecture and a small tokenizer of its class."""
    torch.manual_seed(1)
    words = _sentencepiece(family) if family.sentencepiece else tokenizer((TEXT,), family.control)
    words.chat_template = TEMPLATE.format(system=family.system)
    heads, kv_heads = family.heads
    network = Qwen2ForCausalLM(
        config(
            len(words),
            hidden_size=8 * heads,
            num_attention_heads=heads,
            num_key_value_heads=kv_heads,
            tie_word_embeddings=family.tied,
            rope_parameters={"rope_type": "default", "rope_theta": family.theta},
        )
    )
    network.to(torch.bfloat16).save_pretrained(folder, max_shard_size="40KB")
    words.save_pretrained(folder)
    if family.sentencepiece:  # as the Hub has it; a newer transformers would write its own class
        file = folder / "tokenizer_config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"tokenizer_class": "PreTrainedTokenizerFast"}))
    return folder


def _sentencepiece(family: Family) -> Any:
    bare = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    bare.normalizer = normalizers.Replace(" ", "▁")
    bare.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=["<unk>", *byte_tokens], show_progress=False)
    bare.train_from_iterator(TEXT.replace("ü 🙂", "").splitlines(keepends=True), trainer)
    data = json.loads(bare.to_str())
    data["added_tokens"] = [token for token in data["added_tokens"] if token["content"] == "<unk>"]
    bare = Tokenizer.from_str(json.dumps(data))
    bare.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in family.control])
    return PreTrainedTokenizerFast(
        tokenizer_object=bare, eos_token="<|im_end|>", pad_token="<|endoftext|>", unk_token="<unk>"
    )
