"""What may be printed: a terminal obeys escape sequences, and a model, a table or a file may hold some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# C0 but newline and tab, DEL, C1 (0x9B begins a sequence like ESC [), and what turns the direction of writing
_NEVER = [
    *range(9),
    *range(11, 32),
    *range(127, 160),
    0x200E,
    0x200F,
    0x061C,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
]
_WITHOUT = {code: None for code in _NEVER}


def printable(text: str) -> str:
    """`text` without control characters (but newline and tab) and without marks that reorder what is seen.

    Half of a surrogate pair, which no terminal's encoding can hold, becomes a question mark.
    """
    return text.translate(_WITHOUT).encode("utf-8", "replace").decode("utf-8")


def say(text: str) -> None:
    """Print `text` as far as it is `printable`."""
    print(printable(text))


def say_context(seen: Mapping[str, Any]) -> None:
    """Print what the model would see: the server's answer to the context route."""
    for part in seen.get("parts", []):
        say(f"── {part.get('label')} · {part.get('tokens')} tokens ──\n{str(part.get('text', '')).rstrip()}\n")
    say(f"{seen.get('prompt_tokens')} tokens in all")
