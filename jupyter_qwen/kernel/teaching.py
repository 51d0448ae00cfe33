"""``%qwen teach``: what the assistant should know about these data, kept in plain files by the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from .showing.terminal import say

if TYPE_CHECKING:
    from .asking import Asking

_HOW = "%qwen teach [--user] NAME: MEANING | last | forget NAME"


def teach(asking: Asking, rest: str) -> None:
    """what it should know: %qwen teach [--user] NAME: MEANING | last | forget NAME; alone it lists what is known"""
    words = rest.split()
    scope = "user" if "--user" in words else "project"
    said = " ".join(word for word in words if word != "--user")
    client = asking.client()
    thread = asking.thread()
    if not said:
        _print(client.get("knowledge", thread=thread))
    elif said == "last":
        _print_kept(client.post("knowledge", {"scope": scope, "thread": thread, "pair": _last(asking)}), scope)
    elif said.startswith("forget "):
        _forget(asking, said.removeprefix("forget ").strip(), scope)
    else:
        name, colon, meaning = said.partition(":")
        if not colon or not name.strip() or not meaning.strip():
            raise UsageError(f"{_HOW}, for example: %qwen teach revenue: quantity times unit price, without returns")
        term = {"name": name.strip(), "meaning": meaning.strip()}
        _print_kept(client.post("knowledge", {"scope": scope, "thread": thread, "term": term}), scope)


def _last(asking: Asking) -> dict[str, str]:
    """The last question of this notebook that was answered with a query, and that query."""
    turns = asking.client().get("thread", id=asking.thread()).get("turns", [])
    for turn in reversed(turns):
        if turn.get("sql"):
            return {"question": str(turn.get("question", "")), "sql": str(turn["sql"])}
    raise UsageError("%qwen teach last: no question of this notebook has been answered with a query yet")


def _forget(asking: Asking, name: str, scope: str) -> None:
    known = asking.client().get("knowledge", thread=asking.thread())
    wanted = _folded(name)
    for kind, key, entries in (("term", "name", known.get("terms", [])), ("pair", "question", known.get("pairs", []))):
        for entry in entries:
            if entry.get("scope") == scope and _folded(str(entry.get(key, ""))) == wanted:
                asking.client().delete(
                    "knowledge", thread=asking.thread(), scope=scope, kind=kind, name=str(entry[key])
                )
                say(f"Forgotten: {entry[key]}")
                return
    raise UsageError(f"%qwen teach: nothing is known under {name!r} in the {scope}'s file; %qwen teach lists what is")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _print_kept(known: dict[str, Any], scope: str) -> None:
    place = next((str(file["path"]) for file in known.get("files", []) if file.get("scope") == scope), "")
    say(f"Kept in {place}: {len(known.get('terms', []))} terms and {len(known.get('pairs', []))} questions are known.")


def _print(known: dict[str, Any]) -> None:
    terms, pairs = known.get("terms", []), known.get("pairs", [])
    if not terms and not pairs:
        say(f"Nothing has been taught yet. {_HOW}")
    for term in terms:
        say(f"{term.get('name')}: {term.get('meaning')}  ({term.get('scope')})")
    for pair in pairs:
        say(f"── {pair.get('question')}  ({pair.get('scope')})\n{pair.get('sql')}")
    places = {file.get("scope"): file.get("path") for file in known.get("files", [])}
    for problem in known.get("problems", []):
        where = f"{places.get(problem.get('scope'))}, line {problem.get('line')}: " if problem.get("line") else ""
        say(f"note: {where}{problem.get('message')}")
