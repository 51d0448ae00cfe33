"""Sentences of ours in the interface's other languages: each has its template, and no part is lost."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import jupyter_qwen
from jupyter_qwen.language.phrasebook import LANGUAGES
from jupyter_qwen.language.sentences import in_language, sentences
from jupyter_qwen.trust.readings import difference

PACKAGE = Path(jupyter_qwen.__file__).parent
OTHERS = [language for language in LANGUAGES if language != "en"]
#: Whose texts are said beside an answer: every one that is a sentence.
SPEAKING = [
    *sorted((PACKAGE / "trust" / "confidence").rglob("*reasons.py")),
    *sorted((PACKAGE / "sql" / "checks").glob("*.py")),
    *sorted((PACKAGE / "sql" / "demands").glob("*.py")),
    PACKAGE / "python" / "demands.py",
]


def test_every_sentence_is_in_every_language_with_the_same_parts() -> None:
    for template, said in sentences().items():
        assert sorted(said) == sorted(OTHERS), template
        parts = sorted(set(re.findall(r"\{\w+\}", template)))
        for text in said.values():
            assert sorted(set(re.findall(r"\{\w+\}", text))) == parts, text


@pytest.mark.parametrize(
    ("sentence", "german"),
    [
        ("two different queries gave the same rows", "zwei verschiedene Abfragen gaben dieselben Zeilen"),
        ("the model was least sure of `WHERE x = 'a.b'`", "am unsichersten war sich das Modell bei `WHERE x = 'a.b'`"),
        (
            "1 row of orders has no partner in customers and is left out.",
            "1 Zeile von orders ohne Gegenstück in customers: ausgelassen.",
        ),
        (
            "2,000 rows of orders have no partner in customers and are left out (5 of them because o.id is NULL).",
            "2,000 Zeilen von orders ohne Gegenstück in customers: ausgelassen (5 davon, weil o.id NULL ist).",
        ),
        (
            "No row of shop has city = 'X'. Near values: 'Xi' and 4 more.",
            "Keine Zeile von shop hat city = 'X'. Ähnliche Werte: 'Xi' und 4 weitere.",
        ),
        ("orders.state has no value 'NC'", "orders.state hat keinen Wert 'NC'"),
        ("Binder Error: no such thing", "Binder Error: no such thing"),
        ("", ""),
    ],
)
def test_parts_are_found_again_and_what_has_no_template_stays(sentence: str, german: str) -> None:
    assert in_language(sentence, "de-AT") == german
    assert in_language(sentence, "en") == in_language(sentence, "pt") == sentence


def test_part_that_looks_like_a_template_is_put_in_as_it_is() -> None:
    assert in_language("the model was least sure of `{b} [a|b]`", "de").endswith("`{b} [a|b]`")


def test_differences_of_two_readings_are_said() -> None:
    does, instead = difference("SELECT count(*) FROM orders", "SELECT count(*) FROM lines")
    assert (in_language(does, "de"), in_language(instead, "fr")) == ("liest `orders`", "lit `lines`")


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_everything_that_is_said_beside_an_answer_has_its_template(path: Path) -> None:
    for text in _sentences(path):
        assert in_language(text, "de") != text, f"{text!r} of {path.name} is in no other language"


def _sentences(path: Path) -> list[str]:
    """The texts that a module yields, appends, returns or warns with, as if each part were a name or a number."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Yield(value=ast.Constant() | ast.JoinedStr() | ast.IfExp() as said):
                found += _texts(said)
            case ast.Return(value=ast.JoinedStr() | ast.IfExp() as said):
                found += _texts(said)
            case ast.Assign(targets=[ast.Name(id="message" | "hint")], value=said):
                found += _texts(said)
            case ast.Call(func=ast.Attribute(attr="append"), args=[ast.Constant() | ast.JoinedStr() as said]):
                found += _texts(said)
    return [text for text in found if " " in text and not text.startswith(("greatest", "SELECT"))]


def _texts(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return _texts(one) + _texts(other)
        case ast.JoinedStr(values=parts):
            return ["".join(_part(part) for part in parts)]
    return []


def _part(part: ast.expr) -> str:
    match part:
        case ast.Constant(value=str() as text):
            return text
        case ast.FormattedValue(value=ast.Call(func=ast.Name(id="_number"))):
            return "three"
        case ast.FormattedValue(value=ast.Name(id="word")):
            return "sum"
    return "x"
