"""The collector as source text, for kernels whose environment lacks jupyter_qwen. Used by the server, not in the kernel."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from functools import cache
from importlib.resources import files

from ..privacy import LEVELS

# In the order in which they build on each other; together they import the standard library only.
_MODULES = (
    "collector/collection_limits",
    "words",
    "privacy",
    "collector/encoding",
    "quoting",
    "collector/dtypes",
    "collector/objects",
    "collector/frame_axes",
    "collector/dataframes",
    "collector/jupysql",
    "collector/connections",
    "collector/duckdb_tables",
    "collector/joining",
    "collector/contents",
    "collector/copies",
    "collector/gather",
    "patience",
    "collector/interruption",
    "collector/probing",
)
_OWN_IMPORT = re.compile(r"^from \.{1,2}[a-z_]+ import (?:\([^)]*\)|[^\n(]*)\n", re.MULTILINE)
_FUTURE = "from __future__ import annotations\n"

_ENTRY = '''

def display(privacy, question=None):
    """The schema of this kernel as something that IPython sends as application/json."""
    import IPython

    try:
        schema = collect(IPython.get_ipython().user_ns, privacy=privacy, question=question)
    except Exception as error:
        note = "the tables of this kernel could not be read: " + type(error).__name__ + ": " + str(error)[:200]
        schema = {"version": 1, "tables": [], "connections": [], "privacy": privacy, "notes": [note], "seconds": 0.0}
    return IPython.display.JSON(schema)


def display_probes(connection, probes, seconds, by_clock):
    """The answers to a receipt's probes as something that IPython sends as application/json."""
    import IPython

    try:
        found = probe(IPython.get_ipython().user_ns, connection, probes, seconds, by_clock=by_clock)
    except Exception as error:
        found = {"error": type(error).__name__ + ": " + str(error)[:200]}
    return IPython.display.JSON(found)
'''


@cache
def collector_source() -> str:
    """One self-contained module text that defines `collect` and `display`; Python 3.8 and later."""
    parts = [_FUTURE]
    for name in _MODULES:
        text = files("jupyter_qwen.schema").joinpath(f"{name}.py").read_text(encoding="utf-8")
        parts.append(_OWN_IMPORT.sub("", text.replace(_FUTURE, "")))
    return "\n\n".join([*parts, _ENTRY])


def kernel_expression(privacy: str, question: str | None = None) -> str:
    """One Python expression for `user_expressions`; yields `IPython.display.JSON` of the kernel's schema.

    It runs in a dictionary of its own and is kept, compiled, on the shell object, so that the second look costs no
    compilation; it binds no name of the user's and adds no module. Raises ValueError for an unknown privacy level.
    """
    if privacy not in LEVELS:
        raise ValueError(f"privacy must be one of {', '.join(LEVELS)}, not {privacy!r}")
    return _expression(f"['display']({privacy!r}, {question!r})")


def probe_expression(connection: str | None, probes: list[str], seconds: float, *, by_clock: bool = False) -> str:
    """One Python expression for `user_expressions`, as `kernel_expression`; yields the answers to a receipt's `probes`.

    They run on the connection of that name, or the one there is, for at most `seconds` in all, as `probing.probe` counts them.
    """
    return _expression(f"['display_probes']({connection!r}, {probes!r}, {seconds!r}, {by_clock!r})")


def _expression(call: str) -> str:
    source = collector_source()
    digest = hashlib.sha256(source.encode()).hexdigest()[:16]
    packed = base64.b85encode(zlib.compress(source.encode(), 9)).decode()
    return (
        f"(lambda kept, b: (kept if kept.get('digest') == {digest!r} else ("
        "kept.update(__name__='jupyter_qwen_collector'), "
        f"b.exec(b.compile(__import__('zlib').decompress(__import__('base64').b85decode({packed!r})), "
        f"'<jupyter_qwen collector>', 'exec'), kept), kept.update(digest={digest!r}), kept)[-1])"
        f"{call})"
        "(__import__('IPython').get_ipython().__dict__.setdefault('_jupyter_qwen_collector', {}), __import__('builtins'))"
    )
