"""The files themselves: where they are, what is not read, and writing that loses nothing."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from jupyter_qwen.knowledge.document import MOST_BYTES
from jupyter_qwen.knowledge.files import FILE_NAME, KnowledgeError, KnowledgeFiles
from jupyter_qwen.knowledge.model import Term


@pytest.fixture
def files(tmp_path: Path) -> KnowledgeFiles:
    (tmp_path / "root" / "deep" / "er").mkdir(parents=True)
    return KnowledgeFiles(tmp_path / "root", tmp_path / "config")


def test_projects_file_lies_beside_the_notebook_unless_a_folder_above_has_one(
    files: KnowledgeFiles, tmp_path: Path
) -> None:
    assert files.path("project", "deep/er/a.ipynb") == tmp_path / "root" / "deep" / "er" / FILE_NAME
    (tmp_path / "root" / FILE_NAME).write_text("- **a**: b\n")
    assert files.path("project", "deep/er/a.ipynb") == tmp_path / "root" / FILE_NAME


@pytest.mark.parametrize("notebook", ["../a.ipynb", "../../etc/a.ipynb", "/etc/a.ipynb"])
def test_notebook_outside_of_the_root_has_no_project(files: KnowledgeFiles, notebook: str) -> None:
    with pytest.raises(KnowledgeError, match="outside"):
        files.teach_term("project", notebook, "a", "b")


def test_both_scopes_are_read_and_marked(files: KnowledgeFiles) -> None:
    files.teach_term("project", "deep/a.ipynb", "revenue", "ours")
    files.teach_term("user", "deep/a.ipynb", "revenue", "mine")
    files.teach_pair("user", "deep/a.ipynb", "How many?", "SELECT 1")
    known = files.read("deep/a.ipynb")
    assert [(t.meaning, t.scope) for t in known.terms] == [("ours", "project"), ("mine", "user")]
    assert [(p.sql, p.scope) for p in known.pairs] == [("SELECT 1", "user")]
    files.forget("project", "deep/a.ipynb", Term, "Revenue")
    assert [t.scope for t in files.read("deep/a.ipynb").terms] == ["user"]


def test_what_was_written_by_hand_survives_teaching(files: KnowledgeFiles, tmp_path: Path) -> None:
    path = tmp_path / "root" / FILE_NAME
    path.write_text("My notes\n\n- **a**: b\n\n> and a quotation", encoding="utf8")
    os.chmod(path, 0o640)
    files.teach_term("project", "", "c", "d")
    assert path.read_text(encoding="utf8") == "My notes\n\n- **a**: b\n- **c**: d\n\n> and a quotation\n"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in path.parent.iterdir() if entry.name.startswith(".")] == []


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_users_own_file_is_closed_to_others_and_the_projects_is_not(files: KnowledgeFiles) -> None:
    files.teach_term("user", "", "a", "b")
    files.teach_term("project", "", "a", "b")
    assert files.path("user").stat().st_mode & 0o777 == 0o600
    assert files.path("project").stat().st_mode & 0o777 == 0o644


def test_many_writers_at_once_lose_nothing(files: KnowledgeFiles) -> None:
    writers = [threading.Thread(target=files.teach_term, args=("project", "", f"term {n}", "x")) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert {term.name for term in files.read("").terms} == {f"term {n}" for n in range(8)}


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_link_is_not_followed(files: KnowledgeFiles, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("- **password**: 1234\n")
    (tmp_path / "root" / FILE_NAME).symlink_to(secret)
    known = files.read("")
    assert known.terms == ()
    assert "no regular file" in known.problems[0].message
    with pytest.raises(KnowledgeError, match="no regular file"):
        files.teach_term("project", "", "a", "b")
    assert secret.read_text() == "- **password**: 1234\n"


def test_large_file_is_not_read_and_none_is_written(files: KnowledgeFiles, tmp_path: Path) -> None:
    path = tmp_path / "root" / FILE_NAME
    path.write_text("- **a**: b\n" + "x" * MOST_BYTES)
    assert "64 KiB" in files.read("").problems[0].message
    path.write_text("x" * (MOST_BYTES - 5))
    with pytest.raises(KnowledgeError, match="64 KiB"):
        files.teach_term("project", "", "a", "b")
    assert path.stat().st_size == MOST_BYTES - 5


def test_text_that_is_not_utf8_is_told(files: KnowledgeFiles, tmp_path: Path) -> None:
    (tmp_path / "root" / FILE_NAME).write_bytes(b"- **a**: \xff\xfe\n")
    assert "UTF-8" in files.read("").problems[0].message
