"""The catalogue of one kernel as frozen values, and its JSON form on the wire.

This module is imported in the user's kernel and by the server. The collector sends `Schema.to_json()`; everything above
the schema floor works on the dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from .collector.jupysql import MAGIC
from .fields import SchemaFormatError as SchemaFormatError
from .fields import count_of, items_of, text_of, texts_of
from .not_loaded import Loading, loading_of
from .privacy import without_members

TableKind = Literal["table", "view", "dataframe"]
PrivacyLevel = Literal["names", "types", "values", "samples"]
PRIVACY_LEVELS: tuple[PrivacyLevel, ...] = ("names", "types", "values", "samples")
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Column:
    """One column as a query sees it.

    `type` is DuckDB's name of the type (``VARCHAR``, ``DECIMAL(10,2)``, ``STRUCT(a INTEGER)``) or ``""`` when the privacy
    level hides it. `values` are distinct values as text, most frequent first; `values_complete` says that no other
    value occurs, so that a literal outside them matches no row. `distinct` counts them when that is known.
    """

    name: str
    type: str = ""
    nullable: bool = True
    comment: str | None = None
    values: tuple[str, ...] = ()
    values_complete: bool = False
    distinct: int | None = None


@dataclass(frozen=True)
class ForeignKey:
    """`columns` of the table that holds it point at `referenced_columns` of `table` (same length, same order)."""

    columns: tuple[str, ...]
    table: str
    referenced_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A DuckDB table or view, or a DataFrame that a DuckDB query can name.

    `reference` is what a query writes, unquoted, outermost part first: ``("orders",)``, ``("sales", "orders")`` or
    ``("other_db", "main", "orders")``. `connection` is the variable that owns it (``"duckdb"`` is the module's default
    connection); ``None`` for a DataFrame, which every connection of the kernel can see. `rows` are sample rows in the
    order of `columns`, present at the privacy level *samples* only; `rows_complete` says that these are all rows.
    `loading` says how a table comes that the kernel does not hold yet; ``None`` for one that it holds.
    Of a pandas frame, `index` has the levels of an index that says something (no query sees it; Python code needs it; a
    level without a name is called ``""``), and `labels` is ``numbers`` or ``tuples`` where columns are labelled so.
    """

    reference: tuple[str, ...]
    kind: TableKind
    columns: tuple[Column, ...]
    connection: str | None = None
    row_count: int | None = None
    comment: str | None = None
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    rows_complete: bool = False
    library: str | None = None
    loading: Loading | None = None
    index: tuple[Column, ...] = ()
    labels: str = ""

    @property
    def name(self) -> str:
        """The last part of the reference."""
        return self.reference[-1]

    def column(self, name: str) -> Column | None:
        """The column that DuckDB would find under `name` (case does not matter, an exact match wins)."""
        folded = name.casefold()
        found = None
        for column in self.columns:
            if column.name == name:
                return column
            if found is None and column.name.casefold() == folded:
                found = column
        return found


@dataclass(frozen=True)
class Connection:
    """A DuckDB connection of the kernel.

    `name` is an expression that yields it: ``con``, or ``duckdb`` for the default. One that JupySQL opened has none; it is
    called ``%sql`` and its name there, as in ``%sql duckdb://``.
    """

    name: str
    database: str = ":memory:"
    is_default: bool = False

    @property
    def magic(self) -> bool:
        """Whether only a ``%%sql`` cell reaches it."""
        return self.name.startswith(MAGIC)


