"""Loading a folder of safetensors onto the device that is there, in the number format that pays."""

from __future__ import annotations

import json
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from jupyter_qwen.engine.children.decoder.attention import CacheShape, RowAttention

ATTENTION = "jupyter_qwen_rows"
BF16_MAY_COST = 1.25  # half the memory is worth a quarter of the speed


class WeightsError(Exception):
    """The folder cannot be loaded; the text is a sentence for the user."""


@dataclass(frozen=True)
class Loaded:
    """A network ready to compute. `ends` are the tokens that end an answer."""

    model: Any
    tokenizer: Any
    attention: RowAttention
    shape: CacheShape
    ends: frozenset[int]
    label: str

    @property
    def dtype(self) -> str:
        """The number format by its name: ``bfloat16``."""
        return str(self.shape.dtype).removeprefix("torch.")


def load(
    folder: Path, *, threads: int, context_tokens: int, device: str | None = None, dtype: str | None = None
) -> Loaded:
    """Load `folder` (config.json, tokenizer, safetensors). Raises WeightsError, or what torch raises when memory is short.

    The files are mapped, not read: on the processor in the files' own format the weights are the page cache itself, and
    nothing is held twice. Another format, or another device, takes one tensor after the other.
    """
    from transformers import AttentionInterface, AutoConfig, AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()  # nobody watches the log

    if not (folder / "config.json").is_file() or not any(folder.glob("*.safetensors")):
        raise WeightsError(f"{folder} holds no model: config.json and *.safetensors are needed.")
    _all_shards(folder)
    torch.set_num_threads(threads)
    where = torch.device(device or best_device())
    number = getattr(torch, dtype) if dtype else best_dtype(where)
    attention = RowAttention(fused=where.type != "cpu")
    AttentionInterface.register(ATTENTION, attention)
    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    if "sliding_attention" in (getattr(config, "layer_types", None) or ()):
        raise WeightsError(f"{folder.name} uses sliding-window attention, which this engine does not have.")
    stretch(config, context_tokens)
    model = AutoModelForCausalLM.from_pretrained(
        folder, config=config, dtype=number, attn_implementation=ATTENTION, use_safetensors=True, local_files_only=True
    )
    model = model.to(where).eval()
    tokenizer = load_tokenizer(folder)
    heads = config.num_attention_heads
    shape = CacheShape(
        layers=config.num_hidden_layers,
        kv_heads=getattr(config, "num_key_value_heads", None) or heads,
        head_dim=getattr(config, "head_dim", None) or config.hidden_size // heads,
        dtype=number,
        device=where,
    )
    return Loaded(model, tokenizer, attention, shape, _ends(model, tokenizer), _label(where, threads))


def load_tokenizer(folder: Path) -> Any:
    """The folder's tokenizer, as its tokenizer.json describes it.

    transformers 5.23 chooses a class by the network's type and gives every "qwen2" the byte-level BPE of Qwen2: CodeQwen1.5,
    whose network is of that type and whose tokenizer is a SentencePiece BPE, then loses all white space (seen).
    """
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    whole = (folder / "tokenizer.json").is_file()
    return (PreTrainedTokenizerFast if whole else AutoTokenizer).from_pretrained(folder, local_files_only=True)


def best_device() -> str:
    """CUDA, else Apple's GPU, else the processor."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def best_dtype(device: Any) -> Any:
    """bfloat16 where the device computes with it; on a processor that is measured, because a flag does not tell the speed."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "mps":
        return torch.bfloat16 if _runs_on(device, torch.bfloat16) else torch.float32
    return torch.bfloat16 if _seconds(torch.bfloat16) <= BF16_MAY_COST * _seconds(torch.float32) else torch.float32


def stretch(config: Any, context_tokens: int) -> None:
    """Set YaRN in `config` when the context is longer than the model's native one, by the factor that it takes.

    Source: the model cards of Qwen2.5-Coder-7B and up ("Processing Long Texts"): factor 4 for 128K.
    """
    native = int(config.max_position_embeddings)
    if context_tokens > native:
        rope = dict(getattr(config, "rope_parameters", None) or {})
        config.rope_parameters = rope | {
            "rope_type": "yarn",
            "factor": float(-(-context_tokens // native)),
            "original_max_position_embeddings": native,
        }
        config.max_position_embeddings = context_tokens


def _all_shards(folder: Path) -> None:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        absent = sorted(name for name in names if not (folder / name).is_file())
        if absent:
            raise WeightsError(f"{folder.name} is incomplete: {', '.join(absent)} is missing.")


def _seconds(dtype: Any) -> float:
    """The best of four products as a prompt needs them."""
    left, right = torch.ones(32, 2048, dtype=dtype), torch.ones(2048, 2048, dtype=dtype)
    best = float("inf")
    for _ in range(4):
        began = time.perf_counter()
        torch.nn.functional.linear(left, right)
        best = min(best, time.perf_counter() - began)
    return best


def _runs_on(device: Any, dtype: Any) -> bool:
    try:
        one = torch.ones(2, 2, dtype=dtype, device=device)
        return bool((one @ one).sum().item() == 8)
    except (RuntimeError, TypeError):  # macOS before 14 has no bfloat16
        return False


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    """The model's own ends, and every control token: in an answer each of them can only begin something else."""
    own = getattr(model.generation_config, "eos_token_id", None)
    ends = set(own if isinstance(own, list) else [own]) | {tokenizer.eos_token_id} | set(tokenizer.all_special_ids)
    for number, added in tokenizer.added_tokens_decoder.items():
        if added.special:
            ends.add(number)
    return frozenset(token for token in ends if token is not None)


def _label(device: Any, threads: int) -> str:
    if device.type == "cuda":
        return f"CUDA: {torch.cuda.get_device_name(device)}"
    if device.type == "mps":
        return "Apple GPU (MPS)"
    return f"CPU: {_processor()}, {threads} thread{'s' if threads != 1 else ''}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:  # not Linux
        pass
    return platform.processor() or platform.machine()
