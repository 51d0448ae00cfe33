from __future__ import annotations

from typing import Any

import duckdb
import pytest


@pytest.fixture
def con() -> Any:
    with duckdb.connect() as connection:
        yield connection
