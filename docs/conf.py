"""Sphinx: `nox -s docs` makes the pages of reference/generated and builds the site from what lies here."""

from __future__ import annotations

import json
from pathlib import Path

_npm = json.loads((Path(__file__).parent.parent / "package.json").read_text(encoding="utf-8"))

project = "jupyter_qwen"
author = "jupyter_qwen contributors"
release = version = _npm["version"]
copyright = f"2026, {author}"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
# notebooks' own language for magics is IPython's; fences that hold several languages, or a drawing, have none
highlight_language = "none"
html_theme = "pydata_sphinx_theme"
html_title = "jupyter_qwen"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_theme_options = {
    "github_url": _npm["homepage"],
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 4,
}
html_show_sourcelink = False
