from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_qwen.schema.model import Column, ForeignKey, Schema, Table
from jupyter_qwen.sql.habits import look_again
from jupyter_qwen.sql.validate import prove

PLAYER = Table(
    ("player",),
    "table",
    (Column("player_id", "INTEGER"), Column("name", "VARCHAR"), Column("age", "INTEGER")),
    connection="con",
    primary_key=("player_id",),
    rows=((1, "Kim", 20), (2, "Kim", 30), (3, "Lee", 25), (4, "Ann", 22)),
    rows_complete=True,
)
MATCH = Table(
    ("player_in_match",),
    "table",
    (Column("player_id", "INTEGER"), Column("goals", "INTEGER")),
    connection="con",
    foreign_keys=(ForeignKey(("player_id",), "player", ("player_id",)),),
    rows=((1, 2), (2, 1), (2, 0)),
    rows_complete=True,
)
SCHEMA = Schema((PLAYER, MATCH))


def changed(sql: str, question: str) -> tuple[str, list[str]]:
    proof = look_again(prove(sql, SCHEMA), question, SCHEMA)
    return proof.sql, [repair.name for repair in proof.repairs]


@pytest.mark.parametrize(
    ("joined", "question"),
    [
        (
            "player AS p JOIN player_in_match AS x ON p.player_id = x.player_id WHERE p.age > 21",
            "Names of players over 21",
        ),
        ("player_in_match AS x JOIN player AS p ON p.player_id = x.player_id", "Names of all players"),
    ],
)
def test_a_join_that_nothing_needs_is_dropped_whichever_table_comes_first(joined: str, question: str) -> None:
    where = joined[joined.index(" WHERE") :] if "WHERE" in joined else ""

    assert changed(f"SELECT p.name FROM {joined}", question) == (
        f"SELECT p.name FROM player AS p{where}",
        ["needless-join"],
    )


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        # the question is about matches
        (
            "SELECT p.name FROM player AS p JOIN player_in_match AS x ON p.player_id = x.player_id",
            "Who played a match?",
        ),
        # the table is used
        (
            "SELECT p.age, x.goals FROM player AS p JOIN player_in_match AS x ON p.player_id = x.player_id",
            "Ages and goals",
        ),
        # an outer join keeps rows on purpose
        ("SELECT p.name FROM player AS p LEFT JOIN player_in_match AS x ON p.player_id = x.player_id", "All names"),
        # a star shows every column
        ("SELECT * FROM player AS p JOIN player_in_match AS x ON p.player_id = x.player_id", "Everything"),
    ],
)
def test_other_joins_stay(sql: str, question: str) -> None:
    assert changed(sql, question) == (sql, [])


def test_groups_of_a_name_that_rows_share_are_told_apart_by_the_key() -> None:
    sql = "SELECT p.name, count(*) FROM player AS p JOIN player_in_match AS x ON p.player_id = x.player_id GROUP BY p.name"

    text, repairs = changed(sql, "How many matches did each player play?")

    assert text.endswith("GROUP BY p.name, p.player_id")
    assert repairs == ["group-by-key"]


def test_groups_of_a_category_stay() -> None:
    rows = tuple((i, "red" if i % 2 else "blue", i) for i in range(10))
    schema = Schema(
        (
            Table(
                PLAYER.reference,
                "table",
                PLAYER.columns,
                "con",
                primary_key=("player_id",),
                rows=rows,
                rows_complete=True,
            ),
            MATCH,
        )
    )
    sql = "SELECT p.name, count(*) FROM player AS p JOIN player_in_match AS x ON p.player_id = x.player_id GROUP BY p.name"

    assert look_again(prove(sql, schema), "matches per name", schema).repairs == ()


def test_the_first_element_of_a_list_is_number_one() -> None:
    people = Table(("people",), "table", (Column("phones", "VARCHAR[]"), Column("m", "MAP(BIGINT, VARCHAR)")))
    schema = Schema((people,), privacy="types")

    text = look_again(prove("SELECT phones[0], m[0] FROM people", schema), "first phone", schema).sql

    assert text == "SELECT phones[1], m[0] FROM people"


RATIO = (
    "SELECT count(*) FILTER (WHERE age > 21) AS old, count(*) AS n, "
    "count(*) FILTER (WHERE age > 21) / count(*) AS r FROM player"
)