@dataclass(frozen=True)
class Schema:
    """Everything a query in this kernel could name. `notes` says what was cut by a cap, in words for the user."""

    tables: tuple[Table, ...] = ()
    connections: tuple[Connection, ...] = ()
    privacy: PrivacyLevel = "samples"
    notes: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)
    trial: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    """Copies for trials of Python as `collector.copies` made them; read by `python.trial.rows` alone."""

    def table(self, name: str) -> Table | None:
        """The table whose dotted reference, or else last part, equals `name`, ignoring case."""
        folded = name.casefold()
        for table in self.tables:
            if ".".join(table.reference).casefold() == folded:
                return table
        for table in self.tables:
            if table.name.casefold() == folded:
                return table
        return None

    def visible_from(self, connection: str | None) -> Schema:
        """What a query on `connection` sees: its own tables, then the DataFrames that no table of it shadows.

        DuckDB looks into the catalogue first and into Python variables second (replacement scan).
        https://duckdb.org/docs/stable/guides/python/sql_on_pandas
        From inside a connection of JupySQL it finds none of them (tried with JupySQL 0.11 and duckdb_engine 0.17).
        """
        own = [t for t in self.tables if t.connection is not None and t.connection == connection]
        taken = {t.name.casefold() for t in own if len(t.reference) == 1}
        reached = connection is None or not connection.startswith(MAGIC)
        frames = [t for t in self.tables if reached and t.connection is None and t.name.casefold() not in taken]
        return replace(
            self,
            tables=tuple(own + frames),
            connections=tuple(c for c in self.connections if c.name == connection),
        )

    def only(self, names: Sequence[str]) -> Schema:
        """The tables that `names` mention (dotted reference or last part). Raises KeyError with the first unknown name."""
        chosen = []
        for name in names:
            table = self.table(name)
            if table is None:
                raise KeyError(name)
            chosen.append(table)
        return replace(self, tables=tuple(table for table in self.tables if table in chosen))

    def at_privacy(self, level: PrivacyLevel) -> Schema:
        """The same catalogue without anything that `level` keeps back."""
        if PRIVACY_LEVELS.index(level) >= PRIVACY_LEVELS.index(self.privacy):
            return self
        return replace(self, tables=tuple(_veil(table, level) for table in self.tables), privacy=level, trial=None)

    def to_json(self) -> dict[str, Any]:
        """The wire form. `rows` must already hold JSON values only."""
        return {"version": SCHEMA_VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Schema:
        """Decode the wire form.

        Raises SchemaFormatError when a field is missing or has another shape than `to_json` gives it.
        """
        version = data.get("version")
        if version != SCHEMA_VERSION:
            raise SchemaFormatError(f"schema version {version!r} is not {SCHEMA_VERSION}; restart the kernel")
        privacy = data.get("privacy", "samples")
        if privacy not in PRIVACY_LEVELS:
            raise SchemaFormatError(f"privacy is {privacy!r}; it must be one of {', '.join(PRIVACY_LEVELS)}")
        return cls(
            tables=tuple(_table(item, f"tables[{i}]") for i, item in enumerate(items_of(data, "tables", "schema"))),
            connections=tuple(
                Connection(
                    name=text_of(item, "name", f"connections[{i}]"),
                    database=str(item.get("database", ":memory:")),
                    is_default=bool(item.get("is_default", False)),
                )
                for i, item in enumerate(items_of(data, "connections", "schema"))
            ),
            privacy=privacy,
            notes=texts_of(data, "notes", "schema"),
            seconds=float(count_of(data.get("seconds"), "seconds", "schema", (int, float)) or 0),
            trial=data["trial"] if isinstance(data.get("trial"), Mapping) else None,
        )


def _veil(table: Table, level: PrivacyLevel) -> Table:
    def veil(column: Column) -> Column:
        if level == "values":
            return column
        kind = without_members(column.type)  # an ENUM's type spells out its values
        column = replace(column, type=kind, values=(), values_complete=False, distinct=None)
        return column if level == "types" else replace(column, type="", comment=None)

    columns, index = (tuple(veil(column) for column in part) for part in (table.columns, table.index))
    table = replace(table, columns=columns, index=index, rows=(), rows_complete=False)
    return replace(table, comment=None, row_count=None) if level == "names" else table


def _columns(data: Mapping[str, Any], where: str) -> tuple[Column, ...]:
    """The columns of a table. Where an error is said to be is put into words only when there is one: there are 20,000 columns."""
    items = items_of(data, "columns", where)
    try:
        return tuple([_column(item, where) for item in items])
    except SchemaFormatError:
        return tuple(_column(item, f"{where}.columns[{i}]") for i, item in enumerate(items))


def _column(data: Mapping[str, Any], where: str) -> Column:
    get = data.get
    comment, distinct = get("comment"), get("distinct")
    column = object.__new__(Column)
    # A frozen dataclass's own `__init__` sets field by field, which is slow for the 20,000 columns of a large schema.
    vars(column).update(
        name=text_of(data, "name", where),
        type=str(get("type", "")),
        nullable=bool(get("nullable", True)),
        comment=None if comment is None else str(comment),
        values=texts_of(data, "values", where),
        values_complete=bool(get("values_complete", False)),
        distinct=count_of(distinct, "distinct", where),
    )
    return column


def _table(data: Mapping[str, Any], where: str) -> Table:
    kind = data.get("kind", "table")
    if kind not in ("table", "view", "dataframe"):
        raise SchemaFormatError(f"{where}.kind is {kind!r}; it must be table, view or dataframe")
    reference = texts_of(data, "reference", where)
    if not reference:
        raise SchemaFormatError(f"{where}.reference must name the table")
    columns = _columns(data, where)
    rows = data.get("rows", ())
    if not isinstance(rows, (list, tuple)) or any(
        not isinstance(row, (list, tuple)) or len(row) != len(columns) for row in rows
    ):
        raise SchemaFormatError(f"{where}.rows must be lists of {len(columns)} values")
    connection, comment, library = data.get("connection"), data.get("comment"), data.get("library")
    row_count = data.get("row_count")
    return Table(
        reference=reference,
        kind=kind,
        columns=columns,
        connection=None if connection is None else str(connection),
        row_count=count_of(row_count, "row_count", where),
        comment=None if comment is None else str(comment),
        primary_key=texts_of(data, "primary_key", where),
        foreign_keys=tuple(
            ForeignKey(
                columns=texts_of(item, "columns", f"{where}.foreign_keys[{i}]"),
                table=text_of(item, "table", f"{where}.foreign_keys[{i}]"),
                referenced_columns=texts_of(item, "referenced_columns", f"{where}.foreign_keys[{i}]"),
            )
            for i, item in enumerate(items_of(data, "foreign_keys", where))
        ),
        rows=tuple(tuple(row) for row in rows),
        rows_complete=bool(data.get("rows_complete", False)),
        library=None if library is None else str(library),
        loading=loading_of(data.get("loading"), where),
        index=tuple(_column(item, f"{where}.index[{i}]") for i, item in enumerate(items_of(data, "index", where))),
        labels=str(data.get("labels", "")),
    )
