"""What no parser accepts: foreign quotes, names that need quotes and lack them, prose around the query."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_qwen.schema.quoting import is_plain, quote_identifier, quote_text
from jupyter_qwen.sql.read.lexer import Token, tokens

from ..problem import Change, Problem

_START = re.compile(r"\b(?:WITH\s+[\w\"]+(?:\s*\([^)]*\))?\s+AS|SELECT|FROM)\b", re.IGNORECASE)
_ALIAS = re.compile(r"(\bAS\s+)([A-Za-z_][^,'\"\n;]*?)(?=\s*(?:,|\n|;|\bFROM\b|\Z))", re.IGNORECASE)
_BACKTICKED = re.compile(r"`([^`\n]+)`")
_BRACKETED = re.compile(r"(?<![\w\])\"'])\[([A-Za-z_][\w $#()./%-]*)\]")


def strip_prose(problem: Problem) -> Iterator[Change]:
    """Keep the first statement, or what follows the first SELECT or WITH."""
    if not problem.is_about("parser", "several-statements"):
        return
    pieces = _statements(problem.sql)
    if len(pieces) > 1:
        yield Change(pieces[0], "One statement at a time.")
    start = _START.search(problem.sql)
    if start and start.start() > 0:
        yield Change(problem.sql[start.start() :], "The query begins here.")
    for end in (m.start() for m in re.finditer(r"\n\s*\n", problem.sql)):
        yield Change(problem.sql[:end], "The query ends here.")


def foreign_quotes(problem: Problem) -> Iterator[Change]:
    """MySQL's backticks and SQL Server's brackets become double quotes."""
    if not problem.is_about("parser") and problem.error.code not in ("binder-error", "catalog-error"):
        return
    text = _outside_strings(problem.sql, _BACKTICKED)
    if text != problem.sql:
        yield Change(text, "DuckDB quotes names with double quotes.")
    text = _outside_strings(problem.sql, _BRACKETED)
    if text != problem.sql and problem.is_about("parser"):
        yield Change(text, "DuckDB quotes names with double quotes.")


def quote_names(problem: Problem) -> Iterator[Change]:
    """``Order Details``, ``price (USD)``, ``group``: names of the schema that need quotes, written without."""
    if not problem.is_about("parser", "column", "column-of-table", "table", "alias", "function"):
        return
    names = {t.name for t in problem.schema.tables} | {c.name for t in problem.schema.tables for c in t.columns}
    folded = problem.sql.casefold()
    needy = sorted((n for n in names if n and not is_plain(n) and n.casefold() in folded), key=len, reverse=True)
    text = problem.sql
    for name in needy:
        if not re.fullmatch(r"\w+", name):
            pattern = re.compile(rf"(?<![\w\"']){re.escape(name)}(?![\w\"'])", re.IGNORECASE)
            text = _outside_strings(text, pattern, quote_identifier(name))
    if text != problem.sql:
        yield Change(text, "Such a name needs double quotes.")
    keywords = {n.casefold(): n for n in needy if re.fullmatch(r"\w+", n)}
    words = [t for t in tokens(text) if t.kind == "word" and t.lower in keywords]
    position = problem.error.start if problem.error.start is not None else 0
    # The parser stops at the word or behind it: the nearest one is to blame.
    for token in sorted(words, key=lambda t: abs(t.start - position))[:3]:
        quoted = quote_identifier(keywords[token.lower])
        yield Change(
            text[: token.start] + quoted + text[token.end :], f"{token.text} is a keyword; as a name it needs quotes."
        )
    if len(words) > 1:
        yield Change(_replace_all(text, words, keywords), "Keywords used as names need quotes.")


def literal_in_double_quotes(problem: Problem) -> Iterator[Change]:
    """``country = "Norway"``: a text in double quotes is a name in DuckDB; here it is no name but a value."""
    if not problem.is_about("column", "column-of-table"):
        return
    name = problem.names["name"]
    text, changed = [], 0
    last = 0
    before: Token | None = None
    for token in tokens(problem.sql):
        if token.kind == "quoted" and token.name == name and (before is None or before.text != "."):
            if before is not None and before.lower in ("as",):
                continue
            text.append(problem.sql[last : token.start] + quote_text(name))
            last = token.end
            changed += 1
        before = token
    if changed:
        yield Change("".join(text) + problem.sql[last:], f'"{name}" is no column; as a text it takes single quotes.')


def quote_alias(problem: Problem) -> Iterator[Change]:
    """``AS price (USD)``: an output name with blanks or signs needs quotes."""
    if not problem.is_about("parser"):
        return

    def change(match: re.Match[str]) -> str:
        name = match[2].strip()
        return match.group() if is_plain(name) or not name else match[1] + quote_identifier(name)

    text = _ALIAS.sub(change, problem.sql)
    if text != problem.sql:
        yield Change(text, "Such an output name needs double quotes.")


def _statements(sql: str) -> list[str]:
    pieces, start = [], 0
    for token in tokens(sql):
        if token.text == ";":
            pieces.append(sql[start : token.start].strip())
            start = token.end
    return [piece for piece in (*pieces, sql[start:].strip()) if piece]


def _outside_strings(sql: str, pattern: re.Pattern[str], replacement: str | None = None) -> str:
    """Quote what `pattern` matches, where it does not begin inside a literal, a quoted name or a comment."""
    guarded = [(t.start, t.end) for t in tokens(sql, spaces=True) if t.kind in ("text", "quoted", "comment")]

    def change(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in guarded):
            return match.group()
        return replacement if replacement is not None else quote_identifier(match[1].strip())

    return pattern.sub(change, sql)


def _replace_all(text: str, words: list[Token], names: dict[str, str]) -> str:
    for token in reversed(words):
        text = text[: token.start] + quote_identifier(names[token.lower]) + text[token.end :]
    return text
