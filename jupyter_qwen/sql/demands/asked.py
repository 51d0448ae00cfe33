"""What a question asks for in so many words, and what in the tree of a query answers it.

Each demand looks for its counterpart anywhere in the tree, in any of the forms that DuckDB has for it, so that only a query
without any of them is doubted. On the gold queries of the packs (which are right) the demands must stay silent: see
docs/explanation/sql.md, "Demands". Words are English; a question in another language makes no demand and loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sqlglot import exp

from jupyter_qwen.schema.words import identifier_stems
from jupyter_qwen.sql.tree import conjuncts

Demand = Callable[[str, exp.Expr], "str | None"]

_QUOTED = re.compile(r"(?<!\w)(?:'([^'\n]{1,60})'|\"([^\"\n]{1,60})\"|“([^”\n]{1,60})”|‘([^’\n]{1,60})’)(?!\w)")
_NUMBER = re.compile(r"(?<![\w.,/:-])(\d+(?:,\d{3})*(?:\.\d+)?)(?![\w/:-]|[.,]\d)")
_SMALL = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_COUNTED = re.compile(
    rf"\b(?:top|first|last|best|worst|highest|lowest|largest|smallest|longest|shortest|cheapest|the)\s+({'|'.join(_SMALL)})\b"
    rf"|\b({'|'.join(_SMALL)})\s+(?:most|least|best|worst|highest|lowest|largest|smallest|longest|shortest|cheapest|oldest"
    r"|youngest|newest|biggest|busiest)\b",
    re.IGNORECASE,
)
_RANGE_OF_THE_ANSWER = re.compile(
    r"\bbetween 0 and (?:1|100)\b|\b(?:rounded )?to \w+ decimals?\b|\b0-1\b", re.IGNORECASE
)
_SUPERLATIVE = re.compile(
    r"\b(?:most (?!of\b|common to\b)\w+|highest|largest|biggest|longest|oldest|newest|latest|earliest|cheapest|lowest|smallest"
    r"|shortest|youngest|fewest|least (?!one\b|\d|a\b)\w+|top \w+|best[- ]selling|busiest|fastest|slowest|maximum|minimum)\b",
    re.IGNORECASE,
)
_AT_MOST = re.compile(r"\bat (?:least|most)\b|\bmost recent(?:ly)?\b", re.IGNORECASE)
EACH = re.compile(
    r"\b(?:per|(?:for|in|of) (?:each|every)|by each)\s+(?!cent\b|capita\b|unit\b|hour\b|minute\b|second\b)\w+",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"\b(?:never|without (?:any|a|an)\b|no \w+ at all"
    r"|(?:have|has|had|do|does|did|were|was|are|is)(?: not|n't) (?:any\b|\w+ed\b))",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:percent(?:age)?s?|shares? of|proportions?|fractions? of|ratios?|what share)\b", re.IGNORECASE
)
_MEDIAN = re.compile(r"\bmedians?\b", re.IGNORECASE)
_MEAN = re.compile(r"\b(?:averages?|mean)\b(?! (?:that|by))", re.IGNORECASE)
_RUNNING = re.compile(r"\b(?:running (?:total|sum|count)|cumulative|moving average|rolling)\b", re.IGNORECASE)
_RANKED = re.compile(r"\branks?\b", re.IGNORECASE)
_RETURNED = re.compile(
    r"(?:^|[.?!]\s+)(?:return|show|give|include|report)\s+(?:me\s+)?(?:only\s+)?(?P<list>[^.?!;:()]+?)\s*(?:[.?!;(]|$)",
    re.IGNORECASE,
)
_HOW_TO_SHOW = re.compile(
    r"\b(?:first|last|order|ordered|sort|sorted|ignoring|excluding|rounded|if)\Z|\A(?:ordered|sorted|ignoring|excluding|rounded|in)\b|\border\b",
    re.IGNORECASE,
)
_MORE_THAN_A_NAME = re.compile(
    r"\b(?:with|for|whose|that|who|which|per|along|all|every|full|each|as well)\b", re.IGNORECASE
)


def unmet(question: str, tree: exp.Expr) -> Iterator[str]:
    """The demands of `question` that nothing in `tree` answers, as words."""
    for demand in _DEMANDS:
        said = demand(question, tree)
        if said is not None:
            yield said


def _numbers(question: str, tree: exp.Expr) -> str | None:
    """Each number of the question stands in the query: as a literal, in a text such as a date, or as a LIMIT."""
    text = _RANGE_OF_THE_ANSWER.sub(" ", _QUOTED.sub(" ", question))
    asked = {found[1].replace(",", "") for found in _NUMBER.finditer(text)}
    asked |= {str(_SMALL[(found[1] or found[2]).lower()]) for found in _COUNTED.finditer(text)}
    said = " ".join(node.name for node in tree.find_all(exp.Literal)) + " " + " ".join(_numeric_names(tree))
    numbers = set(re.findall(r"\d+(?:\.\d+)?", said))
    plain = {_plain(number) for number in numbers} | {_plain(str(float(n) - 1)) for n in numbers}  # > 4 is at least 5
    plain |= {_plain(str(float(n) + 1)) for n in numbers} | {_plain(str(float(n) * 100)) for n in numbers}
    missing = sorted(n for n in asked if _plain(n) not in plain and n not in said)
    return f"{missing[0]} of the question is nowhere in the query" if missing else None


def _numeric_names(tree: exp.Expr) -> Iterator[str]:
    """Names that hold digits: a number of the question may be part of a column's name."""
    for node in tree.find_all(exp.Identifier):
        if any(letter.isdigit() for letter in node.name):
            yield node.name


