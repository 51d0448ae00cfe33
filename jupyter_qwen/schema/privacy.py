"""What may leave the kernel: the privacy levels, and the columns whose contents never do."""

from __future__ import annotations

import re
from typing import Any

from .words import identifier_words

LEVELS = ("names", "types", "values", "samples")

_SECRET_WORDS = frozenset(
    [
        "password",
        "passwords",
        "passwd",
        "passphrase",
        "pwd",
        "pw",
        "token",
        "secret",
        "secrets",
        "ssn",
        "credential",
        "credentials",
        "apikey",
        "authtoken",
        "cvv",
        "cvc",
        "pin",
        "otp",
        "totp",
        "iban",
        "mnemonic",
    ]
)
_SECRET_PAIRS = frozenset(
    [
        "api key",
        "private key",
        "access key",
        "secret key",
        "signing key",
        "encryption key",
        "social security",
        "credit card",
        "card number",
        "security code",
        "security answer",
        "account number",
        "routing number",
        "passport number",
        "tax id",
        "session key",
    ]
)
_ENUM = re.compile(r"ENUM\((?:'(?:[^']|'')*'(?:, )?)*\)")


def is_secret(name: str) -> bool:
    """Whether a column called `name` (any case, snake or camel) or a struct type with such a field holds secrets."""
    words = identifier_words(name[:2_000])
    if any(word in _SECRET_WORDS for word in words):
        return True
    return any(f"{words[i]} {words[i + 1]}" in _SECRET_PAIRS for i in range(len(words) - 1))


def allows(level: str, wanted: str) -> bool:
    """Whether the privacy level `level` lets contents of the level `wanted` through."""
    return LEVELS.index(level) >= LEVELS.index(wanted)


def secret_columns(record: dict[str, Any]) -> frozenset[int]:
    """Indices of the columns whose name, or whose struct field, says that the contents are secret."""
    found = []
    for index, column in enumerate(record["columns"]):
        kind = column["type"]
        if is_secret(column["name"]) or ("STRUCT(" in kind and is_secret(kind)):
            found.append(index)
    return frozenset(found)


def without_members(kind: str) -> str:
    """The type without the values that an ENUM spells out: VARCHAR in its place."""
    return _ENUM.sub("VARCHAR", kind) if "ENUM(" in kind else kind
