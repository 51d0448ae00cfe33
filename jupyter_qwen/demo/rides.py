"""Builds the CSV files of the demo for people of pandas: a bicycle hire in an invented town, 2024, from a fixed seed.

They hold what exports hold: a handful of rides twice, distances that are missing, a date written as text, names with blanks.
"""

from __future__ import annotations

import csv
import datetime
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

SEED = 20240407
RIDES = 8_000
FIRST_DAY = datetime.date(2024, 1, 1)
DAYS = 366

_STATIONS = {
    "Harbour": ("Old Port", "Fish Market", "Lighthouse", "Ferry Pier"),
    "Centre": ("Town Hall", "Central Station", "Opera", "Library"),
    "Hill": ("Castle", "Vineyard", "Observatory"),
    "Campus": ("Main Gate", "Sports Hall", "Dormitories"),
}
_HOURS = (7, 8, 8, 9, 12, 13, 16, 17, 17, 18, 20)
_BIKES = ("city", "cargo", "electric")
_BIKE_WEIGHTS = (60, 10, 30)


def build_rides(folder: Path) -> None:
    """Write stations.csv, bikes.csv, rides.csv and weather.csv. Files that exist are left alone."""
    rng = random.Random(SEED)
    stations = [
        (number, name, district, rng.randrange(12, 40))
        for number, (name, district) in enumerate(
            ((name, district) for district, names in _STATIONS.items() for name in names), 1
        )
    ]
    bikes = [(number, rng.choices(_BIKES, _BIKE_WEIGHTS)[0], rng.randrange(2019, 2025)) for number in range(1, 181)]
    weather = list(_weather(rng))
    rides = list(_rides(rng, len(stations), len(bikes), {day: rain for day, _, rain in weather}))
    rides += rng.sample(rides, 12)  # exported twice
    _write(folder / "stations.csv", ("station_id", "station_name", "district", "docks"), stations)
    _write(folder / "bikes.csv", ("bike_id", "bike_type", "build_year"), bikes)
    _write(
        folder / "rides.csv",
        (
            "ride_id",
            "bike_id",
            "start_station_id",
            "end_station_id",
            "started_at",
            "minutes",
            "distance_km",
            "rider_type",
        ),
        rides,
    )
    _write(
        folder / "weather.csv",
        ("date", "max temperature", "rain mm"),
        ((day.strftime("%d.%m.%Y"), warmest, rain) for day, warmest, rain in weather),
    )


def _weather(rng: random.Random) -> Iterator[tuple[datetime.date, float, float]]:
    for number in range(DAYS):
        day = FIRST_DAY + datetime.timedelta(days=number)
        warmest = 22 - abs(number - 200) / 9 + rng.uniform(-5, 5)
        yield day, round(warmest, 1), round(rng.expovariate(0.25), 1) if rng.random() < 0.35 else 0.0


def _rides(
    rng: random.Random, stations: int, bikes: int, rain: dict[datetime.date, float]
) -> Iterator[tuple[int, int, int, int, str, int, float | str, str]]:
    for number in range(1, RIDES + 1):
        day = FIRST_DAY + datetime.timedelta(days=rng.randrange(DAYS))
        while rng.random() < (0.5 if rain[day] > 0 else 0.0) + abs(day.month - 7) * 0.07:
            day = FIRST_DAY + datetime.timedelta(days=rng.randrange(DAYS))
        start = datetime.datetime.combine(day, datetime.time(rng.choice(_HOURS), rng.randrange(60)))
        minutes = int(rng.lognormvariate(2.7, 0.6)) + 2
        distance = round(minutes * rng.uniform(0.12, 0.24), 2) if rng.random() < 0.97 else ""
        places = 1 + int(stations * rng.betavariate(1.2, 1.6)), rng.randrange(1, stations + 1)
        rider = rng.choices(("member", "visitor"), (70, 30))[0]
        yield number, rng.randrange(1, bikes + 1), *places, start.isoformat(" "), minutes, distance, rider


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    if path.exists():
        return
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    part.replace(path)
