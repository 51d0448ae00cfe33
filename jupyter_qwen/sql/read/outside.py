"""What reads or changes the world outside the database, recognised in the text alone.

The bind in a database without external access is the judge for files and addresses (its Permission Error says so); this
list is for what binds there without an error, or belongs to an extension that is not loaded there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from jupyter_qwen.sql.read.lexer import Token

#: Table and scalar functions that read files, addresses, other databases, the environment, or run SQL given as text.
_READING: Final = """
    read_csv read_csv_auto read_parquet parquet_scan read_json read_json_auto read_json_objects read_json_objects_auto
    read_ndjson read_ndjson_auto read_ndjson_objects read_text read_blob read_xlsx st_read st_read_meta glob sniff_csv
    parquet_metadata parquet_schema parquet_file_metadata parquet_kv_metadata parquet_bloom_probe getenv query query_table
    sqlite_scan sqlite_query sqlite_attach postgres_scan postgres_scan_pushdown postgres_query postgres_attach mysql_scan
    mysql_query iceberg_scan iceberg_metadata iceberg_snapshots delta_scan duckdb_secrets which_secret http_get http_post
    read_lines read_gsheet read_duckdb
    """
#: Functions that change state although they stand in a SELECT.
_WRITING: Final = """
    nextval setseed write_log checkpoint force_checkpoint truncate_duckdb_logs enable_logging disable_logging
    enable_profiling disable_profiling postgres_execute mysql_execute add_parquet_key load_aws_credentials
    """

READING_FUNCTIONS: Final = frozenset(_READING.split())
WRITING_FUNCTIONS: Final = frozenset(_WRITING.split())


def reads_outside(words: Sequence[Token]) -> list[str]:
    """Reasons, in words for the user, why a statement of these tokens reads outside; empty when nothing shows."""
    reasons = []
    for before, word in pairwise(words):
        if word.text == "(" and before.kind in ("word", "quoted") and before.name.lower() in READING_FUNCTIONS:
            reasons.append(f"It calls {before.name.lower()}(), which reads outside the database.")
        elif before.kind == "word" and before.lower in ("from", "join") and word.kind == "text":
            reasons.append(f"It reads {word.text}.")
    return list(dict.fromkeys(reasons))
