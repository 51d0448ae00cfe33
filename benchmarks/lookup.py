"""How many passes guesses from the prompt save, on answers that a model gave: nothing is computed, the guesses are replayed.

    python -m benchmarks.lookup FOLDER PACK PREDICTIONS.jsonl

FOLDER is a model's (its tokenizer is used), PREDICTIONS comes from `jupyter qwen eval sql --out`. Guesses change no token, so the
passes can be counted from the text. What a pass with guesses costs beside one without is a line of benchmarks/decoder.py.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from jupyter_qwen.engine.children.decoder.lookup import MOST, Lookup, bolder
from jupyter_qwen.engine.children.decoder.weights import load_tokenizer
from jupyter_qwen.evaluate.sql_pack import SqlPack


def passes(prompt: list[int], answer: list[int], most: int | None) -> tuple[int, int]:
    """Passes that decode `answer` with up to `most` guesses in each, and their rows; ``None`` is the engine's own rule."""
    lookup, at, count, rows, bold = Lookup(), 0, 0, 0, 1
    lookup.extend(prompt)
    while at < len(answer):
        guesses = lookup.draft(bold if most is None else most)
        right = 0
        while right < len(guesses) and at + right < len(answer) and guesses[right] == answer[at + right]:
            right += 1
        step = answer[at : at + right + 1]
        lookup.extend(step)
        at, count, rows = at + len(step), count + 1, rows + max(2, 1 + len(guesses))
        if guesses:
            bold = bolder(bold, right == len(guesses))
    return count, rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pack", type=Path)
    parser.add_argument("predictions", type=Path)
    options = parser.parse_args()
    words = load_tokenizer(options.folder)
    pack = SqlPack(options.pack)
    answers = {row["id"]: row["sql"] for row in map(json.loads, options.predictions.read_text().splitlines())}
    pairs = []
    for case in pack.cases:
        if answers.get(case.id):
            prompt = f"{pack.ddl(case.database)}\n\n{case.question}\n```sql\n"
            pairs.append(
                [words(text, add_special_tokens=False)["input_ids"] for text in (prompt, answers[case.id] + "\n```")]
            )
    tokens = sum(len(answer) for _, answer in pairs)
    for most in (0, 1, 3, MOST, None):
        found = [passes(prompt, answer, most) for prompt, answer in pairs]
        steps, rows = (sum(column) for column in zip(*found, strict=True))
        rule = "the engine's rule" if most is None else f"up to {most} guesses"
        print(f"{len(pairs)} answers, {rule}: {tokens / steps:.2f} tokens and {rows / steps:.1f} rows a pass")


if __name__ == "__main__":
    main()
