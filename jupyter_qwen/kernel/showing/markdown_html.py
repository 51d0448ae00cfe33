"""The model's Markdown as HTML, and as Markdown that others may render: no tag of its own, no image from elsewhere.

The saved notebook shows the HTML where nothing else can render Markdown. mistune comes with nbconvert; a kernel without it gets
the text as it is, escaped.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable
from typing import Any

_SCHEMES = ("http:", "https:", "mailto:")
_WITHOUT = '<p style="opacity:0.7">Install mistune 3 in this kernel\'s environment to see answers formatted.</p>'
_LINE = re.compile(r"(\r\n|\n|\r)")
_FENCE = re.compile(r"(`{3,}(?=[^`]*\Z)|~{3,})")
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")


def to_html(markdown: str) -> str:
    """The HTML of `markdown`; an unclosed fence, seen while an answer streams, is closed."""
    try:
        render = _renderer()
    except ImportError:
        return f'<pre style="white-space:pre-wrap">{html.escape(markdown)}</pre>\n{_WITHOUT}'
    return render(markdown).strip()


def without_images(markdown: str) -> str:
    """`markdown` in which, outside of fenced code, no renderer finds an image or a tag: both are shown as they were typed."""
    pieces, fence, sure = _LINE.split(markdown), "", True
    for place in range(0, len(pieces), 2):
        line = pieces[place]
        if fence:
            if re.fullmatch(rf" {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*", line):
                fence = ""
        elif sure and (opened := _FENCE.match(line)):
            fence = opened.group(1)
        else:
            # one that is indented or in a list: where it ends is the renderer's matter, so nothing below it counts as code
            sure = sure and "```" not in line and "~~~" not in line
            pieces[place] = _TAG.sub("&lt;", line).replace("![", "!\\[")
    return "".join(pieces)


@functools.lru_cache(maxsize=1)
def _renderer() -> Callable[[str], str]:
    """mistune with our rules. Raises ImportError without mistune 3."""
    import mistune

    if int(mistune.__version__.partition(".")[0]) < 3:
        raise ImportError(f"mistune {mistune.__version__} is too old")

    class Renderer(mistune.HTMLRenderer):
        """Tags of the text are escaped, links go where a browser asks first, images are only named."""

        def link(self, text: str, url: str, title: str | None = None) -> str:
            if not url.lower().startswith(_SCHEMES):
                return text
            return f'<a href="{html.escape(url)}" rel="noopener noreferrer" target="_blank">{text}</a>'

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return f"[image: {text}]"

        def block_code(self, code: str, info: str | None = None) -> str:
            language = html.escape((info or "").split(None, 1)[0]) if (info or "").strip() else ""
            label = f' class="language-{language}"' if language else ""
            return f"<pre><code{label}>{html.escape(code.removesuffix(chr(10)))}</code></pre>\n"

    made: Any = mistune.create_markdown(renderer=Renderer(escape=True), hard_wrap=True, plugins=["table"])
    return lambda text: str(made(text))