def test_one_ratio_comes_without_its_parts() -> None:
    text, repairs = changed(RATIO, "What is the ratio of players over 21 to all players?")

    assert text == "SELECT COUNT(*) FILTER(WHERE age > 21) / COUNT(*) AS r FROM player"
    assert repairs == ["ratio-alone"]


@pytest.mark.parametrize("question", ["What is the ratio, and how many are over 21?", "How many players are over 21?"])
def test_parts_that_are_asked_for_stay(question: str) -> None:
    assert changed(RATIO, question) == (RATIO, [])


def test_a_query_that_does_not_bind_comes_back_as_it_was() -> None:
    proof = prove("SELECT nothing FROM player", SCHEMA)

    assert look_again(proof, "?", SCHEMA) is proof


def test_every_change_can_be_taken_back() -> None:
    sql = "SELECT p.name FROM player AS p JOIN player_in_match AS x ON p.player_id = x.player_id"

    (repair,) = look_again(prove(sql, SCHEMA), "Names", SCHEMA).repairs

    assert repair.before == sql
    assert "player_in_match" in repair.reason


@pytest.mark.parametrize(
    ("question", "sql", "after"),
    [
        ("the median age", "SELECT avg(age) FROM player", "SELECT MEDIAN(age) FROM player"),
        ("the median and the average age", "SELECT avg(age) FROM player", None),
        ("the median age", "SELECT median(age), avg(age) FROM player", None),
        ("the mean age", "SELECT avg(age) FROM player", None),
    ],
)
def test_a_mean_becomes_the_median_that_was_asked_for(question: str, sql: str, after: str | None) -> None:
    assert changed(sql, question) == ((after, ["median-for-mean"]) if after else (sql, []))


def test_an_order_by_the_name_of_an_output_keeps_no_needless_join() -> None:
    sql = (
        "SELECT p.name, count(*) AS n FROM player AS p JOIN player_in_match AS x ON p.player_id = x.player_id "
        "GROUP BY p.name ORDER BY n DESC"
    )

    assert "JOIN" not in changed(sql, "How many of each name?")[0]


def test_a_table_that_shares_a_column_and_nothing_else_is_not_joined() -> None:
    goods = Table(("goods",), "table", (Column("kind", "VARCHAR"), Column("price", "DOUBLE")), connection="con")
    goals = Table(("goals",), "dataframe", (Column("kind", "VARCHAR"), Column("goal", "DOUBLE")))
    schema = Schema((goods, goals))

    def mended(sql: str, question: str = "mean price of each kind") -> str:
        return look_again(prove(sql, schema), question, schema).sql

    plain = "SELECT {}kind, AVG({}price) FROM goods{} GROUP BY {}kind"
    on = "SELECT p.kind, avg(p.price) FROM goods AS p JOIN goals AS g ON p.kind = g.kind GROUP BY p.kind"
    using = "SELECT kind, avg(price) FROM goods JOIN goals USING (kind) WHERE goals.kind <> 'x' GROUP BY kind"
    assert mended(on) == plain.format("p.", "p.", " AS p", "p.")
    assert mended(using) == plain.format("", "", " WHERE goods.kind <> 'x'", "")
    for kept in (
        "SELECT kind, avg(price), max(goal) FROM goods JOIN goals USING (kind) GROUP BY kind",
        "SELECT kind, avg(price) FROM goods LEFT JOIN goals USING (kind) GROUP BY kind",
    ):
        assert mended(kept) == kept
    assert mended(using, "mean price of each kind that has goals") == using


