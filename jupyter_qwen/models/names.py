"""File names that come from elsewhere: a mirror's listing, a manifest, an index of shards. They must stay in their folder."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,198}", re.ASCII)
# names of devices on Windows, whatever follows the first dot
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def is_plain(name: str) -> bool:
    """Whether `name` is one file of one folder on every system: no separator, drive, stream, device, hidden or trailing dot."""
    return bool(_PLAIN.fullmatch(name)) and not name.endswith(".") and not _DEVICES.fullmatch(name)
