"""Python read and never run: its tree, and whether a suggestion is Python where it stands, or begins something that can be."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache

from jupyter_qwen.schema.notebook import without_magics

# Compiling warns of escapes that Python does not know, in the server's log: not in texts of this name. A filter that is set for
# each text, in a thread, would be every other thread's as well.
_FILE = "<a cell that is looked at>"
warnings.filterwarnings("ignore", module=re.escape(_FILE))
_FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_MAY_BE_OPEN = 0x200 | 0x4000  # PyCF_DONT_IMPLY_DEDENT, PyCF_ALLOW_INCOMPLETE_INPUT of Include/cpython/compile.h
# What may be missing behind a suggestion that ends in the middle of a statement.
_ENDINGS = (
    "",
    "a",
    " a",
    " 0",
    ":",
    " 0:",
    " in a:",
    " else 0",
    ": 0",
    " a: 0",
    "'",
    '"',
    " = 0",
    " import a",
    "}'",
    '}"',
)
# What could stand between a cursor and the rest of its line: when one of them makes it Python, a suggestion must as well.
_FILLERS = ("a", "", " = ", ", ", ".a", "a, ", "(a", "'", '"', ": ")


def fits(text: str, prefix: str, suffix: str) -> bool:
    """Whether `text` between `prefix` and `suffix` is Python, or may become some while the user goes on.

    True when the code was broken before: then nothing can be said.
    """
    before = without_magics(prefix)
    if parses(before + text + suffix):
        return True
    rest = suffix.split("\n", 1)[0].rstrip()
    if rest and not _stands(before + text + rest) and any(_stands(before + word + rest) for word in _FILLERS):
        return False
    if may_go_on(before + text):
        return True
    return not may_go_on(before)


def cut_to_fit(text: str, prefix: str, suffix: str) -> str:
    """The longest beginning of a line that fits and behind which `text` says what follows the cursor; "" for none."""
    rest = suffix.split("\n", 1)[0].strip()
    if not rest:
        return ""
    places = [place for place in range(len(text) - 1, 0, -1) if text[place] == rest[0]]
    return next((text[:place] for place in places if fits(text[:place], prefix, suffix)), "")


def parsed(source: str) -> ast.Module | None:
    """The tree of `source`; ``None`` for what is no Python, a line for IPython for instance, or too deep for the parser."""
    try:
        return ast.parse(source, _FILE)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def parsed_cell(source: str) -> ast.Module | None:
    """As `parsed`, with lines for IPython as statements that do nothing."""
    return parsed(without_magics(source))


@lru_cache(maxsize=512)
def parses(source: str) -> bool:
    """Whether `source` is a whole Python program; top-level ``await`` is allowed, as in a notebook."""
    try:
        compile(source, _FILE, "exec", _FLAGS)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


@lru_cache(maxsize=512)
def may_go_on(source: str) -> bool:
    """Whether `source` is the beginning of some Python program."""
    return any(_complete_or_open(source + ending) for ending in _ENDINGS)


@lru_cache(maxsize=512)
def _stands(source: str) -> bool:
    return _complete_or_open(source)


def _complete_or_open(source: str) -> bool:
    """Whether it is Python or what `codeop` calls incomplete; that module sets the process's warning filters each time."""
    if parses(source):
        return True
    try:
        compile(source + "\n", _FILE, "exec", _FLAGS | _MAY_BE_OPEN)
    except SyntaxError as error:
        return "incomplete input" in str(error)
    except (ValueError, MemoryError, RecursionError, OverflowError):
        return False
    return True
