"""Which functions may be called unasked: an allow-list, made of what DuckDB says of its own functions and of a reviewed part.

A scalar or aggregate function that DuckDB built in, calls consistent and without side effects is allowed, a macro of DuckDB
when its definition calls only such functions. Table functions carry no such marks, so those that are allowed are listed.
https://duckdb.org/docs/stable/sql/meta/duckdb_table_functions
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal

from .database import parser, parser_lock


def listed(names: str) -> frozenset[str]:
    """A list of names that is easy to review."""
    return frozenset(names.split())


Standing = Literal["allowed", "asks", "macro", "unknown"]

#: Called volatile by DuckDB, or listed nowhere, and harmless all the same: chance, the clock, names, an error, windows.
_REVIEWED: Final = listed(
    """
    random uuid uuidv4 uuidv7 gen_random_uuid now today current_date current_time current_timestamp get_current_time
    get_current_timestamp current_localtime current_localtimestamp localtime localtimestamp transaction_timestamp
    current_schema current_schemas current_database current_catalog in_search_path error unnest unlist grouping grouping_id
    coalesce cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
    """
)
#: Called consistent and yet no plain computation: they take SQL as text, or tell of the session and its settings.
_DISTRUSTED: Final = listed(
    """
    current_setting getvariable getenv json_serialize_plan json_serialize_sql json_deserialize_sql vector_type stats
    """
)
_TABLE_FUNCTIONS: Final = listed(
    """
    range generate_series unnest repeat repeat_row json_each json_tree test_all_types test_vector_types icu_calendar_names
    pg_timezone_names duckdb_columns duckdb_constraints duckdb_databases duckdb_functions duckdb_indexes duckdb_keywords
    duckdb_schemas duckdb_sequences duckdb_tables duckdb_types duckdb_views
    """
)
_SYSTEM_VIEWS: Final = listed(
    """
    character_sets check_constraints columns constraint_column_usage constraint_table_usage key_column_usage
    referential_constraints schemata tables table_constraints views duckdb_columns duckdb_constraints duckdb_databases
    duckdb_indexes duckdb_schemas duckdb_tables duckdb_types duckdb_views sqlite_master sqlite_schema sqlite_temp_master
    sqlite_temp_schema pg_am pg_attrdef pg_attribute pg_class pg_collation pg_constraint pg_database pg_depend
    pg_description pg_enum pg_index pg_indexes pg_namespace pg_proc pg_sequence pg_sequences pg_tables pg_tablespace
    pg_type pg_views
    """
)
#: No views, yet SHOW takes their names for more than tables.
_SHOWN: Final = frozenset(("variables", "settings", "secrets"))
#: These read files, addresses or other databases; most are of extensions, so that a clone cannot bind them.
READS_OUTSIDE: Final = listed(
    """
    read_csv read_csv_auto read_parquet parquet_scan read_json read_json_auto read_json_objects read_json_objects_auto
    read_ndjson read_ndjson_auto read_ndjson_objects read_text read_blob read_xlsx st_read st_read_meta glob sniff_csv
    parquet_metadata parquet_schema parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_bloom_probe
    getenv query query_table sqlite_scan sqlite_query sqlite_attach postgres_scan postgres_scan_pushdown postgres_query
    postgres_attach postgres_execute mysql_scan mysql_query mysql_execute iceberg_scan iceberg_metadata iceberg_snapshots
    delta_scan duckdb_secrets which_secret http_get http_post read_lines read_gsheet read_duckdb load_aws_credentials
    """
)


def standing(name: str, *, table: bool = False) -> Standing:
    """Whether `name` may be called unasked, as a source of rows when `table`; *unknown* when this DuckDB has no such function.

    What is unknown is of an extension or a macro of the user, or does not exist at all. A *macro* is one of DuckDB's own, which
    is allowed when `macro_definitions` call nothing but what is.
    """
    folded = name.casefold()
    if folded in READS_OUTSIDE or folded in _DISTRUSTED or folded.startswith("__internal"):
        return "asks"
    if table:
        return "allowed" if folded in _TABLE_FUNCTIONS else "asks" if folded in _known() else "unknown"
    if folded in _REVIEWED:
        return "allowed"
    pure = _known().get(folded)
    if pure is None:
        return "asks" if folded in _table_names() else "unknown"
    return "allowed" if pure else "macro" if macro_definitions(folded) else "asks"


def is_private_view(name: str, *, shown: bool = False) -> bool:
    """Whether `name` is a view of DuckDB's own that tells of more than tables and types, such as its log or its settings.

    `shown`: it stands behind SHOW.
    """
    folded = name.casefold()
    return (shown and folded in _SHOWN) or (folded in _views() and folded not in _SYSTEM_VIEWS)


@cache
def _known() -> dict[str, bool]:
    """Every function that DuckDB brings; true for those that compute and do nothing else."""
    rows = _ask(
        "SELECT lower(function_name), bool_and(function_type IN ('scalar', 'aggregate', 'window') "
        "AND coalesce(stability = 'CONSISTENT', false) AND NOT coalesce(has_side_effects, false)) "
        "FROM duckdb_functions() WHERE internal AND function_type NOT IN ('table', 'table_macro', 'pragma') GROUP BY 1"
    )
    return {name: bool(pure) for name, pure in rows} | dict.fromkeys(_table_names() - {name for name, _ in rows}, False)


@cache
def _table_names() -> frozenset[str]:
    rows = _ask(
        "SELECT DISTINCT lower(function_name) FROM duckdb_functions() "
        "WHERE internal AND function_type IN ('table', 'table_macro', 'pragma')"
    )
    return frozenset(name for (name,) in rows)


@cache
def _views() -> frozenset[str]:
    return frozenset(name for (name,) in _ask("SELECT DISTINCT lower(view_name) FROM duckdb_views() WHERE internal"))


@cache
def macro_definitions(name: str) -> tuple[str, ...]:
    """The expressions that DuckDB's own macro `name` stands for; empty when that name is also something else."""
    rows = _ask(
        "SELECT function_type, macro_definition FROM duckdb_functions() WHERE internal AND lower(function_name) = $1",
        name,
    )
    return tuple(text for _, text in rows) if all(kind == "macro" and text for kind, text in rows) else ()


def _ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
    with parser_lock:
        return parser().execute(sql, list(values)).fetchall()
