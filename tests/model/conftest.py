"""A Jupyter server with the extension and the real weights, as a user starts it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.speed.jupyter_process import JupyterServer, jupyter_server
from jupyter_qwen.models.store import ModelStore


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    if ModelStore().path() is None:
        pytest.skip("the default model is not here: jupyter qwen model pull")
    with jupyter_server(tmp_path_factory.mktemp("served"), "--QwenExtension.engine=llama") as server:
        yield server
