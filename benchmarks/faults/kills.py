"""The engine killed in the middle of an answer, again and again: a sentence at once, the next answer soon, nothing lost.

    python -m benchmarks.faults.kills [--count 200]
    python -m benchmarks.faults.kills --engine llama --count 5 [--model NAME]

One engine behind the assistant, as a Jupyter server runs it: the scripted one, or a sample with real weights that are on disk.
Each round asks, kills the engine's process once words are out, and asks again. Exits with 1 when a promise was not kept: the
sentence within 1 s of the kill, the next answer within 10 s (its first word, where a model writes it), and in the conversation's
file both questions, what was said before the kill, and the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import tempfile
import time
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from jupyter_qwen.assistant.ask import ask
from jupyter_qwen.assistant.engines import SupervisedEngines
from jupyter_qwen.assistant.events import AnswerFinished, TextDelta
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import Services
from jupyter_qwen.assistant.threads import ThreadStore
from jupyter_qwen.engine.base import EngineUnavailable
from jupyter_qwen.engine.config import EngineConfig, EngineName

SENTENCE_SECONDS = 1.0
ANSWER_SECONDS = 10.0
WORDS_BEFORE = 3
RULES = [
    {"match": r"five words\W*im_end\W*im_start\W*assistant\s*$", "reply": "hello"},
    {"match": "", "reply": "one two three four five six seven eight nine ten " * 9, "delay_per_token_ms": 5},
]


@dataclass(frozen=True)
class Round:
    """Seconds from the kill to the sentence, from the next question to its first word and its end; what was wrong, if any."""

    sentence: float
    first_word: float
    answer: float
    wrong: str = ""


async def killed(services: Services, engines: SupervisedEngines, thread: str) -> Round:
    """One round on a conversation of its own."""
    told, died, wrong = "", 0.0, "the answer came to its end"
    try:
        async with aclosing(ask(Question("Tell a long story.", mode="chat", thread=thread), services)) as events:  # type: ignore[type-var]
            async for event in events:
                told += event.text if isinstance(event, TextDelta) else ""
                running = engines.supervisor.running
                if len(told.split()) >= WORDS_BEFORE and not died and running is not None and running.child is not None:
                    os.kill(running.child.pid, signal.SIGKILL)
                    died = time.monotonic()
    except EngineUnavailable as error:
        wrong = "" if "killed" in str(error) else str(error)
    sentence = time.monotonic() - died
    first, whole, answer = await answered(services, thread)
    turns = await asyncio.to_thread(services.threads.turns, thread)
    if [turn.state for turn in turns] != ["failed", "done"] or turns[0].markdown != told or turns[1].markdown != answer:
        wrong = wrong or f"the conversation holds {[(turn.state, turn.markdown[:40]) for turn in turns]}"
    if not answer.strip():
        wrong = wrong or "the next answer is empty"
    # how long a model writes is no matter of the kill
    late = whole if engines.supervisor.config.engine == "scripted" else first
    if sentence > SENTENCE_SECONDS or late > ANSWER_SECONDS:
        wrong = wrong or f"{sentence:.2f} s to the sentence, {late:.2f} s to the answer"
    return Round(sentence, first, whole, wrong)


async def answered(services: Services, thread: str) -> tuple[float, float, str]:
    """Seconds to the first word and to the end of the next answer, and the answer."""
    began, first, text = time.monotonic(), 0.0, ""
    question = Question("Say hello. Answer anything in five words.", mode="chat", thread=thread)
    async with aclosing(ask(question, services)) as events:  # type: ignore[type-var]
        async for event in events:
            first = first or (time.monotonic() - began if isinstance(event, TextDelta) else 0.0)
            text = event.markdown if isinstance(event, AnswerFinished) else text
    whole = time.monotonic() - began
    return first or whole, whole, text


async def rounds(count: int, folder: Path, engine: EngineName, model: str | None) -> list[Round]:
    script = folder / "script.json"
    script.write_text(json.dumps(RULES))
    config = EngineConfig(engine=engine, model=model, script=script, log_folder=folder)
    engines = SupervisedEngines(config)
    services = Services(engines, ThreadStore(folder / "threads"))
    try:
        return [await killed(services, engines, f"{number}.ipynb") for number in range(count)]
    finally:
        await services.aclose()
        await engines.aclose()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="kills")
    parser.add_argument("--engine", choices=["scripted", "llama", "transformers"], default="scripted")
    parser.add_argument("--model", help="a name from `jupyter qwen model list`; default: the default model")
    chosen = parser.parse_args()
    count = chosen.count
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(rounds(count, Path(folder), chosen.engine, chosen.model))
    for name, values in (
        ("kill to sentence", sorted(row.sentence for row in found)),
        ("next answer's first word", sorted(row.first_word for row in found)),
        ("next answer", sorted(row.answer for row in found)),
    ):
        print(f"{name}: median {values[len(values) // 2]:.3f} s, longest {values[-1]:.3f} s")
    wrong = [f"round {number}: {row.wrong}" for number, row in enumerate(found) if row.wrong]
    print(f"{count} kills, {count - len(wrong)} as promised", *wrong[:10], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
