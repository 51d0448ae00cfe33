"""Code out of Markdown while it still streams in."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING = re.compile(r"^(?P<indent> {0,3})(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)$", re.MULTILINE)


@dataclass(frozen=True)
class CodeBlock:
    """A fenced block. `start` and `end` are offsets of the whole block, fences included, into the Markdown.

    `closed` is false while the closing fence has not come. `language` is the first word of the info string, lower case.
    """

    language: str
    source: str
    start: int
    end: int
    closed: bool


def code_blocks(markdown: str) -> tuple[CodeBlock, ...]:
    """The fenced blocks of a text that may end in the middle of one (CommonMark, section 4.5, unindented fences).

    Works on every prefix of a stream: a block that is closed stays as it is when more text comes.
    """
    blocks: list[CodeBlock] = []
    position = 0
    while opening := _OPENING.search(markdown, position):
        fence = opening["fence"]
        if opening.end() == len(markdown):  # the info string may still grow
            blocks.append(CodeBlock(_language(opening["info"]), "", opening.start(), len(markdown), closed=False))
            break
        body = opening.end() + 1
        closing = re.compile(rf"^ {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$", re.MULTILINE).search(
            markdown, body
        )
        if closing is None:
            source = _without_partial_fence(markdown[body:], fence)
            blocks.append(CodeBlock(_language(opening["info"]), source, opening.start(), len(markdown), closed=False))
            break
        source = markdown[body : closing.start()].removesuffix("\n")
        blocks.append(CodeBlock(_language(opening["info"]), source, opening.start(), closing.end(), closed=True))
        position = closing.end()
    return tuple(blocks)


def strip_fences(text: str) -> str:
    """The code of an answer that should be code alone: the first fenced block if there is one, else the text itself.

    A stray opening or closing fence without its partner is removed too.
    """
    blocks = code_blocks(text)
    if not blocks:
        return text
    first = blocks[0]
    before = text[: first.start].rstrip()
    # A fence that opens nothing after some text is the closing fence of an answer whose opening was part of the prompt.
    return before if before and not first.closed and not first.language else first.source


def first_statement(sql: str) -> str:
    """The first statement of a SQL text, without its semicolon and without fences.

    Quotes, dollar quotes and comments are respected; a text without a statement yields "".
    """
    text = strip_fences(sql).strip()
    for end in _semicolons(text):
        statement = text[:end].strip()
        if _has_code(statement):
            return statement
        text = text[end + 1 :].lstrip()
        return first_statement(text)
    return text if _has_code(text) else ""


_TOKEN = re.compile(
    r"'(?:[^']|'')*(?:'|\Z)|\"(?:[^\"]|\"\")*(?:\"|\Z)|--[^\n]*|/\*.*?(?:\*/|\Z)|(\$\w*\$).*?(?:\1|\Z)|(;)", re.DOTALL
)


def _semicolons(sql: str) -> list[int]:
    return [match.start() for match in _TOKEN.finditer(sql) if match[2]]


def _has_code(sql: str) -> bool:
    return bool(re.sub(r"--[^\n]*|/\*.*?(?:\*/|\Z)", " ", sql, flags=re.DOTALL).strip(" \t\r\n;"))


def _language(info: str) -> str:
    word = info.strip().split(maxsplit=1)
    return word[0].strip("{}.,").lower() if word else ""


def _without_partial_fence(source: str, fence: str) -> str:
    """`source` without a last line that may be the beginning of the closing fence, and without the break before it."""
    head, _, last = source.rpartition("\n")
    return head if set(last.strip()) <= {fence[0]} else source