SHOP = Table(("shop",), "table", (Column("id", "INTEGER"), Column("city", "VARCHAR")), primary_key=("id",))
SALE = Table(
    ("sale",), "table", (Column("shop_id", "INTEGER"), Column("sold_on", "DATE"), Column("price", "DOUBLE"),
     Column("limit_daily", "DOUBLE")),
    foreign_keys=(ForeignKey(("shop_id",), "shop", ("id",)),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "sql", "after"),
    [
        (
            "monthly revenue per city",
            "SELECT h.city, sum(s.price) AS r FROM sale s JOIN shop h ON s.shop_id = h.id GROUP BY h.city ORDER BY r DESC",
            "SELECT DATE_TRUNC('MONTH', s.sold_on) AS month, h.city, SUM(s.price) AS r FROM sale AS s JOIN shop AS h "
            "ON s.shop_id = h.id GROUP BY DATE_TRUNC('MONTH', s.sold_on), h.city "
            "ORDER BY DATE_TRUNC('MONTH', s.sold_on), r DESC",
        ),
        (
            "revenue by year",
            "SELECT sold_on, sum(price) FROM sale GROUP BY sold_on",
            "SELECT YEAR(sold_on) AS year, SUM(price) FROM sale GROUP BY YEAR(sold_on) ORDER BY YEAR(sold_on)",
        ),
        ("revenue by year", "SELECT year(sold_on), sum(price) FROM sale GROUP BY 1", None),
        ("the month with the best monthly revenue", "SELECT sum(price) FROM sale LIMIT 1", None),
        ("sales of each month", "SELECT price FROM sale", None),
        ("revenue per week day", "SELECT sum(price) FROM sale", None),
        ("revenue by day of the week", "SELECT sum(price) FROM sale", None),
        ("shops per month", "SELECT count(*) FROM shop", None),
        ("revenue per city", "SELECT sum(price) FROM sale", None),
        ("the mean of the limit_daily and of the sales by day", "SELECT avg(limit_daily) FROM sale", None),
    ],
)
def test_a_period_that_is_asked_for_gets_a_row_each(question: str, sql: str, after: str | None) -> None:
    schema = Schema((SHOP, SALE))
    proof = look_again(prove(sql, schema), question, schema)
    assert (proof.sql, [repair.name for repair in proof.repairs]) == ((after, ["by-period"]) if after else (sql, []))


PLACES = Table(
    ("places",), "table", (Column("town", "VARCHAR"), Column("shire", "VARCHAR"), Column("mayor", "VARCHAR")),
    connection="con", rows=(("Ayr", "South", "Bo"), ("Wick", "North", "Al"), ("Ayr", "South", "Cy")), rows_complete=True,
)  # fmt: skip
SALES = Table(("sales",), "table", (Column("town", "VARCHAR"), Column("price", "DOUBLE")), connection="con")


def test_a_lookup_table_with_a_key_several_times_is_joined_once() -> None:
    schema = Schema((PLACES, SALES))
    sql = "SELECT p.shire, SUM(s.price) FROM sales AS s JOIN places AS p ON p.town = s.town GROUP BY p.shire"

    proof = look_again(prove(sql, schema), "sales per shire", schema)

    assert "JOIN (SELECT DISTINCT shire, town FROM places) AS p ON p.town = s.town" in proof.sql
    assert [repair.name for repair in proof.repairs] == ["rows-once"]


def test_rows_that_differ_in_what_is_read_stay() -> None:
    assert look_again(prove("SELECT p.shire, COUNT(*) FROM sales AS s JOIN places AS p ON p.town = s.town GROUP BY p.shire",
                            Schema((PLACES, SALES))), "sales per shire", Schema((PLACES, SALES))).repairs == ()  # fmt: skip
    different = replace(PLACES, rows=(("Ayr", "South", "Bo"), ("Wick", "North", "Al"), ("Ayr", "West", "Cy")))
    sql = "SELECT p.shire, SUM(s.price) FROM sales AS s JOIN places AS p ON p.town = s.town GROUP BY p.shire"

    assert (
        look_again(prove(sql, Schema((different, SALES))), "sales per shire", Schema((different, SALES))).repairs == ()
    )


def test_a_row_that_the_query_has_already_is_not_joined_again() -> None:
    sql = (
        "SELECT a.name FROM player AS a JOIN player_in_match AS x ON a.player_id = x.player_id "
        "JOIN player AS b ON x.player_id = b.player_id WHERE b.age > 21"
    )

    assert changed(sql, "Names of players over 21") == (
        "SELECT a.name FROM player AS a WHERE a.age > 21",
        ["same-row", "needless-join"],
    )


def test_another_row_of_the_same_table_stays() -> None:
    sql = "SELECT a.name, b.name FROM player AS a JOIN player AS b ON a.age = b.age WHERE a.player_id < b.player_id"

    assert changed(sql, "Pairs of players of the same age") == (sql, [])
