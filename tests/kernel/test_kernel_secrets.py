"""What a kernel tells to whom: a token to its own server alone, and of errors no more than the privacy level."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from fake_server import FakeServer, answer_events

from jupyter_qwen.kernel.discovery import explicit_server, other_servers, parent_server

HUB = {
    "JUPYTERHUB_API_TOKEN": "hub-token",
    "JUPYTERHUB_API_URL": "http://hub:8081/hub/api",
    "JUPYTERHUB_SERVICE_URL": "http://0.0.0.0:8888/user/ann/",
}
SECRET = "Ann Smith"


def describe(folder: Path, url: str, **data: Any) -> Path:
    path = folder / f"jpserver-{os.getpid()}.json"
    path.write_text(json.dumps({"url": url, "token": "", "pid": os.getpid(), "root_dir": "/", "sock": "", **data}))
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:8888/user/ann/", True),
        ("http://localhost:8888/user/ann/", True),
        ("http://127.0.0.1:9999/", False),  # somebody else's port on this machine
        ("http://10.0.0.9:8888/", False),
        ("https://evil.example/user/ann/", False),
        ("https://hub.evil.example/", False),
    ],
)
def test_a_hubs_token_goes_to_the_single_user_server_of_its_description(tmp_path: Path, url: str, told: bool) -> None:
    describe(tmp_path, url)
    found = parent_server({**HUB, "JPY_PARENT_PID": str(os.getpid())}, tmp_path)
    assert found is not None
    assert found.token == ("hub-token" if told else "")


@pytest.mark.parametrize(
    ("url", "hub", "told"),
    [
        ("https://hub.example.org/user/ann/", "https://hub.example.org/hub/api", True),
        ("https://HUB.example.org:443/user/ann/", "https://hub.example.org/hub/api", True),
        (
            "http://hub.example.org/user/ann/",
            "http://hub.example.org/hub/api",
            False,
        ),  # anybody on the way could read it
        ("https://hub.example.org.evil/user/ann/", "https://hub.example.org/hub/api", False),
        ("https://hub.example.org@evil/user/ann/", "https://hub.example.org/hub/api", False),
        ("https://evil/", "https://hub.example.org/hub/api", False),
        ("https://evil/", "", False),
        ("http://127.0.0.1:15001/user/ann", "http://127.0.0.1:15001/hub/api", True),
        ("http://127.0.0.1:15002/user/ann", "http://127.0.0.1:15001/hub/api", False),
    ],
)
def test_a_hubs_token_goes_to_the_hubs_own_host_alone_and_never_in_the_clear(url: str, hub: str, told: bool) -> None:
    environment = {"JUPYTER_QWEN_URL": url, "JUPYTERHUB_API_TOKEN": "hub-token", "JUPYTERHUB_API_URL": hub}
    found = explicit_server(environment)
    assert found is not None
    assert found.token == ("hub-token" if told else "")


def test_a_token_that_the_user_names_goes_where_the_user_says() -> None:
    found = explicit_server({**HUB, "JUPYTER_QWEN_URL": "https://elsewhere/", "JUPYTER_QWEN_TOKEN": "mine"})
    assert found is not None
    assert found.token == "mine"


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
@pytest.mark.parametrize("mode", [0o660, 0o606, 0o666])
def test_a_description_that_others_may_write_is_not_followed(tmp_path: Path, mode: int) -> None:
    describe(tmp_path, "http://127.0.0.1:8888/", token="t").chmod(mode)
    assert parent_server({"JPY_PARENT_PID": str(os.getpid())}, tmp_path) is None
    assert list(other_servers({}, tmp_path)) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_description_of_another_user_is_not_followed(tmp_path: Path) -> None:
    os.chown(describe(tmp_path, "http://127.0.0.1:8888/", token="t"), 65534, 65534)
    assert parent_server({"JPY_PARENT_PID": str(os.getpid())}, tmp_path) is None


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_link_is_no_description(tmp_path: Path) -> None:
    path = describe(tmp_path, "http://127.0.0.1:8888/", token="t")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert parent_server({"JPY_PARENT_PID": str(os.getpid())}, tmp_path) is None


@pytest.mark.parametrize("question", ["%%qwen sql\nrevenue per month", "%%qwen chat\nwhy?", "%qwen fix"])
@pytest.mark.parametrize(("level", "told"), [("types", False), ("names", False), ("values", True)])
def test_an_errors_values_leave_the_kernel_from_the_level_values_on(
    shell: Any, server: FakeServer, question: str, level: str, told: bool
) -> None:
    shell.run_line_magic("config", f"QwenMagics.privacy = '{level}'")
    shell.user_ns["names"] = {"x": SECRET}
    shell.run_cell("int(names['x'])", store_history=True)
    server.events = answer_events("1", language="python", verdict=None)
    shell.run_cell(question)
    assert (SECRET in json.dumps(server.asked())) is told
    assert "ValueError" in json.dumps(server.asked())
