"""Which server a kernel asks, and how it starts one where there is none."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest
from fake_server import TOKEN, FakeServer

from jupyter_qwen.kernel.discovery import Server, explicit_server, is_running, other_servers, parent_server
from jupyter_qwen.kernel.launch import find_server
from jupyter_qwen.kernel.server_errors import NoServer


def describe(folder: Path, pid: int, **data: Any) -> None:
    told = {"url": "http://127.0.0.1:1/", "token": "t", "pid": pid, "root_dir": "/home/ann", "sock": "", **data}
    (folder / f"jpserver-{pid}.json").write_text(json.dumps(told))


def no_words(text: str) -> None:
    raise AssertionError(text)


def test_the_environment_comes_first(tmp_path: Path) -> None:
    describe(tmp_path, 7)
    environment = {"JUPYTER_QWEN_URL": "https://hub/user/ann", "JUPYTER_QWEN_TOKEN": "x", "JPY_PARENT_PID": "7"}
    assert find_server(environment, no_words, folder=tmp_path) == Server("https://hub/user/ann/", "x")


def test_the_server_that_started_the_kernel_is_read_from_its_file(tmp_path: Path) -> None:
    describe(tmp_path, 7, url="http://0.0.0.0:8888/lab-base/")
    found = parent_server({"JPY_PARENT_PID": "7"}, tmp_path)
    assert found == Server("http://127.0.0.1:8888/lab-base/", "t", "/home/ann", "", 7)


def test_a_server_on_a_socket_is_understood(tmp_path: Path) -> None:
    describe(tmp_path, 7, url="http+unix://%2Ftmp%2Fa.sock/base/", sock="%2Ftmp%2Fa.sock", base_url="/base/")
    found = parent_server({"JPY_PARENT_PID": "7"}, tmp_path)
    assert found is not None
    assert (found.socket, found.url, found.local) == ("/tmp/a.sock", "http://localhost/base/", True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 5}'])
def test_a_broken_description_is_no_server(tmp_path: Path, text: str) -> None:
    (tmp_path / "jpserver-7.json").write_text(text)
    assert parent_server({"JPY_PARENT_PID": "7"}, tmp_path) is None


def test_dead_servers_are_passed_over(tmp_path: Path) -> None:
    dead = 2**22 + 12345
    assert not is_running(dead)
    describe(tmp_path, dead)
    describe(tmp_path, os.getpid(), url="http://127.0.0.1:2/")
    assert [server.pid for server in other_servers({}, tmp_path)] == [os.getpid()]


def test_the_server_whose_folder_holds_the_notebook_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_qwen.kernel.discovery.is_running", lambda pid: True)
    describe(tmp_path, 1, root_dir="/srv/one")
    describe(tmp_path, 2, root_dir="/srv/two")
    for session, first in (("/srv/one/a.ipynb", 1), ("/srv/two/b.ipynb", 2)):
        assert next(other_servers({"JPY_SESSION_NAME": session}, tmp_path)).pid == first


def test_a_running_server_that_answers_is_taken(tmp_path: Path, server: FakeServer) -> None:
    describe(tmp_path, os.getpid(), url=server.url, token=TOKEN)
    said: list[str] = []
    assert find_server({}, said.append, folder=tmp_path).url == server.url
    assert server.url in said[0]


def test_a_running_server_without_the_extension_is_not_taken(tmp_path: Path, server: FakeServer) -> None:
    server.routes.clear()
    describe(tmp_path, os.getpid(), url=server.url, token=TOKEN)
    with pytest.raises(NoServer, match="no Jupyter server"):
        find_server({}, no_words, folder=tmp_path, start=False)


def test_no_server_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoServer) as caught:
        find_server({}, no_words, folder=tmp_path, start=False)
    assert "jupyter lab" in caught.value.hint
    assert "JUPYTER_QWEN_URL" in caught.value.hint


def test_an_empty_url_is_no_url() -> None:
    assert explicit_server({"JUPYTER_QWEN_URL": " "}) is None


@pytest.mark.parametrize(
    ("root", "session", "thread"),
    [
        ("/home/ann", "/home/ann/work/a.ipynb", "work/a.ipynb"),
        ("/home/ann", "/srv/a.ipynb", "/srv/a.ipynb"),
        ("/home/ann", "a.ipynb", "a.ipynb"),
        ("", "/home/ann/a.ipynb", "/home/ann/a.ipynb"),
    ],
)
def test_the_thread_is_the_path_that_the_browser_knows(root: str, session: str, thread: str) -> None:
    assert Server("http://x/", root_folder=root).thread(session) == thread


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://localhost:1/", True), ("http://[::1]:1/", True), ("http://10.0.0.1/", False), ("https://hub/", False)],
)
def test_only_loopback_is_this_machine(url: str, local: bool) -> None:
    assert Server(url).local is local


@pytest.mark.skipif(importlib.util.find_spec("jupyter_server") is None, reason="needs jupyter_server")
def test_a_server_is_started_where_there_is_none(tmp_path: Path) -> None:
    from jupyter_qwen.kernel.client import Client

    said: list[str] = []
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("JPY_", "JUPYTER"))},
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]),
    }
    found = find_server(environment, said.append, folder=runtime)
    try:
        assert "starting one" in said[0]
        assert found.local
        assert found.token
        assert "state" in Client(found).get("status")
        assert find_server(environment, said.append, folder=runtime) == found
    finally:
        assert found.pid is not None
        os.kill(found.pid, 15)