def _plain(number: str) -> str:
    return f"{float(number):g}"


def _quoted_values(question: str, tree: exp.Expr) -> str | None:
    """Each text in quotes occurs in a literal or a name, whatever its case."""
    said = [node.name.casefold() for node in tree.find_all(exp.Literal, exp.Identifier, exp.JSONPathKey)]
    said += [str(node.this).casefold() for node in tree.find_all(exp.JSONPathKey)]
    for found in _QUOTED.finditer(question):
        if found[0][1:2] == "<":  # a placeholder of an explanation
            continue
        value = next(group for group in found.groups() if group is not None).strip(" .,%").casefold()
        if value and not any(value in text or (len(text) > 2 and text.strip("%") in value) for text in said):
            return f"'{value}' of the question is nowhere in the query"
    return None


def _superlative(question: str, tree: exp.Expr) -> str | None:
    """The most, the latest, the cheapest: an order, an extreme, a rank."""
    found = _SUPERLATIVE.search(_AT_MOST.sub(" ", question))
    if found is None or tree.find(*_EXTREMES) is not None or tree.find(exp.Order) is not None:
        return None
    if any(node.name.casefold() in ("arg_max", "arg_min", "max_by", "min_by") for node in tree.find_all(exp.Anonymous)):
        return None
    if _named(tree, found[0].split()[0]):
        return None
    return f"nothing looks for the {found[0]}"


def limit_beside_each(question: str, tree: exp.Expr) -> str | None:
    """One for each of many: a LIMIT on the whole result cuts that off."""
    found = EACH.search(question)
    limit = tree.args.get("limit")
    if found is None or not isinstance(limit, exp.Limit) or not isinstance(limit.expression, exp.Literal):
        return None
    kept = limit.expression.name
    if kept in re.findall(r"\d+", question) or any(_SMALL.get(word.lower()) == int(kept) for word in question.split()):
        before = question[: found.start()]
        return f"LIMIT {kept} for all where {found[0]} is asked for" if _COUNTED.search(before) else None
    if kept == "1" and re.match(
        r"\s*(?:which|what|who|find the|in which)\b[^?.]{0,60}\b(?:most|highest|largest|lowest)\b[^?.]*\bper\b",
        question,
        re.I,
    ):
        return None  # "which city has the highest income per capita": one row is asked for
    return f"LIMIT {kept} where a row {found[0]} is asked for"


def unasked_limit(question: str, tree: exp.Expr) -> str | None:
    """A LIMIT needs a superlative, a number, or a word such as "first"."""
    limit = tree.args.get("limit")
    if not isinstance(limit, exp.Limit) or not isinstance(limit.expression, exp.Literal):
        return None
    if limit.expression.name in re.findall(r"\d+", question) or _SUPERLATIVE.search(question):
        return None
    if re.search(
        rf"\b(?:most|least|first|last|top|best|worst|maximum|minimum|recent|\w{{3,}}est|one|any|some|few|preview|look|example|sample|{'|'.join(_SMALL)})\b",
        question,
        re.I,
    ):
        return None
    return f"LIMIT {limit.expression.name} that nobody asked for"


def _never(question: str, tree: exp.Expr) -> str | None:
    """Never, without any: something in the query denies."""
    found = _NEVER.search(question)
    if found is None or tree.find(exp.Not, exp.Except, exp.NEQ) is not None:
        return None
    if tree.find(exp.Is) is not None or any(
        join.kind == "ANTI" or join.side == "ANTI" for join in tree.find_all(exp.Join)
    ):
        return None
    if any(node.name in ("0", "1") for node in tree.find_all(exp.Literal)) or tree.find(exp.Boolean) is not None:
        return None
    return f"nothing says {found[0]!r}"


