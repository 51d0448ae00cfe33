"""Replaces parts of a source by the places that its syntax tree gives, in bytes as `ast` counts them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """`text` instead of the bytes from `start` to `end`."""

    start: int
    end: int
    text: str


class Places:
    """Byte offsets of the nodes of one source."""

    def __init__(self, source: str) -> None:
        self._bytes = source.encode()
        self._lines = [0]
        for line in source.split("\n"):
            self._lines.append(self._lines[-1] + len(line.encode()) + 1)

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._lines[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        return self._bytes[self.start(node) : self.end(node)].decode()

    def replaced(self, edits: Iterable[Edit]) -> str:
        """The source with `edits` made; of two that overlap, the one that begins first."""
        pieces, place = [], 0
        for edit in sorted(set(edits), key=lambda item: (item.start, -item.end)):
            if edit.start < place:
                continue
            pieces += [self._bytes[place : edit.start], edit.text.encode()]
            place = edit.end
        return b"".join([*pieces, self._bytes[place:]]).decode()

    def name(self, attribute: ast.Attribute) -> tuple[int, int]:
        """Where the name behind the dot stands."""
        end = self.end(attribute)
        return end - len(attribute.attr.encode()), end

    def without_keyword(self, call: ast.Call, keyword: ast.keyword) -> Edit:
        """An edit that takes `keyword` out of `call`, with its comma."""
        parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        before = [node for node in parts if self.start(node) < self.start(keyword)]
        if before:
            return Edit(max(self.end(node) for node in before), self.end(keyword), "")
        after = [self.start(node) for node in parts if self.start(node) > self.start(keyword)]
        return Edit(self.start(keyword), min(after, default=self.end(keyword)), "")


def in_place(call: ast.Call) -> ast.keyword | None:
    """The ``inplace=True`` of `call`, where it has one."""
    for keyword in call.keywords:
        if keyword.arg == "inplace" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True:
            return keyword
    return None
