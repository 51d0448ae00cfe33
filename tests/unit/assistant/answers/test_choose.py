from __future__ import annotations

import asyncio
import time

import pytest
from scripted_answers import PROMPT, SCHEMA, ScriptedAnswers

from jupyter_qwen.assistant.answers.allowance import Allowance
from jupyter_qwen.assistant.answers.choose import ChosenQuery, choose
from jupyter_qwen.assistant.answers.examine import examine
from jupyter_qwen.assistant.answers.votes import Candidate, Strategy
from jupyter_qwen.assistant.events import Event, Phase, RepairMade
from jupyter_qwen.prompt.model import Message, Part, Prompt
from jupyter_qwen.schema.model import PrivacyLevel, Schema


def ask(
    first: str,
    engine: ScriptedAnswers,
    *,
    schema: Schema = SCHEMA,
    seconds: float = 20.0,
    strategy: Strategy | None = None,
    other: Prompt | None = None,
) -> tuple[ChosenQuery, list[Event]]:
    events: list[Event] = []

    async def with_example() -> Prompt | None:
        return other

    async def keep(event: Event) -> None:
        events.append(event)

    choice = asyncio.run(
        choose(
            PROMPT, first, engine=engine, schema=schema, allowance=Allowance(seconds), on_event=keep, other=with_example,
            strategy=strategy or Strategy(),
        )
    )  # fmt: skip
    return choice, events


def test_an_answer_that_runs_costs_no_second_one_where_no_example_fits() -> None:
    engine = ScriptedAnswers()

    choice, events = ask("SELECT name FROM cities ORDER BY people DESC LIMIT 1", engine)

    assert choice.proof.verdict == "bound"
    assert engine.requests == []
    assert events == [Phase("proof")]


def test_an_empty_result_asks_for_more_and_the_agreed_rows_win() -> None:
    engine = ScriptedAnswers(
        "SELECT max(people) FROM cities",
        "SELECT people FROM cities WHERE name = 'Rome'",
        "SELECT people FROM cities ORDER BY people DESC LIMIT 1",
    )

    choice, events = ask("SELECT people FROM cities WHERE people < 0", engine)

    assert choice.sql == "SELECT max(people) FROM cities"
    assert len(engine.requests) == 2
    assert "2 of 3 answers" in choice.reason
    assert Phase("choice") in events


def test_an_answer_that_leaves_a_demand_unmet_yields_to_those_that_meet_it() -> None:
    prompt = Prompt(
        "…", messages=(Message("user", "…"),), parts=(Part("question", "How many trams per city and line?"),)
    )
    right = "SELECT city_id, line, count(*) FROM trams GROUP BY city_id, line"
    engine = ScriptedAnswers(right, right)

    async def ignore(event: Event) -> None: ...

    choice = asyncio.run(
        choose(
            prompt, "SELECT count(*) FROM trams", engine=engine, schema=SCHEMA, allowance=Allowance(20), on_event=ignore
        )
    )

    assert choice.sql == right
    assert choice.candidates[0].unmet


SHAPED = Prompt("… example", messages=(Message("user", "Example. Question: which?"),), prefill="```sql\n")


def test_a_doubtful_answer_is_asked_for_once_more_with_an_example_and_the_better_one_wins() -> None:
    engine = ScriptedAnswers("SELECT max(people) FROM cities")

    choice, events = ask("SELECT people FROM cities WHERE people < 0", engine, other=SHAPED)

    assert (choice.sql, choice.origin) == ("SELECT max(people) FROM cities", "shaped")
    assert [(request.prompt, request.temperature) for request in engine.requests] == [(SHAPED.text, 0.0)]
    assert Phase("choice") in events


def test_a_certain_answer_is_compared_with_the_other_way_and_not_outvoted() -> None:
    engine = ScriptedAnswers("SELECT max(people) FROM cities")

    choice, _ = ask("SELECT people FROM cities", engine, other=SHAPED)

    assert (choice.sql, choice.origin) == ("SELECT people FROM cities", "plain")
    assert [request.prompt for request in engine.requests] == [SHAPED.text]
    assert len(choice.candidates) == 2