def _share(question: str, tree: exp.Expr) -> str | None:
    """A share is a division, or the mean of a condition, or a column that holds it."""
    found = _SHARE.search(question)
    if (
        found is None
        or tree.find(exp.Div, exp.IntDiv, exp.SafeDivide) is not None
        or _named(tree, "percent", "pct", "share", "ratio", "rate", "proportion", "fraction")
    ):
        return None
    for mean in tree.find_all(exp.Avg):
        if mean.find(exp.Case, exp.If, exp.Predicate, exp.Cast) is not None:
            return None
    return f"nothing is divided where {found[0]!r} is asked for"


def _share_of_itself(question: str, tree: exp.Expr) -> str | None:
    found = shares_of_themselves(question, tree)
    return "the share's own condition stands in WHERE, so the share is always 1" if found else None


def shares_of_themselves(question: str, tree: exp.Expr) -> list[tuple[exp.Select, list[exp.Expr]]]:
    """SELECTs like `count(*) FILTER (WHERE c) / count(*) … WHERE c`, which give 1 always, with the parts of WHERE to blame."""
    if _SHARE.search(question) is None:
        return []
    found: list[tuple[exp.Select, list[exp.Expr]]] = []
    for select in tree.find_all(exp.Select):
        where = select.args.get("where")
        if where is None:
            continue
        shared = {
            _folded(condition)
            for item in select.expressions
            for node in item.find_all(exp.If, exp.Filter)
            if isinstance(condition := node.this if isinstance(node, exp.If) else node.expression.this, exp.Expr)
        }
        parts = conjuncts(where.this)
        blamed = [part for part in parts if _folded(part) in shared]
        if blamed:
            found.append((select, blamed))
    return found


def _folded(node: exp.Expr) -> str:
    """A condition as text in which aliases and brackets say nothing."""
    bare = node.copy().unnest()
    for column in bare.find_all(exp.Column):
        column.set("table", None)
    return str(bare.sql(dialect="duckdb")).casefold()


def _median(question: str, tree: exp.Expr) -> str | None:
    if (
        not _MEDIAN.search(question)
        or tree.find(exp.Median, exp.PercentileCont, exp.PercentileDisc, exp.Quantile) is not None
    ):
        return None
    return None if _named(tree, "median") or "quantile" in str(tree.sql()).casefold() else "no median is taken"


def _mean(question: str, tree: exp.Expr) -> str | None:
    if not _MEAN.search(question) or tree.find(exp.Avg, exp.Div, exp.Median) is not None:
        return None
    return None if _named(tree, "avg", "average", "mean") else "no average is taken"


def _running(question: str, tree: exp.Expr) -> str | None:
    found = _RUNNING.search(question)
    if found is None or tree.find(exp.Window) is not None or _self_joined(tree):
        return None
    return f"nothing makes it {found[0]!r}"


def _ranked(question: str, tree: exp.Expr) -> str | None:
    if not _RANKED.search(question) or tree.find(exp.Window, exp.Order) is not None or _named(tree, "rank"):
        return None
    return "nothing ranks"


def _columns(question: str, tree: exp.Expr) -> str | None:
    """A list of what to return has as many entries as the result has columns."""
    found = _RETURNED.search(question)
    if found is None or not isinstance(tree, exp.Select) or _MORE_THAN_A_NAME.search(found["list"]):
        return None
    if any(
        isinstance(item, exp.Star) or (item.find(exp.Star) is not None and item.find(exp.AggFunc) is None)
        for item in tree.expressions
    ):
        return None
    listed = [
        part
        for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", found["list"].strip())
        if part.strip() and not _HOW_TO_SHOW.search(part)
    ]
    if len(listed) == len(tree.expressions) or not listed or (len(listed) < 2 and len(tree.expressions) < 3):
        return None
    return f"{len(tree.expressions)} columns where {len(listed)} are asked for"


def _sum_of_ids(question: str, tree: exp.Expr) -> str | None:
    """An id is a name in figures: it can be counted, and never added up."""
    for total in tree.find_all(exp.Sum, exp.Avg):
        if isinstance(total.this, exp.Column) and identifier_stems(total.this.name)[-1:] == ("id",):
            return f"{total.this.name} is added up"
    return None


def _named(tree: exp.Expr, *parts: str) -> bool:
    """Whether a column that is read has one of `parts` in its name: then the data holds what is asked for."""
    return any(part.casefold() in column.name.casefold() for column in tree.find_all(exp.Column) for part in parts)


def _self_joined(tree: exp.Expr) -> bool:
    names = [table.name.casefold() for table in tree.find_all(exp.Table)]
    return len(names) != len(set(names))


_EXTREMES = (exp.Max, exp.Min, exp.ArgMax, exp.ArgMin, exp.Window)
_DEMANDS: tuple[Demand, ...] = (
    _numbers, _quoted_values, _superlative, limit_beside_each, unasked_limit, _never, _share, _share_of_itself, _median,
    _mean, _running, _ranked, _columns, _sum_of_ids,
)  # fmt: skip
