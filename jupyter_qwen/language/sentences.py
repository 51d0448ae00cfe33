"""Finished English sentences of ours in another language: reasons of grades, warnings, what a receipt says.

As in gettext the English text is the key. What says something writes it in English where it knows the figures; here the template
is found again that made it, its parts are taken out, and put into the other language's (`sentences.json`). A sentence without
a template, such as DuckDB's own words, stays as it is.
"""

from __future__ import annotations

import json
import pkgutil
import re
from functools import lru_cache
from typing import Final

from jupyter_qwen.language.phrasebook import phrasebook

_PART: Final = re.compile(r"\{([a-z]+)\}|\[([^\]|]*(?:\|[^\]|]*)+)\]")
_FORMS: Final = {
    "rows": r"[\d,]+ rows?",
    "num": "two|three|four|five|six|[0-9]+",
    "ticked": "`.+",
}
_ROWS: Final = {"de": ("Zeile", "Zeilen"), "es": ("fila", "filas"), "fr": ("ligne", "lignes"), "zh": ("行", "行")}
_NUMBERS: Final = {
    "de": "zwei drei vier fünf sechs", "es": "dos tres cuatro cinco seis", "fr": "deux trois quatre cinq six",
    "zh": "两 三 四 五 六",
}  # fmt: skip
_MORE: Final = {"de": " und {} weitere", "es": " y {} más", "fr": " et {} de plus", "zh": " 和另外 {} 个"}


@lru_cache(maxsize=1)
def sentences() -> dict[str, dict[str, str]]:
    """Every English template with its translations. Raises ValueError when the package lacks its file."""
    data = pkgutil.get_data(__name__, "sentences.json")
    if data is None:
        raise ValueError("sentences.json is missing from the package")
    found: dict[str, dict[str, str]] = json.loads(data.decode("utf-8"))
    return found


@lru_cache(maxsize=2048)
def in_language(sentence: str, language: str) -> str:
    """`sentence` in the language of a code such as ``de`` or ``zh-CN``; as it is in English and where there is no template.

    Without its full stop it is found, too, and comes back without one.
    """
    language = phrasebook(language).language
    if language == "en" or not sentence:
        return sentence
    for pattern, template in _patterns():
        if found := pattern.fullmatch(sentence):
            return _filled(sentences()[template][language], found, language)
    if not sentence.endswith((".", "?", ":", "…")):
        whole = in_language(f"{sentence}.", language)
        if whole != f"{sentence}.":
            return whole.rstrip(".。")
    return sentence


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with most words of their own first, since a part may hold anything."""
    ordered = sorted(sentences(), key=lambda template: -len(_PART.sub("", template)))
    return tuple((re.compile(_pattern(template), re.DOTALL), template) for template in ordered)


def _pattern(template: str) -> str:
    made, place = "", 0
    for part in _PART.finditer(template):
        made += re.escape(template[place : part.start()])
        name, forms = part.groups()
        made += (
            f"(?P<{name}>{_FORMS.get(name, '.+?')})" if name else f"(?:{'|'.join(map(re.escape, forms.split('|')))})"
        )
        place = part.end()
    return made + re.escape(template[place:])


def _filled(template: str, found: re.Match[str], language: str) -> str:
    parts = found.groupdict()
    return _PART.sub(lambda part: _said(part[1], parts[part[1]], language), template)


def _said(name: str, text: str, language: str) -> str:
    if name == "rows":
        count = text.split(" ")[0]
        one, many = _ROWS[language]
        return f"{count} {one if count == '1' else many}"
    if name == "num":
        words = dict(zip(["two", "three", "four", "five", "six"], _NUMBERS[language].split(), strict=True))
        return words.get(text, text)
    if name == "list":
        return re.sub(r" and (\d+) more\b", lambda more: _MORE[language].format(more[1]), text)
    return text
