"""Files by name and type: what is told, what is refused, and that nothing else is reached."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import duckdb
import openpyxl
import pytest

from jupyter_qwen.schema.model import Schema
from jupyter_qwen.sql.files import reading, spreadsheet
from jupyter_qwen.sql.files.looking import look_at
from jupyter_qwen.sql.files.place import NotebookFolder, NotRead, format_of_name


def look(folder: Path, name: str, *, library: str = "duckdb", **options: object) -> Schema:
    file = NotebookFolder(folder, "n.ipynb").find(name)
    form = format_of_name(name)
    assert form is not None
    return look_at(file, form, name="t", library=library, privacy="samples", options=options)


def columns(schema: Schema) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in schema.tables[0].columns]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"a,b\n1,x\n", [("a", "BIGINT"), ("b", "VARCHAR")]),
        ("semicolon.csv", b"a;b\n1;x\n", [("a", "BIGINT"), ("b", "VARCHAR")]),
        ("a.tsv", b"a\tb\n1\tx\n", [("a", "BIGINT"), ("b", "VARCHAR")]),
        ("mark.csv", b"\xef\xbb\xbfa,b\n1,x\n", [("a", "BIGINT"), ("b", "VARCHAR")]),
        (
            "latin.csv",
            "name,ort\nMüller,Köln\nMeier,Bonn\n".encode("latin-1"),
            [("name", "VARCHAR"), ("ort", "VARCHAR")],
        ),
        ("lines.jsonl", b'{"a": 1}\n{"a": 2, "b": [1]}\n', [("a", "BIGINT"), ("b", "BIGINT[]")]),
        ("list.json", b'[{"a": 1.5}, {"a": 2}]', [("a", "DOUBLE")]),
    ],
)
def test_names_and_types_of_text_files(name: str, content: bytes, expected: object, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert columns(look(tmp_path, name)) == expected


def test_a_compressed_file_is_read_like_the_plain_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,x\n"))
    assert columns(look(tmp_path, "a.csv.gz")) == [("a", "BIGINT"), ("b", "VARCHAR")]


def test_types_are_those_that_pandas_would_give(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n,gap,day,flag,none\n1,1,2024-01-01,true,NA\n2,,2024-01-02,false,NA\n")
    found = dict(columns(look(tmp_path, "a.csv", library="pandas")))
    assert found["n"] == "BIGINT"
    assert found["gap"] == "DOUBLE"
    assert found["day"] == "VARCHAR"
    assert found["flag"] == "BOOLEAN"


def test_parquet_and_more_rows_than_are_looked_at(tmp_path: Path) -> None:
    duckdb.sql("SELECT range AS a FROM range(5000)").write_parquet(str(tmp_path / "a.parquet"))
    table = look(tmp_path, "a.parquet").tables[0]
    assert table.columns[0].type == "BIGINT"
    assert not table.rows_complete
    assert table.row_count is None


def test_excel_is_read_by_openpyxl_and_its_absence_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "name", None], [1, "x", 2.5], [2, None, 3]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = columns(look(tmp_path, "a.xlsx", library="pandas"))
    assert found == [("id", "BIGINT"), ("name", "VARCHAR"), ("Unnamed: 2", "DOUBLE")]
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ValueError, match="pip install openpyxl"):
        spreadsheet.sheet(str(tmp_path / "a.xlsx"), None, 5)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "empty"),
        ("wrong.parquet", b"a,b\n1,2\n", "could not be read"),
        ("wrong.xlsx", b"a,b\n1,2\n", "could not be read"),
        ("wrong.duckdb", b"not a database at all", "could not be read"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_told(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NotRead, match=words):
        look(tmp_path, name)


def test_a_file_that_has_changed_is_looked_at_again(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a\n1\n")
    assert columns(look(tmp_path, "a.csv")) == [("a", "BIGINT")]
    file.write_text("a,b\n1,2\n")
    assert columns(look(tmp_path, "a.csv")) == [("a", "BIGINT"), ("b", "BIGINT")]


@pytest.mark.parametrize("large", [False, True])
def test_a_hostile_database_tells_names_and_types_and_runs_nothing(
    large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of this machine")
    path = tmp_path / "evil.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE plain (id INTEGER, password VARCHAR)")
        connection.execute("INSERT INTO plain VALUES (1, 'hunter2')")
        connection.execute(f"CREATE VIEW reads AS SELECT content FROM read_text('{secret}')")
        connection.execute("CREATE SEQUENCE s")
        connection.execute("CREATE VIEW counts AS SELECT nextval('s') AS n")
        connection.execute("CREATE VIEW hangs AS SELECT sum(a.range) AS n FROM range(10000000000) a, range(1000) b")
        connection.execute('CREATE MACRO "left"(a, b) AS 42')
    before = path.read_bytes()
    if large:  # read in place then; in this process, since the worker has its own limit
        monkeypatch.setattr(reading, "COPIED_BYTES", 10)
        monkeypatch.chdir(tmp_path)
        wire = reading.look(
            path=str(path), form="database", name="con", library="duckdb", privacy="samples", options={}
        )
        found = Schema.from_json(wire)
    else:
        found = look(tmp_path, "evil.duckdb")
    assert {table.name: table.kind for table in found.tables} == {
        "plain": "table", "reads": "view", "counts": "view", "hangs": "view",
    }  # fmt: skip
    text = str(found)
    assert "the secret" not in text
    assert "hunter2" not in text
    assert all(not table.rows for table in found.tables if table.kind == "view")
    assert path.read_bytes() == before


def test_a_database_with_the_name_of_a_workers_own_file_harms_nothing(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "errors.txt")) as connection:
        connection.execute("CREATE TABLE t (a INTEGER)")
    file = NotebookFolder(tmp_path, "n.ipynb").find("errors.txt")
    found = look_at(file, "database", name="con", library="duckdb", privacy="samples")
    assert columns(found) == [("a", "INTEGER")]


def test_a_look_leaves_nothing_behind_and_does_not_lock_the_database(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (a INTEGER)")
    look(tmp_path, "shop.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO t VALUES (1)")
    assert sorted(os.listdir(tmp_path)) == ["shop.duckdb"]


@pytest.mark.parametrize(
    "named", ["http://a/b.csv", "https://a/b.parquet", "s3://b/c.csv", "md:shop", "\\\\host\\x.csv"]
)
def test_what_is_elsewhere_is_not_read(named: str, tmp_path: Path) -> None:
    with pytest.raises(NotRead, match="not on this machine"):
        NotebookFolder(tmp_path, "n.ipynb").find(named)


@pytest.mark.parametrize("named", ["../x.csv", "/etc/passwd", "a/../../x.csv", "~root/x.csv"])
def test_what_lies_outside_of_the_servers_folder_is_not_read(named: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "x.csv").write_text("a\n1\n")
    with pytest.raises(NotRead, match=r"outside|not there"):
        NotebookFolder(root, "n.ipynb").find(named)


def test_a_notebook_below_the_root_may_name_what_lies_beside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_text("a\n1\n")
    assert NotebookFolder(tmp_path, "notebooks/n.ipynb").find("../data/x.csv").shown == "../data/x.csv"


@pytest.mark.parametrize(
    "named", ["", "a\nb.csv", "x" * 5000, "a*.csv", "a[1].csv", ".hidden.csv", "no.csv", "folder.csv"]
)
def test_what_is_no_plain_file_is_refused_in_a_sentence(named: str, tmp_path: Path) -> None:
    (tmp_path / ".hidden.csv").write_text("a\n1\n")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(NotRead, match=r"\.$"):
        NotebookFolder(tmp_path, "n.ipynb").find(named)


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    root = tmp_path / "root"
    for folder in (outside, root):
        folder.mkdir()
    (outside / "x.csv").write_text("a\n1\n")
    (root / "link.csv").symlink_to(outside / "x.csv")
    (root / "way").symlink_to(outside)
    os.mkfifo(root / "pipe.csv")
    place = NotebookFolder(root, "n.ipynb")
    for named in ("link.csv", "way/x.csv", "pipe.csv"):
        with pytest.raises(NotRead, match=r"link|plain"):
            place.find(named)
    assert place.data_files(9) == []


def test_the_job_reaches_the_one_file_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "b.csv").write_text("b\n1\n")
    with reading._reaching(str(tmp_path / "a.csv")) as connection:
        assert connection.execute(f"FROM '{tmp_path / 'a.csv'}'").fetchall() == [(1,)]
        for sql in (
            f"FROM '{tmp_path / 'b.csv'}'",
            f"COPY (SELECT 1) TO '{tmp_path / 'c.csv'}'",
            f"ATTACH '{tmp_path / 'd.duckdb'}'",
            "FROM 'https://example.com/x.csv'",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(sql)


def test_a_file_of_many_megabytes_costs_its_first_rows(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("w") as file:
        line = "12345,customer,1.5,2024-01-01\n" * 20_000
        file.write("id,name,amount,day\n")
        for _ in range(100):
            file.write(line)
    found = look(tmp_path, "big.csv").tables[0]
    assert [column.type for column in found.columns] == ["BIGINT", "VARCHAR", "DOUBLE", "DATE"]
    assert found.row_count is None
