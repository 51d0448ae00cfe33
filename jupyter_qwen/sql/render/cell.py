"""One cell's source from a statement and an idiom. The statement arrives in the kernel exactly as it was proved."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from jupyter_qwen.schema.collector.jupysql import MAGIC
from jupyter_qwen.sql.read.lexer import tokens
from jupyter_qwen.sql.read.parse import Statement, parse

from ..model import StatementKind
from .idiom import Idiom

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
#: What JupySQL would replace before DuckDB sees it: Jinja, and SQLAlchemy's bound parameters, even inside literals.
TEMPLATED: Final = re.compile(r"\{\{|\{%|\{#|(?<![:\w]):[A-Za-z_]")
_BOUND: Final = re.compile(r"(?<![:\w\\]):(?=[A-Za-z_])")
_WITH_ROWS: Final[frozenset[StatementKind]] = frozenset(("query",))


@dataclass(frozen=True)
class RenderedCell:
    """What Insert puts into the notebook."""

    source: str
    cell_type: str = "code"


def render_cell(sql: str, idiom: Idiom) -> RenderedCell:
    """`sql` as a cell in `idiom`, on the connection that owns the tables it names. It is never run from here."""
    text = sql.strip().removesuffix(";").rstrip()
    statement = parse(text)
    kind: StatementKind = statement.kind if isinstance(statement, Statement) else "other"
    if idiom.style == "sql":
        return RenderedCell(f"{text}\n;" if _ends_in_comment(text) else f"{text};")
    if idiom.style == "markdown":
        fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
        fence = fence if len(fence) > 3 else "```"
        return RenderedCell(f"{fence}sql\n{text}\n{fence}", "markdown")
    if idiom.style == "r":
        function = "dbGetQuery" if kind in _WITH_ROWS else "dbExecute"
        return RenderedCell(f"{idiom.imports}{function}({idiom.connection}, {_r_text(text)})")
    if idiom.style == "julia":
        call = f"DBInterface.execute({idiom.connection}, {_julia_text(text)})"
        return RenderedCell(f"{call} |> DataFrame" if kind in _WITH_ROWS else call)
    owner = _owner(text, idiom)
    if owner.startswith(MAGIC):
        return RenderedCell(_jupysql(text, owner, idiom))
    names = _names(text)
    if (
        idiom.style == "magic"
        and not TEMPLATED.search(text)
        and not _CONTROL.search(text)
        and names.keys().isdisjoint(idiom.frames)
    ):
        return RenderedCell(f"{idiom.magic}\n{text}")
    return RenderedCell(_python(text, idiom, kind, owner))


def _jupysql(sql: str, owner: str, idiom: Idiom) -> str:
    """A cell for a connection that only ``%%sql`` reaches; what JupySQL and SQLAlchemy would replace is escaped."""
    current = next((name for _, name in idiom.owners if name.startswith(MAGIC)), owner)
    first = (idiom.magic or "%%sql") if owner == current else f"%%sql {owner.removeprefix(MAGIC)}"
    if "{" in sql:
        sql = f"{{% raw %}}{sql}{{% endraw %}}"
    return first + "\n" + _BOUND.sub(r"\\:", sql)


def _python(sql: str, idiom: Idiom, kind: StatementKind, connection: str) -> str:
    literal = python_text(sql)
    # A relation is lazy and None for a statement without rows: only execute() runs one for certain.
    call = f"{connection}.sql({literal}).{idiom.result}()" if kind in _WITH_ROWS else f"{connection}.execute({literal})"
    imports = idiom.imports if connection == "duckdb" else ""
    return f"{imports}\n\n{call}" if imports else call


def _owner(sql: str, idiom: Idiom) -> str:
    """The connection that owns most of the tables in `sql`; the notebook's preferred one when that decides nothing."""
    names = _names(sql)
    votes: Counter[str] = Counter()
    for reference, connection in idiom.owners:
        if all(part in names for part in reference.split(".")) or reference.rsplit(".", 1)[-1] in names:
            votes[connection] += 1
    if not votes or votes[idiom.connection] == max(votes.values()):
        return idiom.connection
    return votes.most_common(1)[0][0]


def _names(sql: str) -> Counter[str]:
    """Every name in `sql`, folded."""
    return Counter(token.name.casefold() for token in tokens(sql) if token.kind in ("word", "quoted"))


def python_text(text: str) -> str:
    """A Python string literal that evaluates to `text`, apart from white space around it; easy to read where it can be."""
    if _CONTROL.search(text):
        return repr(text)
    for quote in ('"""', "'''"):
        if quote not in text:
            # The newline before the closing quotes keeps a quote or backslash at the end of the text apart from them.
            return f"{'r' if chr(92) in text else ''}{quote}\n{text}\n{quote}"
    return repr(text)


def _r_text(text: str) -> str:
    dashes = ""
    while f'){dashes}"' in text:
        dashes += "-"
    return f'r"{dashes}(\n{text}\n){dashes}"'


def _julia_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("$", "\\$")
    return f'"""\n{escaped}\n"""'


def _ends_in_comment(text: str) -> bool:
    last = None
    for token in tokens(text, spaces=True):
        last = token
    return last is not None and last.kind == "comment" and last.text.startswith("--")
