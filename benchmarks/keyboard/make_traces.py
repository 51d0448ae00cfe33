"""Makes typing traces from scripts: every character with the millisecond at which it is typed.

The gaps are log-normal with a median of 150 ms and a spread of 0.45, longer at word ends: a practised typist of about 55
words a minute (Dhakal et al. 2018, "Observations on Typing from 136 Million Keystrokes", report a mean gap of 238 ms over all
and 120 ms for fast typists). `⏸900` in a script is a pause of 900 ms: somebody thinks, or reads what is suggested.

    python -m benchmarks.keyboard.make_traces
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MEDIAN_MS, SPREAD, WORD_END = 150, 0.45, 1.3


def trace(name: str, script: str) -> dict[str, Any]:
    """One script as a trace. The editor indents by itself after Enter, so the white space of a line's beginning is no key."""
    head, _, rest = script.partition("--- ")
    options = dict(line.split(": ", 1) for line in head.strip().splitlines())
    parts: dict[str, str] = {}
    for chunk in re.split(r"^--- ", "--- " + rest, flags=re.MULTILINE)[1:]:
        title, _, text = chunk.partition("\n")
        parts[title.strip()] = text[:-1]
    chance = random.Random(int(options["seed"]))
    keys: list[tuple[int, str]] = []
    now, last = 0.0, ""
    text = re.sub(r"\n⏸(\d+)( +)", r"\n\2⏸\1", parts["text"])
    indent = re.match(r" *", text)
    assert indent is not None
    for pause, character in re.findall(r"(?:⏸(\d+))?(\n *|.|\Z)", text[indent.end() :]):
        gap = chance.lognormvariate(0, SPREAD) * MEDIAN_MS * (WORD_END if last in " \n(" else 1)
        now += max(40.0, gap) + int(pause or 0)
        if character:
            keys.append((round(now), character))
            last = character
    return {
        "name": name,
        "after_cell": int(options["after"]),
        "closes_brackets": options.get("closes") == "yes",
        "prefix": parts.get("before", "") + indent.group(),
        "suffix": parts.get("below", ""),
        "keys": keys,
        "ends_ms": round(now) + 400,
    }


def main() -> None:
    for script in sorted((HERE / "scripts").glob("*.txt")):
        made = trace(script.stem, script.read_text(encoding="utf8"))
        target = HERE / "traces" / f"{script.stem}.json"
        lines = ",\n  ".join(json.dumps(key, ensure_ascii=False) for key in made.pop("keys"))
        body = json.dumps(made, ensure_ascii=False, indent=1)[:-2]
        target.write_text(f'{body},\n "keys": [\n  {lines}\n ]\n}}\n', encoding="utf8")
        print(f"{target.name}: {lines.count(chr(10)) + 1} keys in {made['ends_ms'] / 1000:.0f} s")


if __name__ == "__main__":
    main()
