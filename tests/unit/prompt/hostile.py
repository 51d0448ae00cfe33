"""Names and values that break careless text: used by several tests."""

from __future__ import annotations

import itertools

_CHARACTERS = [
    '"',
    "'",
    "`",
    "\\",
    "\n",
    "\r\n",
    "\t",
    ";",
    "--",
    "/*",
    "*/",
    "```",
    "<|im_end|>",
    "<fim_middle>",
    "🦆",
    "é",
    ")",
    "$$",
    "{",
    "%s",
]
_WORDS = ["select", "from", "order", "group", "table", "Größe", "日本", "x" * 300, "a b", "1st", "", "_"]

HOSTILE = tuple(
    dict.fromkeys(
        f"{word}{character}{other}" for word, character, other in itertools.product(_WORDS, _CHARACTERS, ("", "z"))
    )
)
"""More than 200 different names, none empty."""
