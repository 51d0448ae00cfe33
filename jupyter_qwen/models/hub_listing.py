"""What a repository on the Hub holds: file names, sizes, digests, licence. One request, the one huggingface_hub makes.

GET /api/models/{repo}/revision/{revision}?blobs=true  (huggingface_hub: `HfApi.model_info(files_metadata=True)`)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jupyter_qwen.models.entries import GgufFile
from jupyter_qwen.models.errors import SourceUnavailable
from jupyter_qwen.models.names import is_plain
from jupyter_qwen.models.sources import hub_client, hub_endpoint, told

WANTED = (
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt",
    "tokenizer.model", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja",
    "model.safetensors.index.json", "LICENSE",
)  # fmt: skip


class NotOnTheHub(SourceUnavailable):
    """The Hub answered that it has no such repository, or that it is not ours to read."""


@dataclass(frozen=True)
class Listing:
    """A repository at one commit."""

    repo: str
    revision: str
    licence: str
    files: tuple[GgufFile, ...]

    def safetensors(self) -> tuple[GgufFile, ...]:
        """The files that the transformers engine needs. Raises SourceUnavailable when there are no safetensors."""
        chosen = tuple(
            file for file in self.files
            if is_plain(file.name) and (file.name in WANTED or file.name.endswith(".safetensors"))
        )  # fmt: skip
        if not any(file.name.endswith(".safetensors") for file in chosen):
            raise SourceUnavailable(f"{self.repo} has no safetensors")
        return tuple(sorted(chosen, key=lambda file: (file.name.endswith(".safetensors"), file.name)))


def list_repository(repo: str) -> Listing:
    """Ask the Hub (or HF_ENDPOINT). Raises SourceUnavailable with the reason, NotOnTheHub when it knows no such repository."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise SourceUnavailable("HF_HUB_OFFLINE is set")
    url = f"{hub_endpoint()}/api/models/{repo}/revision/main"
    with hub_client() as client, told(url):
        answer = client.get(url, params={"blobs": "true"})
    if answer.status_code in (401, 403, 404):
        raise NotOnTheHub(f"the Hub has no {repo}, or it needs a token that was not given (hf auth login)")
    if answer.status_code != 200:
        raise SourceUnavailable(f"the Hub answered {answer.status_code} for {repo}")
    try:
        data = answer.json()
        return Listing(
            repo=repo,
            revision=str(data.get("sha") or "main"),
            licence=str((data.get("cardData") or {}).get("license") or ""),
            files=tuple(_file(repo, str(data.get("sha") or "main"), item) for item in data["siblings"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceUnavailable(f"the Hub's answer for {repo} cannot be read ({error})") from error


def _file(repo: str, revision: str, item: dict[str, Any]) -> GgufFile:
    lfs = item.get("lfs") or {}
    return GgufFile(
        name=str(item["rfilename"]),
        repo=repo,
        bytes=_size(lfs.get("size", item.get("size"))),
        sha256=lfs.get("sha256"),
        git_sha1=None if lfs else item.get("blobId"),
        revision=revision,
    )


def _size(value: object) -> int | None:
    """A number of bytes. Raises ValueError for one that cannot be."""
    if value is None:
        return None
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no size")
    return value
