"""The form of a knowledge file: Markdown that a person writes without thinking of it, and edits that leave the rest alone.

    ## Terms
    - **revenue**: quantity times unit price, without returns

    ## Questions
    ### Which customers have not ordered since May?
    ```sql
    SELECT …
    ```

A term is a list item that begins in bold; a pair is a heading with a fence of SQL below it. Everything else is prose and
means nothing here. What looks like an entry and is none becomes a `LineProblem` with its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_qwen.knowledge.model import Knowledge, LineProblem, Term, VerifiedPair, normalised

MOST_BYTES = 65_536
MOST_ENTRIES = 200
LONGEST_NAME, LONGEST_MEANING, LONGEST_SQL = 200, 500, 8_000

_TERM = re.compile(r"\s{0,3}[-*+]\s+\*\*(?P<name>[^*]+?)\s*(?::\*\*|\*\*\s*[:=—–-])\s*(?P<meaning>.*?)\s*")
_BOLD_ITEM = re.compile(r"\s{0,3}[-*+]\s+\*\*")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(?P<text>.*?)\s*#*\s*")
_FENCE = re.compile(r"\s{0,3}(?P<mark>`{3,}|~{3,})\s*(?P<language>[\w+-]*).*")
_SQL = frozenset({"sql", "duckdb"})


class EntryError(ValueError):
    """An entry cannot be written in the file's form; the message says why, in a sentence for the user."""


@dataclass(frozen=True)
class _Entry:
    """A term or pair and its lines in the file, `first` to `end` without the latter, counted from 0."""

    value: Term | VerifiedPair
    first: int
    end: int


def parse(text: str) -> Knowledge:
    """What a file says. Never fails: problems come with the lines that have them."""
    entries, problems = _read(text.splitlines())
    terms = [entry.value for entry in entries if isinstance(entry.value, Term)]
    pairs = [entry.value for entry in entries if isinstance(entry.value, VerifiedPair)]
    for found, what in ((terms, "terms"), (pairs, "questions")):
        if len(found) > MOST_ENTRIES:
            line = found[MOST_ENTRIES].line
            problems.append(LineProblem(line, f"only the first {MOST_ENTRIES} {what} are used; the others begin here"))
    return Knowledge(tuple(terms[:MOST_ENTRIES]), tuple(pairs[:MOST_ENTRIES]), tuple(problems))


def with_term(text: str, name: str, meaning: str) -> str:
    """`text` with the term, in the place of one of that name. Raises EntryError."""
    name, meaning = _one_line(name).rstrip(": "), _one_line(meaning)
    if not name or not meaning or "*" in name:
        raise EntryError("A term needs a name without asterisks and a meaning.")
    if len(name) > LONGEST_NAME or len(meaning) > LONGEST_MEANING:
        raise EntryError(f"A term has at most {LONGEST_NAME} characters, its meaning {LONGEST_MEANING}.")
    return _placed(text, Term(name, meaning), [f"- **{name}**: {meaning}"])


def with_pair(text: str, question: str, sql: str) -> str:
    """`text` with the verified pair, in the place of one with the same question. Raises EntryError."""
    question, sql = _one_line(question).lstrip("#").strip(), sql.strip()
    if not normalised(question) or not sql:
        raise EntryError("A verified question needs words and a query.")
    if len(question) > LONGEST_NAME * 5 or len(sql) > LONGEST_SQL:
        raise EntryError(f"A question has at most {LONGEST_NAME * 5} characters, its query {LONGEST_SQL:,}.")
    if any(_FENCE.fullmatch(line) for line in sql.splitlines()):
        raise EntryError("The query holds a line of ``` or ~~~, which would end its fence in the file.")
    return _placed(text, VerifiedPair(question, sql), [f"### {question}", "", "```sql", *sql.splitlines(), "```"])


def without(text: str, kind: type[Term] | type[VerifiedPair], name: str) -> str:
    """`text` without the entries of that name or question. Raises EntryError when there is none."""
    lines = text.splitlines()
    found = [e for e in _read(lines)[0] if isinstance(e.value, kind) and _key(e.value) == normalised(name)]
    if not found:
        raise EntryError(f"Nothing is known under {name!r}.")
    for entry in reversed(found):
        end = entry.end
        if isinstance(entry.value, VerifiedPair):
            while end < len(lines) and not lines[end].strip():
                end += 1
        del lines[entry.first : end]
    return _joined(text, lines)


def _read(lines: Sequence[str]) -> tuple[list[_Entry], list[LineProblem]]:
    entries: list[_Entry] = []
    problems: list[LineProblem] = []
    heading: tuple[int, str] | None = None
    number = 0
    while number < len(lines):
        line = lines[number]
        fence = _FENCE.fullmatch(line)
        if fence is not None:
            end = _end_of_fence(lines, number, fence["mark"])
            if end is None:
                problems.append(LineProblem(number + 1, f"the fence {fence['mark']} is not closed"))
                break
            if fence["language"].casefold() in _SQL:
                _take_pair(entries, problems, heading, lines, number, end)
                heading = None
            number = end + 1
            continue
        title = _HEADING.fullmatch(line)
        term = _TERM.fullmatch(line)
        if title is not None:
            heading = (number, title["text"])
        elif term is not None and term["meaning"]:
            meaning = term["meaning"][:LONGEST_MEANING]
            entries.append(
                _Entry(Term(term["name"].strip()[:LONGEST_NAME], meaning, line=number + 1), number, number + 1)
            )
        elif _BOLD_ITEM.match(line):
            problems.append(LineProblem(number + 1, "a term is written as `- **name**: meaning`"))
        number += 1
    return entries, problems


def _take_pair(
    entries: list[_Entry],
    problems: list[LineProblem],
    heading: tuple[int, str] | None,
    lines: Sequence[str],
    opened: int,
    closed: int,
) -> None:
    sql = "\n".join(lines[opened + 1 : closed]).strip()
    if heading is None or not normalised(heading[1]):
        problems.append(LineProblem(opened + 1, "this query has no question: put a heading above it"))
    elif not sql:
        problems.append(LineProblem(opened + 1, "this fence holds no query"))
    elif len(sql) > LONGEST_SQL:
        problems.append(LineProblem(opened + 1, f"this query has more than {LONGEST_SQL:,} characters"))
    else:
        first, question = heading
        entries.append(_Entry(VerifiedPair(question, sql, line=first + 1), first, closed + 1))


def _end_of_fence(lines: Sequence[str], opened: int, mark: str) -> int | None:
    for number in range(opened + 1, len(lines)):
        bare = lines[number].strip()
        if len(bare) >= len(mark) and set(bare) == {mark[0]}:
            return number
    return None


def _placed(text: str, value: Term | VerifiedPair, written: list[str]) -> str:
    lines = text.splitlines()
    entries = [entry for entry in _read(lines)[0] if type(entry.value) is type(value)]
    same = next((entry for entry in entries if _key(entry.value) == _key(value)), None)
    if same is not None:
        lines[same.first : same.end] = written
    elif entries:
        after = entries[-1].end
        lines[after:after] = written if isinstance(value, Term) else ["", *written]
    else:
        title = "## Terms" if isinstance(value, Term) else "## Questions"
        lines += [*([""] if lines and lines[-1].strip() else []), title, "", *written]
    return _joined(text, lines)


def _key(value: Term | VerifiedPair) -> str:
    return normalised(value.name if isinstance(value, Term) else value.question)


def _joined(text: str, lines: Sequence[str]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    return newline.join(lines) + (newline if lines else "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