def test_a_certain_answer_is_told_before_anything_is_compared_with_it() -> None:
    engine = ScriptedAnswers("SELECT max(people) FROM cities")
    asked_when_told: list[int] = []

    async def other() -> Prompt | None:
        return SHAPED

    async def settled(candidate: Candidate) -> None:
        asked_when_told.append(len(engine.requests))

    async def ignore(event: Event) -> None: ...

    def work(first: str) -> ChosenQuery:
        return asyncio.run(
            choose(
                PROMPT, first, engine=engine, schema=SCHEMA, allowance=Allowance(20), on_event=ignore, other=other,
                settled=settled,
            )
        )  # fmt: skip

    assert work("SELECT people FROM cities").origin == "plain"
    assert asked_when_told == [0]
    engine.answers = ["SELECT max(people) FROM cities"]
    assert work("SELECT people FROM cities WHERE people < 0").origin == "shaped"
    assert asked_when_told == [0], "a doubtful answer may yet lose"


def test_a_certain_answer_of_an_untried_query_is_not_compared() -> None:
    engine = ScriptedAnswers("SELECT max(people) FROM cities")

    ask("SELECT people FROM cities", engine, schema=SCHEMA.at_privacy("types"), other=SHAPED)

    assert engine.requests == []


def test_an_answer_with_names_copied_from_the_example_is_dropped() -> None:
    engine = ScriptedAnswers("SELECT xyzzy FROM plugh", *["SELECT line FROM trams WHERE line < 0"] * 4)

    choice, _ = ask("SELECT people FROM cities WHERE people < 0", engine, other=SHAPED)

    assert choice.sql == "SELECT people FROM cities WHERE people < 0" or choice.origin == "sample"
    assert [candidate.origin for candidate in choice.candidates][:2] == ["plain", "shaped"]


def test_reading_the_example_is_paid_from_the_allowance() -> None:
    long = Prompt("… " + "example " * 60, messages=SHAPED.messages, prefill=SHAPED.prefill)
    engine = ScriptedAnswers(*["SELECT 1"] * 6)

    ask("SELECT people FROM cities WHERE people < 0", engine, seconds=3, other=long)

    assert engine.requests[0].max_new_tokens == 90 - len("example " * 60) // 3 // 3 - 1


def test_samples_are_drawn_with_different_seeds_and_a_temperature() -> None:
    engine = ScriptedAnswers("SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4")

    ask("SELECT nothing FROM nowhere", engine)

    assert len({request.seed for request in engine.requests}) == len(engine.requests) == 4
    assert {request.temperature for request in engine.requests} == {0.8}


def test_a_mechanical_repair_is_told_and_keeps_the_text_before() -> None:
    choice, events = ask("SELECT t.name FROM trams AS t", ScriptedAnswers())

    assert choice.proof.verdict == "bound"
    (repair,) = [event for event in events if isinstance(event, RepairMade)]
    assert repair.round == 0
    assert repair.before == "SELECT t.name FROM trams AS t"
    assert repair.after == choice.sql


def test_when_nothing_binds_the_model_is_shown_duckdbs_words() -> None:
    engine = ScriptedAnswers("SELECT xyzzy FROM plugh", "SELECT count(*) FROM trams")

    choice, events = ask("SELECT xyzzy FROM plugh", engine, strategy=Strategy(samples=1))

    assert choice.sql == "SELECT count(*) FROM trams"
    assert "plugh" in engine.requests[-1].messages[-1].content
    assert [event.round for event in events if isinstance(event, RepairMade)] == [1]
    assert choice.proof.repairs[-1].before == "SELECT xyzzy FROM plugh"


