"""Places where nothing is suggested: strings that hold, or are about to hold, a password, a token or a key."""

from __future__ import annotations

import re

from jupyter_qwen.prompt.cursor import Place
from jupyter_qwen.schema.privacy import is_secret

# The name that a string is given to: `password = "`, `connect(pwd="`, `{"api_key": "`, `os.environ["TOKEN"] = "`, `--token `.
_OWNER = re.compile(
    r"""(?:([A-Za-z_][\w.]*)|\[\s*["']([^"'\n]{1,80})["']\s*\]|["']([^"'\n]{1,80})["'])\s*(?::(?:\s*\w+\s*=)?|=)\s*[A-Za-z]{0,2}["']{1,3}\Z"""
)
_ASKED = re.compile(r"(?:getpass|environ\.setdefault|Bearer|Basic)\b[^\n]{0,80}\Z")
_URL_PASSWORD = re.compile(r"\w+://[^\s/:@\"']*:[^\s/@\"']*\Z")


def is_secret_place(prefix: str, place: Place) -> bool:
    """Whether the cursor behind `prefix` stands in a string that looks like a secret's."""
    if place.kind != "string":
        return False
    inside = prefix[place.start :]
    if _URL_PASSWORD.search(inside) or re.match(r"(?:Bearer|Basic|token)\s", inside, re.IGNORECASE):
        return True
    before = prefix[max(0, place.start - 200) : place.start]
    owner = _OWNER.search(before)
    if owner:
        return is_secret(next(name for name in owner.groups() if name))
    return _ASKED.search(before) is not None
