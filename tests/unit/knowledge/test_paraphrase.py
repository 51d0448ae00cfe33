"""Two questions are one where a verified query answers both; what is nearly the same is another question."""

from __future__ import annotations

import pytest

from jupyter_qwen.knowledge.model import Knowledge, VerifiedPair
from jupyter_qwen.knowledge.paraphrase import says_the_same

QUERIES = {
    "How many rides started in each district?": (
        "SELECT s.district, count(r.ride_id) FROM stations s LEFT JOIN rides r ON r.from_station = s.station_id GROUP BY 1"
    ),
    "What share of rides was given a discount in each month?": (
        "SELECT date_trunc('month', began), avg((discount > 0)::INT) FROM rides GROUP BY 1"
    ),
    "Which rider took the longest ride of each month?": (
        "SELECT date_trunc('month', r.began), p.name FROM rides r JOIN riders p ON p.rider_id = r.rider_id"
        " QUALIFY row_number() OVER (PARTITION BY 1 ORDER BY r.ended - r.began DESC) = 1"
    ),
    "How many riders rode on a weekend?": "SELECT count(DISTINCT rider_id) FROM rides WHERE isodow(began) >= 6",
    "What did riders pay in total by city, largest first?": (
        "SELECT p.city, sum(r.fee) AS paid FROM riders p JOIN rides r ON r.rider_id = p.rider_id GROUP BY 1 ORDER BY 2 DESC"
    ),
    "Which stations did rides leave from but never arrive at?": (
        "SELECT title FROM stations WHERE id IN (SELECT from_station FROM rides) AND id NOT IN (SELECT to_station FROM rides)"
    ),
    "Which bikes have not been ridden since February?": (
        "SELECT bike_id FROM bikes WHERE bike_id NOT IN (SELECT bike_id FROM rides WHERE began >= '2024-03-01')"
    ),
    "How many days passed between joining and the first ride of each rider?": (
        "SELECT p.name, date_diff('day', p.joined, min(r.began)) FROM riders p JOIN rides r USING (rider_id) GROUP BY ALL"
    ),
    "Riders with more rides in 2023 than in 2024": "SELECT rider_id FROM rides GROUP BY 1 HAVING count(*) > 1",
}
STARTED, SHARE, LONGEST, WEEKEND, PAID, NEVER, SINCE, DAYS, MORE = QUERIES


@pytest.mark.parametrize(
    ("taught", "asked"),
    [
        (STARTED, "Number of rides starting per district"),
        (STARTED, "For each district, how many rides started there?"),
        (SHARE, "Per month, what percentage of the rides were discounted?"),
        (SHARE, "Monthly share of rides with a discount"),
        (LONGEST, "For each month, who had the longest ride?"),
        (PAID, "Total paid per city, most first"),
        (PAID, "By city, what was paid in total by the riders?"),
        (SINCE, "Bikes without a ride since February"),
        (DAYS, "For every rider, days between joining and the first ride"),
        (MORE, "Show the riders with more rides in 2023 than in 2024"),
    ],
)
def test_the_same_in_other_words_is_the_same_question(taught: str, asked: str) -> None:
    assert says_the_same(taught, asked, QUERIES[taught])


@pytest.mark.parametrize(
    ("taught", "asked"),
    [
        (STARTED, "How many rides ended in each district?"),
        (STARTED, "How many stations are in each district?"),
        (STARTED, "How many rides started in each month?"),
        (STARTED, "How many rides started?"),
        (STARTED, "How many rides started in each district in 2023?"),
        (SHARE, "What share of rides was given a discount in each city?"),
        (SHARE, "How many rides were given a discount in each month?"),
        (LONGEST, "Which rider took the shortest ride of each month?"),
        (LONGEST, "Which rider took the longest ride of each year?"),
        (LONGEST, "Which bike took the longest ride of each month?"),
        (LONGEST, "Which rider took the longest ride?"),
        (WEEKEND, "How many riders rode on a Monday?"),
        (WEEKEND, "How many rides were there on a weekend?"),
        (PAID, "What did riders pay in total by plan, largest first?"),
        (PAID, "What did riders pay on average by city, largest first?"),
        (PAID, "What did riders pay in total by city, smallest first?"),
        (NEVER, "Which stations did rides arrive at but never leave from?"),
        (NEVER, "Which stations did rides leave from and arrive at?"),
        (SINCE, "Which bikes have been ridden since February?"),
        (SINCE, "Which bikes have not been ridden since March?"),
        (DAYS, "How many days passed between joining and the last ride of each rider?"),
        (MORE, "Riders with more rides in 2024 than in 2023"),
        (MORE, ""),
    ],
)
def test_a_question_that_is_nearly_the_same_is_another_one(taught: str, asked: str) -> None:
    assert not says_the_same(taught, asked, QUERIES[taught])


def test_where_two_verified_queries_would_do_the_model_is_asked() -> None:
    first = VerifiedPair("How many rides per month?", "SELECT month(began), count(*) FROM rides GROUP BY 1")
    second = VerifiedPair(
        "Number of rides by month", "SELECT date_trunc('month', began), count(*) FROM rides GROUP BY 1"
    )

    assert Knowledge(pairs=(first,)).asked_otherwise("rides each month, how many?") is first
    assert Knowledge(pairs=(first, second)).asked_otherwise("rides each month, how many?") is None
