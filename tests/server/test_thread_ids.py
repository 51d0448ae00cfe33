"""A notebook's conversation has one id, whether the browser or a kernel names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_qwen.server.thread_ids import Renames, thread_id


@pytest.mark.parametrize(
    ("raw", "root", "expected"),
    [
        ("sub/analysis.ipynb", "/home/ann", "sub/analysis.ipynb"),
        ("/home/ann/sub/analysis.ipynb", "/home/ann", "sub/analysis.ipynb"),
        ("/home/ann/sub/analysis.ipynb", "/home/ann/", "sub/analysis.ipynb"),
        ("/home/ann/./sub//x/../analysis.ipynb", "/home/ann", "sub/analysis.ipynb"),
        ("./sub/analysis.ipynb", "/home/ann", "sub/analysis.ipynb"),
        ("/home/anna/analysis.ipynb", "/home/ann", "/home/anna/analysis.ipynb"),
        ("/home/ann/../bob/x.ipynb", "/home/ann", "/home/bob/x.ipynb"),
        ("/home/ann", "/home/ann", "/home/ann"),
        ("/home/ann/..x.ipynb", "/home/ann", "..x.ipynb"),
        ("/notebooks/x.ipynb", "/", "notebooks/x.ipynb"),
        ("/home/ann/x.ipynb", "", "/home/ann/x.ipynb"),
        (r"C:\Users\Ann\sub\x.ipynb", r"C:\Users\Ann", "sub/x.ipynb"),
        (r"c:\users\ann\sub\X.ipynb", "C:/Users/Ann", "sub/X.ipynb"),
        (r"\\server\share\sub\x.ipynb", r"\\server\share", "sub/x.ipynb"),
        (r"D:\other\x.ipynb", r"C:\Users\Ann", "D:/other/x.ipynb"),
        ("ipython-1234", "/home/ann", "ipython-1234"),
        ("RTC:shared/x.ipynb", "/home/ann", "RTC:shared/x.ipynb"),
        ("", "/home/ann", ""),
        ("  ", "/home/ann", ""),
        ("/home/ann/名 'x'\n\"y\".ipynb", "/home/ann", "名 'x'\n\"y\".ipynb"),
        (r"a\b.ipynb", "/home/ann", r"a\b.ipynb"),
    ],
)
def test_a_path_inside_the_root_is_named_from_the_root(raw: str, root: str, expected: str) -> None:
    assert thread_id(raw, root) == expected


def test_an_id_stays_as_it_is_when_it_is_taken_again() -> None:
    once = thread_id("/home/ann/sub/x.ipynb", "/home/ann")
    assert thread_id(once, "/home/ann") == once


def test_a_root_in_the_home_folder_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("USERPROFILE", "/home/ann")
    assert thread_id("/home/ann/work/x.ipynb", "~/work") == "x.ipynb"


async def test_a_kernels_question_is_in_the_browsers_conversation(
    api: Any, jp_root_dir: Path, question: Any, ask_events: Any
) -> None:
    asked = question("how many orders", thread=str(jp_root_dir / "sub" / "demo.ipynb"))
    assert (await ask_events("ask", asked))[-1]["type"] == "answer"

    async def turns(thread: str) -> int:
        return len((await api("thread", id=thread))["turns"])

    assert await turns("sub/demo.ipynb") == 1
    assert await turns(str(jp_root_dir / "sub" / "demo.ipynb")) == 1
    assert await turns("demo.ipynb") == 0
    assert await api("thread", id=str(jp_root_dir / "sub" / "demo.ipynb"), method="DELETE") is None
    assert await turns("sub/demo.ipynb") == 0


def test_a_kernel_follows_its_notebook_through_renames(tmp_path: Path) -> None:
    renames = Renames(str(tmp_path))
    raw = str(tmp_path / "sub" / "a.ipynb")
    renames.add("sub/a.ipynb", "sub/b.ipynb")
    renames.add("sub", "deep/er")
    assert renames.thread_id(raw) == "deep/er/b.ipynb"
    assert renames.thread_id("sub/a.ipynb") == "sub/a.ipynb", "a browser knows the path of now"
    assert renames.thread_id(str(tmp_path / "sub2" / "a.ipynb")) == "sub2/a.ipynb"
    renames.add("deep/er/b.ipynb", "sub/a.ipynb")
    assert renames.thread_id(raw) == "sub/a.ipynb"


def test_a_new_notebook_under_the_old_path_is_another_one(tmp_path: Path) -> None:
    renames = Renames(str(tmp_path))
    renames.add("a.ipynb", "b.ipynb")
    (tmp_path / "a.ipynb").write_text("{}")
    assert renames.thread_id(str(tmp_path / "a.ipynb")) == "a.ipynb"
