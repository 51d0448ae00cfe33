"""Markdown as a small model writes it, as HTML: paragraphs, headings, lists, tables, quotes, code. Everything else is escaped.

The saved notebook shows this where nothing else can render Markdown; the model's text never becomes a tag of its own.
"""

from __future__ import annotations

import html
import re

_FENCE = re.compile(r"^\s*(```+|~~~+)\s*([\w+-]*)")
_HEADING = re.compile(r"^(#{1,6})\s+(.*)")
_BULLET = re.compile(r"^\s*[-*+]\s+(.*)")
_NUMBER = re.compile(r"^\s*\d+[.)]\s+(.*)")
_RULE_ROW = re.compile(r"^\s*\|?[\s:|-]+\|[\s:|-]*$")
_CODE = re.compile(r"(`+)(.+?)\1")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")


def to_html(markdown: str) -> str:
    """The HTML of `markdown`; an unclosed fence, seen while an answer streams, is closed."""
    lines = markdown.splitlines()
    parts: list[str] = []
    position = 0
    while position < len(lines):
        taken, part = _block(lines, position)
        parts.append(part)
        position += taken
    return "\n".join(part for part in parts if part)


def code_html(source: str, language: str = "") -> str:
    """A code block."""
    label = f' class="language-{html.escape(language)}"' if language else ""
    return f"<pre><code{label}>{html.escape(source)}</code></pre>"


def _block(lines: list[str], start: int) -> tuple[int, str]:
    line = lines[start]
    fence = _FENCE.match(line)
    if fence:
        return _fenced(lines, start, fence.group(1), fence.group(2))
    if not line.strip():
        return 1, ""
    heading = _HEADING.match(line)
    if heading:
        level = len(heading.group(1))
        return 1, f"<h{level}>{_inline(heading.group(2))}</h{level}>"
    for pattern, tag in ((_BULLET, "ul"), (_NUMBER, "ol")):
        if pattern.match(line):
            return _listed(lines, start, pattern, tag)
    if "|" in line and start + 1 < len(lines) and _RULE_ROW.match(lines[start + 1]):
        return _table(lines, start)
    return _paragraph(lines, start)


def _fenced(lines: list[str], start: int, fence: str, language: str) -> tuple[int, str]:
    end = start + 1
    while end < len(lines) and not lines[end].strip().startswith(fence):
        end += 1
    return end - start + 1, code_html("\n".join(lines[start + 1 : end]), language)


def _listed(lines: list[str], start: int, pattern: re.Pattern[str], tag: str) -> tuple[int, str]:
    items: list[str] = []
    end = start
    while end < len(lines) and lines[end].strip():
        item = pattern.match(lines[end])
        if item:
            items.append(item.group(1))
        elif lines[end].startswith((" ", "\t")) and not _FENCE.match(lines[end]):
            items[-1] += " " + lines[end].strip()
        else:
            break
        end += 1
    return end - start, f"<{tag}>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + f"</{tag}>"


def _table(lines: list[str], start: int) -> tuple[int, str]:
    end = start + 2
    while end < len(lines) and "|" in lines[end]:
        end += 1
    head, *body = (_cells(lines[i]) for i in range(start, end) if i != start + 1)
    rows = "".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in body)
    titles = "".join(f"<th>{_inline(cell)}</th>" for cell in head)
    return end - start, f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _paragraph(lines: list[str], start: int) -> tuple[int, str]:
    end = start + 1
    while end < len(lines) and lines[end].strip() and not _FENCE.match(lines[end]) and not _HEADING.match(lines[end]):
        if _BULLET.match(lines[end]) or _NUMBER.match(lines[end]):
            break
        end += 1
    return end - start, "<p>" + "<br>".join(_inline(line.strip()) for line in lines[start:end]) + "</p>"


def _inline(text: str) -> str:
    pieces: list[str] = []
    position = 0
    for code in _CODE.finditer(text):
        pieces.append(_emphasis(text[position : code.start()]))
        pieces.append(f"<code>{html.escape(code.group(2).strip())}</code>")
        position = code.end()
    pieces.append(_emphasis(text[position:]))
    return "".join(pieces)


def _emphasis(text: str) -> str:
    escaped = html.escape(text)
    escaped = _LINK.sub(r'<a href="\2" rel="noopener noreferrer" target="_blank">\1</a>', escaped)
    escaped = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escaped)
    return re.sub(r"(?<!\w)\*([^*\s][^*]*)\*(?!\w)", r"<em>\1</em>", escaped)
