"""The script of the scripted engine: rules that say what to answer to which prompt, and how badly to behave."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TOKEN = re.compile(r"<\|[a-z_]+\|>|\w+|\s+|[^\w\s]")
_LAST_USER = re.compile(r"<\|im_start\|>user\n(.*?)(?:<\|im_end\|>|<\|im_start\|>|\Z)", re.DOTALL)


@dataclass(frozen=True)
class ScriptedError:
    """The HTTP error that a rule answers with."""

    status: int
    message: str


@dataclass
class Rule:
    """One rule; times in milliseconds. `once` rules are used up by their first hit. `logprob` is that of every token."""

    match: re.Pattern[str]
    replies: tuple[str, ...]
    delay_per_token_ms: float = 0.0
    prefill_ms_per_token: float = 0.0
    crash_after_tokens: int | None = None
    error: ScriptedError | None = None
    once: bool = False
    logprob: float = -0.1
    used: bool = False

    def sample(self, index: int, prompt: str) -> str:
        """The text of sample `index`; a rule without a reply repeats the last question."""
        if self.replies:
            return self.replies[index % len(self.replies)]
        asked = _LAST_USER.findall(prompt)
        return f"You asked: {(asked[-1] if asked else prompt[-200:]).strip()}"


def tokens_of(text: str) -> list[str]:
    """Tokens as this engine counts them; joined they are the text again."""
    return _TOKEN.findall(text)


def load_rules(script: str | list[dict[str, Any]] | None) -> list[Rule]:
    """Rules from a JSON file or a list. Raises OSError or ValueError; the message names the rule that is off."""
    if script is None:
        return []
    data = json.loads(Path(script).read_text(encoding="utf-8")) if isinstance(script, str) else script
    if not isinstance(data, list):
        raise ValueError("a script is a list of rules")
    return [_rule(item, number) for number, item in enumerate(data)]


def rule_for(rules: list[Rule], prompt: str) -> Rule:
    """The first rule that hits and is not used up, else the one that repeats the question."""
    for rule in rules:
        if not (rule.once and rule.used) and rule.match.search(prompt):
            rule.used = True
            return rule
    return Rule(re.compile(""), ())


def _rule(item: Any, number: int) -> Rule:
    if not isinstance(item, dict):
        raise ValueError(f"rule {number} is not an object")
    unknown = set(item) - {
        "match", "reply", "delay_per_token_ms", "prefill_ms_per_token", "crash_after_tokens", "error", "once",
        "logprob",
    }  # fmt: skip
    if unknown:
        raise ValueError(f"rule {number} has unknown fields: {', '.join(sorted(unknown))}")
    reply, error = item.get("reply"), item.get("error")
    replies = () if reply is None else (reply,) if isinstance(reply, str) else tuple(reply)
    return Rule(
        match=re.compile(item.get("match", ""), re.DOTALL),
        replies=replies,
        delay_per_token_ms=float(item.get("delay_per_token_ms") or 0),
        prefill_ms_per_token=float(item.get("prefill_ms_per_token") or 0),
        crash_after_tokens=item.get("crash_after_tokens"),
        error=ScriptedError(int(error.get("status", 500)), str(error.get("message", ""))) if error else None,
        once=bool(item.get("once")),
        logprob=float(item.get("logprob", -0.1)),
    )
