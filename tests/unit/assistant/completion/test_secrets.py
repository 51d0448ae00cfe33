from __future__ import annotations

import pytest

from jupyter_qwen.assistant.completion.secrets import is_secret_place
from jupyter_qwen.prompt.fim.cursor import place_of


@pytest.mark.parametrize(
    "prefix",
    [
        'password = "',
        "connect(user='me', pwd='",
        'settings = {"api_key": "ab',
        'os.environ["DB_TOKEN"] = "',
        "client.secret = '",
        'secret: str = "',
        'url = "postgresql://me:',
        'headers = {"Authorization": "Bearer ',
        'apiKey = """',
        'db_password <- "',
        'Dict("token" => "',
        "%env API_KEY=",
        "%set_env DB_PASSWORD ",
        "!export TOKEN=ab",
        "DB_PASSWORD=",
        "con.sql(\"CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET '",
        "con.sql(\"ATTACH 'postgres://me:",
    ],
)
def test_a_string_that_holds_a_secret_is_left_alone(prefix: str) -> None:
    assert is_secret_place(prefix, place_of(prefix))


@pytest.mark.parametrize(
    "prefix",
    [
        'name = "',
        'df["',
        "password = ",
        'password = load("',
        'url = "https://example.org/',
        '# password = "',
        'tokens = ["',
        'print("your password is',
        "password = get",
        "password",
        "TOKENS = 3",
        "x=",
        "con.sql(\"SELECT token FROM t WHERE kind = '",
        "con.sql(\"SELECT password, '",
        'limit <- "',
    ],
)
def test_other_places_are_not(prefix: str) -> None:
    assert not is_secret_place(prefix, place_of(prefix))


@pytest.mark.parametrize(
    ("sql", "secret"),
    [
        ("CREATE USER me IDENTIFIED BY '", True),
        ("CREATE SECRET s (TYPE s3, SECRET 'ab", True),
        ("ALTER ROLE me PASSWORD '", True),
        ("SELECT * FROM users WHERE name = '", False),
        ("SELECT 'it''s' AS password, ", False),
    ],
)
def test_literals_of_an_sql_file_are_looked_at_too(sql: str, secret: bool) -> None:
    assert is_secret_place(sql, place_of(sql, "sql")) is secret
