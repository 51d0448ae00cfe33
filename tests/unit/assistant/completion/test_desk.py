"""Requests meet memory, a running generation, or a new one; never two at once for one document."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_qwen.assistant.completion.complete import complete
from jupyter_qwen.assistant.completion.preparation import AHEAD_AFTER_SECONDS
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.engine.base import EngineUnavailable, GenerationRequest
from jupyter_qwen.schema.model import Column, Schema, Table

HEALED = "otal = price * count"


def healed(text: str):
    """An answer that begins with what the grammar forces."""

    def answer(request: GenerationRequest) -> str:
        forced = request.grammar.split('"', 2)[1] if request.grammar else ""
        return forced + text

    return answer


async def test_texts_are_cumulative_and_the_last_is_done(bench) -> None:
    events = await bench(healed("price * count")).events("total = ")

    assert [e.done for e in events] == [False] * (len(events) - 1) + [True]
    assert events[-1].text == "price * count"
    assert all(events[-1].text.startswith(e.text) for e in events)


async def test_the_forced_beginning_of_a_word_is_not_shown(bench) -> None:
    desk = bench(healed("al = 1"))

    event = await desk.last("tot")

    assert event.text == "al = 1"
    assert desk.engine.requests[0].grammar == 'root ::= "tot" [^\\x00]*'


@pytest.mark.parametrize(
    ("written", "first", "then", "rest"),
    [
        pytest.param("price * count", "total = ", ("total = ",), "price * count", id="the same place"),
        pytest.param("price * count", "total = ", ("total = pri",), "ce * count", id="typing along"),
        pytest.param("sum(values) / n", "mean = ", ("mean = sum(", ")"), "values", id="a bracket the editor closed"),
    ],
)
async def test_what_was_written_is_answered_from_memory(bench, written, first, then, rest) -> None:
    desk = bench(healed(written))

    await desk.last(first)
    event = await desk.last(*then)

    assert (event.text, event.reason) == (rest, "cache")
    assert len(desk.engine.requests) == 1


async def test_another_document_does_not_share_memory(bench) -> None:
    desk = bench(healed("price * count"))

    await desk.last("total = ")
    assert (await desk.last("total = ", thread="b.ipynb")).reason == "line"
    assert len(desk.engine.requests) == 2


async def test_a_running_generation_serves_the_request_that_agrees_with_it(bench) -> None:
    desk = bench(healed("price * count"))

    desk.engine.gate = asyncio.Semaphore(0)
    first = complete(CompletionQuestion("total = ", "", thread="a"), desk.services)
    pending = asyncio.ensure_future(first.__anext__())
    for _ in range(2):
        desk.engine.gate.release()
    await pending
    await first.aclose()
    rest = asyncio.ensure_future(desk.last("total = pr", thread="a"))
    for _ in range(20):
        desk.engine.gate.release()
    event = await rest

    assert event.text == "ice * count"
    assert len(desk.engine.requests) == 1
    assert desk.engine.cancelled == 0


async def test_the_superseded_generation_is_cancelled_in_the_engine(bench) -> None:
    desk = bench(healed("price * count"))

    desk.engine.gate = asyncio.Semaphore(2)
    old = asyncio.ensure_future(desk.last("total = ", thread="a"))
    await desk.until(lambda: desk.engine.requests)
    for _ in range(10):
        await asyncio.sleep(0)
    desk.engine.gate = None
    new = await desk.last("other = ", thread="a")
    stale = await old

    assert (stale.text, stale.reason) == ("", "superseded")
    assert new.reason == "line"
    assert desk.engine.cancelled == 1


async def test_a_generation_that_nobody_waits_for_ends(bench) -> None:
    desk = bench(healed("price * count"))

    desk.engine.gate = asyncio.Semaphore(2)
    stream = complete(CompletionQuestion("total = ", "", thread="a"), desk.services)
    await stream.__anext__()
    await stream.aclose()
    await desk.until(lambda: desk.engine.cancelled)

    assert desk.engine.cancelled == 1


async def test_a_line_is_enough_in_the_middle_of_code(bench) -> None:
    desk = bench(healed("1\ny = 2\nz = 3\n" + "w = 4\n" * 50))

    event = await desk.last("x = ", "\nprint(x)")

    assert (event.text, event.reason) == ("1", "line")
    assert desk.engine.cancelled == 1


async def test_the_next_suggestion_is_there_when_this_one_is_accepted(bench) -> None:
    def answer(request: GenerationRequest) -> str:
        forced = request.grammar.split('"', 2)[1] if request.grammar else ""
        return forced + (
            "\ny = x + 1\n" if "x = 1" in request.prompt + forced + "1" and "x = 1" in request.prompt else "1"
        )

    desk = bench(answer, ahead=True)

    await desk.last("x = ")
    await desk.until(lambda: len(desk.services.completion.memory) == 2)
    event = await desk.last("x = 1\n")

    assert (event.text, event.reason) == ("y = x + 1", "cache")


async def test_warming_processes_the_prompt_and_makes_no_text(bench) -> None:
    desk = bench(healed("1"))

    event = await desk.last("x = ", warm=True)

    assert (event.text, event.reason) == ("", "warm")
    assert [r.max_new_tokens for r in desk.engine.requests] == [0]
    assert desk.engine.requests[0].lane == "completion"


async def test_nothing_is_suggested_in_a_password(bench) -> None:
    desk = bench(healed("hunter2"))

    event = await desk.last('connect(password="', '")')

    assert (event.text, event.reason) == ("", "secret")
    assert desk.engine.requests == []


async def test_nothing_is_prepared_in_a_password_either(bench) -> None:
    desk = bench(healed('password="'), ahead=True)

    await desk.last('connect(password="', '")', warm=True)
    await desk.last("connect(")
    await asyncio.sleep(AHEAD_AFTER_SECONDS + 0.1)

    assert len(desk.engine.requests) == 1


async def test_typing_appends_to_the_prompt_also_across_lines_and_with_brackets_closed_by_the_editor(bench) -> None:
    desk = bench(healed("nothing_that_agrees"))
    typed = "mean = sum(values) / len(values)\nspread = max(values)"

    for end in range(1, len(typed)):
        open_bracket = typed[:end].count("(") > typed[:end].count(")")
        await desk.last("values = [1]\n" + typed[:end], (")" if open_bracket else "") + "\nprint(mean)\n")

    prompts = [r.prompt for r in desk.engine.requests]
    longest = prompts[-1]
    assert all(longest.startswith(prompt) for prompt in prompts)


async def test_every_answer_carries_advice(bench) -> None:
    event = await bench(healed("1")).last("x = ")

    assert event.advice is not None
    assert 75 <= event.advice.debounce_ms <= 250


async def test_an_error_of_the_engine_reaches_its_request_and_the_next_one_begins_anew(bench) -> None:
    answers = iter([EngineUnavailable("The engine was killed."), "1"])

    def answer(request: GenerationRequest) -> str:
        following = next(answers)
        if isinstance(following, Exception):
            raise following
        return " " + following

    desk = bench(answer)

    with pytest.raises(EngineUnavailable):
        await desk.last("x = ")
    assert (await desk.last("x = ")).text == "1"


async def test_a_request_ends_warming(bench) -> None:
    desk = bench(healed("1"))

    desk.engine.gate = asyncio.Semaphore(0)
    warming = asyncio.ensure_future(desk.last("x = ", warm=True))
    await desk.until(lambda: desk.engine.requests)
    desk.engine.gate = None
    asked = await desk.last("x = ")
    warm = await warming

    assert (warm.reason, warm.usage) == ("warm", None)
    assert asked.text == "1"
    assert desk.engine.cancelled == 1


async def test_a_quiet_desk_answers_only_what_was_asked_by_key(bench) -> None:
    desk = bench(healed("1"))
    for _ in range(8):
        desk.services.completion.pace.showed(9.0)

    by_itself, by_key = await desk.last("x = "), await desk.last("x = ", by_key=True)

    assert (by_itself.text, by_itself.reason) == ("", "slow")
    assert by_itself.advice.quiet
    assert by_key.text == "1"


async def test_a_model_that_is_not_ready_is_not_waited_for(bench) -> None:
    desk = bench(healed("1"))
    desk.services.engines._status = {"state": "downloading"}

    event = await desk.last("x = ")

    assert (event.text, event.done, event.reason) == ("", True, "downloading")


async def test_columns_of_a_frame_are_forced_by_grammar(bench) -> None:
    schema = Schema((Table(("trips",), "dataframe", (Column("price"), Column("city"))),))
    desk = bench('["price"')

    event = await desk.last('x = trips["', '"]', schema=schema)

    assert desk.engine.requests[0].grammar == r'root ::= ("[\"price\"" | "[\"city\"") [^\x00]*'
    assert event.text == "price"


async def test_what_comes_to_nothing_by_key_is_tried_in_the_usual_order(bench) -> None:
    def answer(request: GenerationRequest) -> str:
        usual = request.prompt.endswith("<|fim_middle|>")
        return "1" if usual else request.grammar.split('"', 2)[1]

    desk = bench(answer)

    by_itself, by_key = await desk.last("x = ", "\nprint(x)"), await desk.last("y = ", "\nprint(y)", by_key=True)

    assert by_itself.text == ""
    assert by_key.text == "1"


async def test_a_remembered_line_is_not_all_of_a_block(bench) -> None:
    desk = bench(healed("1\ny = 2"))

    by_itself, by_key = await desk.last("x = "), await desk.last("x = ", by_key=True)

    assert by_itself.text == "1"
    assert by_key.text == "1\ny = 2"


async def test_below_a_comment_code_is_asked_for(bench) -> None:
    desk = bench("df.plot()")

    await desk.last("# plot it\n", by_key=True)
    await desk.last("if x:\n    # plot it\n    ", by_key=True)
    await desk.last("# plot it", by_key=True)

    grammars = [request.grammar for request in desk.engine.requests]
    assert grammars[:2] == [r"root ::= [^#\n-] [^\x00]*", r'root ::= "    " [^#\n-] [^\x00]*']
    assert "[^#" not in grammars[2]


async def test_a_stub_is_never_shown_and_the_text_goes_on_plainly_instead(bench) -> None:
    def answer(request: GenerationRequest) -> str:
        return "    # Your code here\n    pass" if "<|fim_prefix|>" in request.prompt else "    return 2 * x"

    desk = bench(answer)

    first = await desk.last('def double(x):\n    """Twice x."""\n', by_key=True)
    again = await desk.last('def double(x):\n    """Twice x."""\n', by_key=True)

    assert first.text == "    return 2 * x"
    assert again.text == "    return 2 * x", "the stub is not what is remembered"
