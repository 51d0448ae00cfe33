"""Names that come from elsewhere: files of a mirror, a manifest or an index, ids of the Hub. They must stay in their folder."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,198}", re.ASCII)
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(/[\w.-]+\.gguf)?", re.ASCII)
# names of devices on Windows, whatever follows the first dot
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def is_plain(name: str) -> bool:
    """Whether `name` is one file of one folder on every system: no separator, drive, stream, device, hidden or trailing dot."""
    return bool(_PLAIN.fullmatch(name)) and not name.endswith(".") and not _DEVICES.fullmatch(name)


def is_hub_id(name: str) -> bool:
    """Whether `name` may be a repository of the Hub (``owner/name``), or one GGUF file of it (``owner/name/file.gguf``)."""
    from huggingface_hub import hf_hub_url

    if not _HUB_ID.fullmatch(name) or not all(map(is_plain, name.split("/"))):
        return False
    try:
        hf_hub_url("/".join(name.split("/")[:2]), "config.json")  # it knows which names there can be
    except ValueError:
        return False
    return True
