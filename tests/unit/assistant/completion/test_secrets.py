from __future__ import annotations

import pytest

from jupyter_qwen.assistant.completion.secrets import is_secret_place
from jupyter_qwen.prompt.cursor import place_of


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
    ],
)
def test_other_places_are_not(prefix: str) -> None:
    assert not is_secret_place(prefix, place_of(prefix))
