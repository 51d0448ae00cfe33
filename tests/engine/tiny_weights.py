"""Small networks of the real architectures as folders of safetensors: random, or taught the contract's answers by heart."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen2Tokenizer

SPECIAL = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
    "<|repo_name|>", "<|file_sep|>",
)  # fmt: skip
CHAT_TEMPLATE = (
    "{% for turn in messages %}<|im_start|>{{ turn['role'] }}\n{{ turn['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
COUNTED = "count: 1, 2, 3, 4, 5, 6," + ",".join(f" {number}" for number in range(7, 130))
FIM = "<|fim_prefix|>def add(a, b):\n    return <|fim_suffix|>\n\nprint(add(1, 2))\n<|fim_middle|>a + b\n<|im_end|>"


def tokenizer(texts: tuple[str, ...] = (COUNTED, FIM), control: tuple[str, ...] = SPECIAL) -> Any:
    """A byte-level BPE with the control tokens of Qwen2.5-Coder, learnt from `texts`."""
    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = Qwen2Tokenizer().backend_tokenizer.pre_tokenizer
    trainer = trainers.BpeTrainer(
        vocab_size=1400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False, min_frequency=1
    )
    bare.train_from_iterator(texts, trainer)
    learnt = json.loads(bare.to_str())["model"]
    words = Qwen2Tokenizer(
        vocab=learnt["vocab"], merges=[tuple(pair) for pair in learnt["merges"]], eos_token="<|im_end|>",
        extra_special_tokens=list(control),
    )  # fmt: skip
    words.chat_template = CHAT_TEMPLATE
    return words


def config(words: int, **changes: Any) -> Qwen2Config:
    """Qwen2's architecture in small: grouped queries, untied head, RoPE."""
    sizes: dict[str, Any] = {
        "vocab_size": words, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 32768,
        "tie_word_embeddings": False, "use_sliding_window": False,
    }  # fmt: skip
    return Qwen2Config(**{**sizes, **changes})


def taught(folder: Path, *, steps: int = 300) -> Path:
    """Write a network that counts and completes `a + b`, learnt in some seconds."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    words = tokenizer()
    network = Qwen2ForCausalLM(config(len(words)))
    counted, fim = (torch.tensor(words(text)["input_ids"]) for text in (COUNTED, FIM))
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.0)
    warm = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=5e-3, total_steps=steps)
    for step in range(steps):
        loss = 0
        for ids in (counted, fim):
            loss = loss + network(input_ids=ids[None], labels=ids[None]).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        warm.step()
        if step % 20 == 0:
            print(step, float(loss.detach()), file=sys.stderr)
    network.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


if __name__ == "__main__":
    taught(Path(sys.argv[1]))
