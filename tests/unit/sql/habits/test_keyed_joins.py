from __future__ import annotations

import pytest

from jupyter_qwen.assistant.answers.examine import examine
from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table
from jupyter_qwen.sql.habits.bound import changed
from jupyter_qwen.sql.habits.joins.by_keys import join_by_keys


def table(name: str, columns: str, *keys: ForeignKey, key: str = "id") -> Table:
    listed = tuple(Column(c, "INTEGER" if c == "id" or c.endswith("_id") else "VARCHAR") for c in columns.split())
    return Table((name,), "table", listed, connection="con", primary_key=(key,), foreign_keys=keys)


SCHEMA = Schema(
    (
        table("fleet", "id admiral"),
        table("vessel", "id fleet_id title", ForeignKey(("fleet_id",), "fleet", ("id",))),
        table("sailor", "id vessel_id rank", ForeignKey(("vessel_id",), "vessel", ("id",))),
        table("medal", "id vessel_id name", ForeignKey(("vessel_id",), "vessel", ("id",))),
    ),
    privacy="types",
)


def test_a_condition_on_a_column_that_is_not_there_becomes_the_key() -> None:
    sql = "SELECT v.title FROM vessel AS v JOIN sailor AS s ON v.sailor_id = s.id"

    assert changed(join_by_keys, sql, "", SCHEMA) == (
        "SELECT v.title FROM vessel AS v JOIN sailor AS s ON v.id = s.vessel_id",
        "vessel and sailor are joined by sailor.vessel_id.",
    )


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SELECT f.admiral FROM fleet AS f JOIN sailor AS s ON f.id = s.vessel_id",
            "SELECT f.admiral FROM fleet AS f JOIN vessel ON vessel.fleet_id = f.id JOIN sailor AS s ON s.vessel_id = vessel.id",
        ),
        (
            "SELECT f.admiral FROM sailor AS s JOIN fleet AS f ON s.vessel_id = f.id",
            "SELECT f.admiral FROM sailor AS s JOIN vessel ON s.vessel_id = vessel.id JOIN fleet AS f ON vessel.fleet_id = f.id",
        ),
    ],
)
def test_a_key_that_points_elsewhere_leads_over_the_table_it_points_at(sql: str, expected: str) -> None:
    found = changed(join_by_keys, sql, "", SCHEMA)

    assert found is not None
    assert found[0] == expected
    candidate = examine(sql, SCHEMA, question="Which admirals have sailors?")
    assert candidate.sql == expected
    assert [repair.name for repair in candidate.proof.repairs] == ["join-by-key"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT v.title FROM vessel AS v JOIN sailor AS s ON s.vessel_id = v.id",
        "SELECT s.rank FROM sailor AS s JOIN medal AS m ON s.vessel_id = m.vessel_id",  # both point at the same table
        "SELECT s.rank FROM sailor AS s JOIN sailor AS t ON s.vessel_id = t.id",
        "SELECT s.rank FROM sailor AS s JOIN vessel AS v ON s.rank = v.title",
        "SELECT 1 FROM nowhere JOIN vessel ON a = b",
    ],
)
def test_other_joins_stay(sql: str) -> None:
    assert changed(join_by_keys, sql, "", SCHEMA) is None


def test_keys_of_two_different_things_are_replaced_by_the_way_over_the_keys() -> None:
    rooms = Table(
        ("room",), "table", (Column("room_id", "INTEGER"), Column("floor", "INTEGER")), primary_key=("room_id",)
    )
    shelf = Table(
        ("shelf",), "table", (Column("shelf_id", "INTEGER"), Column("room_id", "INTEGER")), primary_key=("shelf_id",),
        foreign_keys=(ForeignKey(("room_id",), "room", ("room_id",)),),
    )  # fmt: skip
    book = Table(
        ("book",), "table", (Column("book_id", "INTEGER"), Column("shelf_id", "INTEGER"), Column("pages", "INTEGER")),
        primary_key=("book_id",), foreign_keys=(ForeignKey(("shelf_id",), "shelf", ("shelf_id",)),),
    )  # fmt: skip
    sql = "SELECT r.floor, SUM(b.pages) FROM room AS r JOIN book AS b ON r.room_id = b.book_id GROUP BY r.floor"

    found = changed(join_by_keys, sql, "", Schema((rooms, shelf, book)))

    assert found is not None
    assert found[0] == (
        "SELECT r.floor, SUM(b.pages) FROM room AS r JOIN shelf ON r.room_id = shelf.room_id "
        "JOIN book AS b ON shelf.shelf_id = b.shelf_id GROUP BY r.floor"
    )
    assert "two different things" in found[1]
