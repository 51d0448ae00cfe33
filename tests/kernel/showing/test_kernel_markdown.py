"""The model's Markdown as it is shown and saved: readable, no tag of its own, no image from elsewhere."""

from __future__ import annotations

import re
import sys

import mistune
import pytest

from jupyter_qwen.kernel.showing import markdown_html
from jupyter_qwen.kernel.showing.markdown_html import to_html, without_images
from jupyter_qwen.kernel.showing.presentation import markdown
from jupyter_qwen.kernel.state import AnswerState


def streamed(text: str) -> AnswerState:
    state = AnswerState()
    state.apply({"type": "delta", "text": text})
    return state


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a *b* **c** `d`", "<p>a <em>b</em> <strong>c</strong> <code>d</code></p>"),
        ("# Title", "<h1>Title</h1>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("text\n- a", "<p>text</p>\n<ul><li>a</li></ul>"),
        ("```sql\nSELECT 1 < 2\n```", '<pre><code class="language-sql">SELECT 1 &lt; 2</code></pre>'),
        ("```\nopen", "<pre><code>open</code></pre>"),
        (
            "|a|b|\n|-|-|\n|1|2|",
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        ),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("[x](https://a.b/c)", '<p><a href="https://a.b/c" rel="noopener noreferrer" target="_blank">x</a></p>'),
    ],
)
def test_markdown_becomes_html(text: str, expected: str) -> None:
    assert re.sub(r">\s+<", "><", to_html(text)) == re.sub(r">\s+<", "><", expected)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "`<img src=x onerror=alert(1)>`",
        "```\n</code></pre><script>\n```",
        "[x](javascript:alert(1))",
        '[x](https://a"onmouseover="alert(1))',
        '```sql"><script>\nx\n```',
        "|<b>|\n|-|\n|<i>|",
        "# <svg onload=alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//elsewhere.example/a)",
        "![x](https://elsewhere.example/pixel.png)",
        "![x][r]\n\n[r]: https://elsewhere.example/pixel.png",
        "<https://elsewhere.example/>\n\n<img src=https://elsewhere.example/pixel.png>",
        "<div>\n![x](https://elsewhere.example/pixel.png)\n</div>",
    ],
)
def test_no_tag_or_attribute_of_the_text_survives(text: str) -> None:
    found = to_html(text)
    assert set(re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)", found)) <= {
        "p", "pre", "code", "h1", "table", "thead", "tbody", "tr", "th", "td", "a", "br", "em", "strong",
    }  # fmt: skip
    assert not re.search(r"<[^>]*\s(on\w+|src)=", found)
    assert not re.search(r'href="(?!https?:)', found)


PIXEL = "![x](https://elsewhere.example/pixel.png) <img src=https://elsewhere.example/pixel.png>"


@pytest.mark.parametrize(
    "text",
    [
        PIXEL,
        f"- a\n  ```\nb\n{PIXEL}",
        f"```not a`fence\n{PIXEL}",
        f"````\n```\ncode\n  `````  \n{PIXEL}",
        f"```\u2028{PIXEL}",
        f"`\n`{PIXEL}`",
        f"    ```\n{PIXEL}",
        f"a\n  ~~~\n\n~~~\n\n{PIXEL}",
        f"<!-- \n```\n{PIXEL}",
        f"~~~\r{PIXEL}\r~~~\r{PIXEL}",
    ],
)
def test_a_saved_answer_fetches_no_image_wherever_its_markdown_is_rendered(text: str) -> None:
    for form in (without_images(text), markdown(streamed(text))):
        assert "<img" not in mistune.html(form)
    assert "<img" not in to_html(text)


def test_code_is_saved_as_it_was_written() -> None:
    text = "Look:\n\n```html\n<img src=a.png> ![x](y)\n```"
    assert without_images(text) == text


def test_a_kernel_without_mistune_shows_the_text_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    markdown_html._renderer.cache_clear()
    monkeypatch.setitem(sys.modules, "mistune", None)
    found = to_html("**a** <b>")
    markdown_html._renderer.cache_clear()
    assert "**a** &lt;b&gt;</pre>" in found
    assert "Install mistune" in found


@pytest.mark.parametrize("length", range(0, 120, 7))
def test_every_beginning_of_an_answer_is_well_formed(length: int) -> None:
    text = (
        "Some *text* with `code`:\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sql\nSELECT 1\n```\n\nDone."[
            :length
        ]
    )
    found = to_html(text)
    for tag in ("p", "pre", "ul", "table"):
        assert found.count(f"<{tag}>") == found.count(f"</{tag}>")
