"""Snapshots are plain files that read like prose; UPDATE_PROMPTS=1 writes them anew, and the diff is reviewed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_qwen.schema.model import Column, Connection, ForeignKey, Schema, Table

FOLDER = Path(__file__).parent / "snapshots"


@pytest.fixture
def snapshot_text() -> Callable[[str, str], None]:
    """Compares a text with the file of that name."""

    def compare(name: str, text: str) -> None:
        path = FOLDER / name
        if os.environ.get("UPDATE_PROMPTS") == "1":
            path.write_text(text, encoding="utf8")
        assert path.exists(), f"{path.name} is missing: run with UPDATE_PROMPTS=1 and read it"
        assert text == path.read_text(encoding="utf8")

    return compare


def count_words(text: str) -> int:
    """A tokenizer for tests: a token is about three characters."""
    return (len(text) + 2) // 3


@pytest.fixture
def count() -> Callable[[str], int]:
    return count_words


@pytest.fixture
def cinema() -> Schema:
    """Three joined tables with values, keys, comments and a sample row each."""
    return Schema(
        tables=(
            Table(
                ("cinemas",),
                "table",
                (Column("id", "INTEGER"), Column("town", "VARCHAR", values=("Porto", "Gent"), values_complete=True)),
                connection="con",
                primary_key=("id",),
                row_count=2,
                rows=((1, "Porto"), (2, "Gent")),
                rows_complete=True,
            ),
            Table(
                ("films",),
                "table",
                (
                    Column("id", "INTEGER"),
                    Column("title", "VARCHAR", values=("The Long Night", "Océan")),
                    Column("year", "INTEGER", comment="year of release"),
                ),
                connection="con",
                primary_key=("id",),
                comment="every film ever shown",
            ),
            Table(
                ("shows",),
                "table",
                (Column("cinema_id", "INTEGER"), Column("film_id", "INTEGER"), Column("starts", "TIMESTAMP")),
                connection="con",
                foreign_keys=(
                    ForeignKey(("cinema_id",), "cinemas", ("id",)),
                    ForeignKey(("film_id",), "films", ("id",)),
                ),
            ),
        ),
        connections=(Connection("con", is_default=False),),
    )
