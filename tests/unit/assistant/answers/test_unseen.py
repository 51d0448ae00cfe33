"""What cannot be checked is neither bound nor rejected."""

from __future__ import annotations

import pytest

from jupyter_qwen.assistant.answers.unseen import REASON, unseen


@pytest.mark.parametrize(
    ("sql", "consent"),
    [
        ("SELECT mode, count(*) FROM trips GROUP BY mode;", False),
        ("DELETE FROM trips", True),
        ("SELECT TOP 5 * FROM trips", True),  # another database's grammar
    ],
)
def test_a_query_over_unseen_tables_is_unchecked(sql: str, consent: bool) -> None:
    proof = unseen(sql)
    assert (proof.verdict, proof.needs_consent) == ("unchecked", consent)
    assert proof.diagnostics[0].message == REASON
    assert not proof.sql.endswith(";")
