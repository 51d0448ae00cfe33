"""Models that are no row of the catalogue: a GGUF file or a folder with safetensors of the user's own."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from jupyter_qwen.models.entries import FimFlavour, GgufFile, ModelEntry
from jupyter_qwen.models.gguf_header import GgufHeader, NotGguf, read_header
from jupyter_qwen.models.names import is_plain

MANIFEST = "jupyter_qwen.json"
CONTEXT_IF_UNKNOWN = 32_768
# Having the tokens is not having been trained on them: every Qwen2.5 has them, only the coders use them.
_FIM_TOKENS: tuple[tuple[FimFlavour, str, tuple[str, ...]], ...] = (
    ("qwen2.5-coder", "<|fim_middle|>", ("coder",)),
    ("codeqwen1.5", "<fim_middle>", ("codeqwen", "coder")),
)


def entry_of_gguf(path: Path) -> ModelEntry:
    """An entry from the file's own header. A file that cannot be read as GGUF gets a guess from its size and name.

    The engine will refuse such a file in its own words when it loads it; listing a folder must not fail over it.
    """
    resolved, size = path.resolve(), path.stat().st_size
    file = GgufFile(name=path.name, bytes=size)
    guess = ModelEntry(
        id=str(resolved), label=path.stem, licence="unknown: your own file", parameters=size * 8 / 4.85, layers=0, heads=0,
        kv_heads=0, head_dim=0, context_tokens=CONTEXT_IF_UNKNOWN, gguf=file, path=str(resolved),
        fim="qwen2.5-coder" if "coder" in path.name.casefold() else None,
        evidence="the file's header could not be read",
    )  # fmt: skip
    try:
        head = _header(path)
    except (NotGguf, OSError):
        return guess
    return ModelEntry(
        id=str(resolved), label=path.stem, licence=_spdx(head.licence) or "unknown: your own file",
        parameters=head.parameters or guess.parameters, layers=head.layers, heads=head.heads, kv_heads=head.kv_heads,
        head_dim=head.head_dim, context_tokens=head.context_tokens or CONTEXT_IF_UNKNOWN, gguf=file, path=str(resolved),
        fim=_fim(head.tokens, f"{path.name} {head.name}"), chat_template=head.chat_template,
        instruct=head.chat_template, evidence=f"the file's own header ({head.architecture}, {head.dtype or 'mixed types'})",
    )  # fmt: skip


def dtype_of_gguf(path: Path) -> str | None:
    """The precision that the file's header states, as llama.cpp names it."""
    try:
        return _header(path).dtype or None
    except (NotGguf, OSError):
        return None


def _header(path: Path) -> GgufHeader:
    """The file's header, remembered while size and time stay the same: a vocabulary takes 0.15 s to walk over."""
    facts = path.stat()
    return _remembered(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=64)
def _remembered(path: Path, size: int, mtime_ns: int) -> GgufHeader:
    return read_header(path)


def entry_of_folder(folder: Path) -> ModelEntry:
    """An entry from a folder's `config.json`. Figures that it lacks are 0."""
    config = read_json(folder / "config.json")
    manifest = read_json(folder / MANIFEST)
    heads, width = _number(config, "num_attention_heads"), _number(config, "hidden_size")
    tensors = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    name = str(manifest.get("id") or folder.resolve())
    bits = 32 if config.get("torch_dtype", config.get("dtype")) == "float32" else 16
    return ModelEntry(
        id=name,
        label=Path(name).name,
        licence=str(manifest.get("licence") or "unknown: your own folder"),
        parameters=tensors * 8 / bits,
        layers=_number(config, "num_hidden_layers"),
        heads=heads,
        kv_heads=_number(config, "num_key_value_heads") or heads,
        head_dim=_number(config, "head_dim") or (width // heads if heads else 0),
        context_tokens=_number(config, "max_position_embeddings") or CONTEXT_IF_UNKNOWN,
        tied=config.get("tie_word_embeddings") is True,
        fim=_fim(_tokens_of(folder), f"{folder.name} {name} {config.get('_name_or_path', '')}"),
        instruct=_has_chat_template(folder),
        chat_template=_has_chat_template(folder),
        folder=str(folder.resolve()),
        half_bytes=tensors * 16 // bits,
        evidence=f"the folder's own config.json ({config.get('model_type', 'unknown type')})",
    )


def entry_of_hub(name: str) -> ModelEntry:
    """An entry for a repository that is about to be fetched; its figures come with its config."""
    owner, model, *rest = name.split("/")
    repo = f"{owner}/{model}"
    gguf = GgufFile(name="/".join(rest), repo=repo) if rest else None
    return ModelEntry(
        id=name if rest else repo, label=Path(name).name.removesuffix(".gguf"), licence="stated on the Hub", parameters=0,
        layers=0, heads=0, kv_heads=0, head_dim=0, context_tokens=32_768, gguf=gguf,
        needs_notice=f"{repo} is not in the catalogue: read its licence at https://huggingface.co/{repo} before you use it.",
    )  # fmt: skip


def folder_is_whole(folder: Path) -> bool:
    """Whether a folder has a config, a tokenizer and every shard that its index names."""
    if not (folder / "config.json").is_file() or not _has_tokenizer(folder):
        return False
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = set(read_json(index).get("weight_map", {}).values())
        return bool(shards) and all(is_plain(str(shard)) and (folder / str(shard)).is_file() for shard in shards)
    return any(folder.glob("*.safetensors"))


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty when there is none or it is no object."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _has_tokenizer(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "vocab.json"))


def _has_chat_template(folder: Path) -> bool:
    if (folder / "chat_template.jinja").is_file():
        return True
    return bool(read_json(folder / "tokenizer_config.json").get("chat_template"))


def _tokens_of(folder: Path) -> frozenset[str]:
    listed = read_json(folder / "tokenizer.json").get("added_tokens") or []
    return frozenset(str(item.get("content")) for item in listed if isinstance(item, dict))


def _fim(tokens: frozenset[str], name: str) -> FimFlavour | None:
    for flavour, token, words in _FIM_TOKENS:
        if token in tokens and any(word in name.casefold() for word in words):
            return flavour
    return None


def _number(config: dict[str, Any], key: str) -> int:
    value = config.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _spdx(text: str) -> str:
    return "Apache-2.0" if text.casefold() == "apache-2.0" else text
