"""Templates of the plain words in each language of the interface, as data: `phrases.json`."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LANGUAGES: Final = ("en", "de", "es", "fr", "zh")
_LISTED: Final = 6


@lru_cache(maxsize=1)
def phrases() -> dict[str, dict[str, str]]:
    """Every template by its key and language. Raises ValueError when the package lacks its file."""
    data = pkgutil.get_data(__name__, "phrases.json")
    if data is None:
        raise ValueError("phrases.json is missing from the package")
    found: dict[str, dict[str, str]] = json.loads(data.decode("utf-8"))
    return found


@dataclass(frozen=True)
class Phrasebook:
    """One language's templates."""

    language: str = "en"

    def say(self, key: str, **parts: object) -> str:
        """The template `key` with its parts put in. Raises KeyError for a key that there is none of."""
        template = phrases()[key][self.language]
        for name, part in parts.items():  # not str.format: a part may hold braces
            template = template.replace("{" + name + "}", _shield(str(part)))
        return _unshield(template)

    def listing(self, items: Sequence[str], key: str = "list") -> str:
        """``a, b and c``; of long lists the beginning and how many more there are."""
        if len(items) > _LISTED + 1:
            items = [*items[:_LISTED], self.say("more", n=len(items) - _LISTED)]
            key = "comma"
        if not items:
            return ""
        if len(items) == 1:
            return items[0]
        head = items[0]
        for item in items[1:-1]:
            head = self.say("comma", a=head, b=item)
        return self.say(key, a=head, b=items[-1])

    def quoted(self, text: str) -> str:
        """A text value as the language quotes it; of long ones the beginning."""
        return self.say("quote", x=text if len(text) <= 40 else text[:39] + "…")


def _shield(text: str) -> str:
    return text.replace("{", "\ue000")


def _unshield(text: str) -> str:
    return text.replace("\ue000", "{")


def phrasebook(language: str) -> Phrasebook:
    """The book for a language code such as ``de`` or ``zh-CN``, ``fr_FR``; English where there is none."""
    base = language.replace("_", "-").split("-")[0].casefold()
    return Phrasebook(base if base in LANGUAGES else "en")
