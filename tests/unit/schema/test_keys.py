from __future__ import annotations

from jupyter_qwen.schema.keys import edges_from, with_inferred_keys
from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table


def frame(name: str, columns: dict[str, str], rows: list[tuple[object, ...]], *, complete: bool = True) -> Table:
    return Table(
        (name,), "dataframe", tuple(Column(c, t) for c, t in columns.items()),
        row_count=len(rows), rows=tuple(rows), rows_complete=complete,
    )  # fmt: skip


PORTS = frame("ports", {"code": "VARCHAR", "town": "VARCHAR"}, [("OPO", "Porto"), ("ANR", "Antwerp")])


def keys(*tables: Table) -> dict[str, tuple[ForeignKey, ...]]:
    return {table.name: table.foreign_keys for table in with_inferred_keys(tables)}


def test_a_column_named_after_a_table_points_at_its_key() -> None:
    ships = frame(
        "ships", {"name": "VARCHAR", "home_port": "VARCHAR"}, [("Ana", "OPO"), ("Bea", "ANR"), ("Cat", "OPO")]
    )

    assert keys(PORTS, ships)["ships"] == (ForeignKey(("home_port",), "ports", ("code",)),)


def test_values_that_are_not_among_the_keys_speak_against_it() -> None:
    ships = frame("ships", {"name": "VARCHAR", "home_port": "VARCHAR"}, [("Ana", "red"), ("Bea", "green")])

    assert keys(PORTS, ships)["ships"] == ()


def test_the_same_name_on_both_sides_joins_to_the_side_where_it_is_unique() -> None:
    areas = frame("areas", {"region": "VARCHAR", "size": "INTEGER"}, [("north", 1), ("south", 2)])
    sales = frame("sales", {"region": "VARCHAR", "amount": "INTEGER"}, [("north", 5), ("north", 6), ("south", 5)])

    found = keys(areas, sales)

    assert found["sales"] == (ForeignKey(("region",), "areas", ("region",)),)
    assert found["areas"] == ()


def test_types_must_agree() -> None:
    ships = frame("ships", {"home_port": "INTEGER"}, [(1,), (2,), (1,)])

    assert keys(PORTS, ships)["ships"] == ()


def test_bare_id_columns_of_two_tables_are_not_joined() -> None:
    left = frame("left_t", {"id": "INTEGER"}, [(1,), (2,)])
    right = frame("right_t", {"id": "INTEGER"}, [(1,), (2,)])

    assert keys(left, right) == {"left_t": (), "right_t": ()}


def test_declared_keys_stay_as_they_are() -> None:
    declared = (ForeignKey(("home_port",), "harbours", ("h",)),)
    ships = Table(("ships",), "table", (Column("home_port", "VARCHAR"),), foreign_keys=declared)

    assert keys(PORTS, ships)["ships"] == declared


def test_numbers_kept_as_text_join_when_every_one_is_a_key() -> None:
    halls = frame("halls", {"hall_id": "INTEGER", "name": "VARCHAR"}, [(1, "Big"), (2, "Small")])
    good = frame("concerts", {"hall_id": "VARCHAR", "title": "VARCHAR"}, [("1", "a"), ("2", "b"), ("1", "c")])
    bad = frame("plays", {"hall_id": "VARCHAR", "play": "VARCHAR"}, [("1", "a"), ("unknown", "b"), ("1", "c")])

    found = keys(halls, good, bad)

    assert found["concerts"] == (ForeignKey(("hall_id",), "halls", ("hall_id",)),)
    assert found["plays"] == ()


def test_where_nothing_is_known_of_the_rows_a_name_that_says_so_is_the_key() -> None:
    clients = Table(("clients",), "table", (Column("id", "INTEGER"), Column("name", "VARCHAR")))
    bills = Table(("bills",), "table", (Column("client_id", "INTEGER"), Column("client_name", "VARCHAR")))
    letters = Table(("letters",), "table", (Column("client_id", "INTEGER"),))

    found = keys(clients, bills, letters)

    assert found["bills"] == found["letters"] == (ForeignKey(("client_id",), "clients", ("id",)),)
    assert found["clients"] == ()


def test_an_edge_is_found_from_both_ends_and_declared_ones_come_first() -> None:
    clients = Table(("clients",), "table", (Column("id", "INTEGER"),), primary_key=("id",))
    bills = Table(
        ("bills",), "table", (Column("client_id", "INTEGER"), Column("id", "INTEGER")), primary_key=("id",),
        foreign_keys=(ForeignKey(("client_id",), "clients", ("id",)),),
    )  # fmt: skip
    notes = Table(("notes",), "table", (Column("client_id", "INTEGER"), Column("text", "VARCHAR")))
    schema = Schema((notes, clients, bills))

    assert [(e.right.name, e.on, e.declared, e.points) for e in edges_from(clients, schema)] == [
        ("bills", (("id", "client_id"),), True, False),
        ("notes", (("id", "client_id"),), False, False),
    ]
    assert [(e.right.name, e.on, e.points) for e in edges_from(notes, schema)] == [
        ("clients", (("client_id", "id"),), True)
    ]
