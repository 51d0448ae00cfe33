"""Places where nothing is suggested: strings, SQL literals and environment settings that hold a password, a token or a key."""

from __future__ import annotations

import re

from jupyter_qwen.prompt.fim.cursor import Place
from jupyter_qwen.schema.privacy import is_secret

# The name that a string is given to: `password = "`, `connect(pwd="`, `{"api_key": "`, `os.environ["TOKEN"] = "`, R's `pwd <- "`.
_OWNER = re.compile(
    r"""(?:([A-Za-z_][\w.]*)|\[\s*["']([^"'\n]{1,80})["']\s*\]|["']([^"'\n]{1,80})["'])\s*(?::(?:\s*\w+\s*=)?|=>?|<<?-)\s*[A-Za-z]{0,2}["']{1,3}\Z"""
)
_ASKED = re.compile(r"(?:getpass|environ\.setdefault|Bearer|Basic)\b[^\n]{0,80}\Z")
_URL_PASSWORD = re.compile(r"\w+://[^\s/:@\"']*:[^\s/@\"']*\Z")


# `KEY_ID '…`, `PASSWORD '…`, `IDENTIFIED BY '…`, `password = '…` before an open SQL literal
_SQL_OWNER = re.compile(r"(\w+)(?:\s+BY)?\s*(?:=|:=|\s)\s*'[^'\n]*\Z", re.IGNORECASE)
# `%env TOKEN=…`, `export TOKEN=…`, `TOKEN=…` as in a file of settings, where code would have spaces
_SETTING = re.compile(r"^\s*(?:(?:[%!]\s*)?(?:set_env|env|export|setx?)\s+)?([A-Za-z_]\w*)(?:=|\s)\s*\S*\Z")


def is_secret_place(prefix: str, place: Place) -> bool:
    """Whether the cursor behind `prefix` stands in text that looks like a secret's."""
    if place.kind == "sql":
        return _in_secret_literal(prefix[place.start :])
    if place.kind == "code":
        return _in_secret_setting(prefix.rsplit("\n", 1)[-1])
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


def _in_secret_literal(sql: str) -> bool:
    line = sql[-400:]
    if line.count("'") % 2 == 0:
        return False
    if _URL_PASSWORD.search(line):
        return True
    owner = _SQL_OWNER.search(line)
    return owner is not None and (owner[1].lower() == "identified" or is_secret(owner[1]))


def _in_secret_setting(line: str) -> bool:
    found = _SETTING.match(line)
    if found is None or not is_secret(found[1]):
        return False
    return line.lstrip()[:1] in "%!" or "=" in line or re.match(r"\s*(?:export|setx?)\s", line) is not None