def test_repairs_tell_the_models_rounds_from_mechanical_ones_and_each_begins_where_the_last_one_ended() -> None:
    failing = "SELECT CAST(name AS INTEGER) + 1 AS n FROM cities WHERE error(name) IS NULL"
    engine = ScriptedAnswers("SELECT xyzzy FROM plugh", failing, "SELECT t.name FROM trams AS t")

    choice, events = ask("SELECT xyzzy FROM plugh", engine, strategy=Strategy(samples=1))

    repairs = choice.proof.repairs
    assert [repair.round for repair in repairs] == [1, 2, 0]
    assert repairs[0].before == "SELECT xyzzy FROM plugh"
    assert repairs[0].after == repairs[1].before == failing
    assert repairs[1].after == repairs[2].before == "SELECT t.name FROM trams AS t"
    assert repairs[2].after == choice.sql
    assert [event.round for event in events if isinstance(event, RepairMade)] == [1, 2, 0]


def test_a_repair_that_repeats_the_query_ends_the_rounds() -> None:
    engine = ScriptedAnswers("SELECT xyzzy FROM plugh", "SELECT xyzzy FROM plugh")

    choice, _ = ask("SELECT xyzzy FROM plugh", engine, strategy=Strategy(samples=1))

    assert choice.proof.verdict == "rejected"
    assert len(engine.requests) == 2


@pytest.mark.parametrize("delay_seconds", [0.0, 0.25])
def test_a_slow_machine_gives_the_same_answer_as_a_fast_one(delay_seconds: float) -> None:
    longer = "SELECT people FROM cities WHERE name = 'Rome' AND people > 0 ORDER BY people DESC LIMIT 1"
    engine = ScriptedAnswers("SELECT line FROM trams", longer, longer, delay_seconds=delay_seconds)

    choice, _ = ask("SELECT people FROM cities WHERE people < 0", engine, seconds=0.6)  # 18 tokens

    assert choice.sql == "SELECT line FROM trams"
    assert [request.max_new_tokens for request in engine.requests] == [18, 11]
    assert len(choice.candidates) == 2


def test_an_engine_that_stands_still_is_left_after_a_while_and_its_stream_closed() -> None:
    engine = ScriptedAnswers(*["SELECT 1"] * 9, delay_seconds=30.0)
    started = time.monotonic()

    choice, _ = ask("SELECT xyzzy FROM plugh", engine, seconds=0.1)

    assert time.monotonic() - started < 5
    assert choice.proof.verdict == "rejected"
    assert engine.closed == len(engine.requests) == 1


def test_without_time_the_first_answer_is_proved_all_the_same() -> None:
    engine = ScriptedAnswers()

    choice, _ = ask("SELECT xyzzy FROM plugh", engine, seconds=0.0)

    assert choice.proof.verdict == "rejected"
    assert engine.requests == []


@pytest.mark.parametrize("privacy", ["names", "types", "values"])
def test_nothing_runs_below_the_privacy_level_samples(privacy: PrivacyLevel) -> None:
    schema = SCHEMA.at_privacy(privacy)

    assert examine("SELECT people FROM cities WHERE people < 0", schema).outcome == "untried"


def test_names_in_backticks_are_put_into_duckdbs_own_quotes() -> None:
    candidate = examine("SELECT `c`.`name` FROM `cities` AS c WHERE name <> '`'", SCHEMA)

    assert candidate.sql == """SELECT "c"."name" FROM "cities" AS c WHERE name <> '`'"""
    assert candidate.outcome == "rows"
    assert [repair.name for repair in candidate.proof.repairs] == ["foreign-quotes"]


def test_a_write_is_never_tried() -> None:
    candidate = examine("DELETE FROM cities", SCHEMA)

    assert candidate.outcome == "untried"
    assert candidate.proof.needs_consent


def test_a_literal_in_another_case_is_respelled_when_the_result_is_empty() -> None:
    candidate = examine("SELECT people FROM cities WHERE name = 'ROME'", SCHEMA)

    assert candidate.outcome == "rows"
    assert "'Rome'" in candidate.sql
    assert [repair.name for repair in candidate.proof.repairs] == ["same-value"]


def test_a_text_joined_with_a_number_is_seen_to_fail_on_rows() -> None:
    assert examine("SELECT line FROM trams JOIN cities ON trams.city_id = cities.name", SCHEMA).outcome in (
        "failed",
        "rows",
    )
