"""Each family as a GGUF file: read by our header reader, loaded by llama.cpp, its control tokens whole, its answers streamed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoints import Endpoint, child_endpoint
from tiny_gguf import FAMILIES, HEAD_DIM, LAYERS, Family, write

from jupyter_qwen.engine.base import Delta, Finished, GenerationRequest
from jupyter_qwen.engine.choice import EngineChoice
from jupyter_qwen.engine.config import EngineConfig
from jupyter_qwen.engine.process.child_settings import child_settings
from jupyter_qwen.models.catalog import find
from jupyter_qwen.prompt.tokens import fim_tokens


@pytest.fixture(scope="module", params=FAMILIES, ids=lambda family: family.name)
def family(request: pytest.FixtureRequest) -> Family:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def file(family: Family, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(family, tmp_path_factory.mktemp("gguf") / "mine.gguf")


@pytest.fixture(scope="module")
def endpoint(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    choice = EngineChoice("llama", "", model=find(str(file)), context_tokens=512, threads=1)
    config = EngineConfig(slot_folder=tmp_path_factory.mktemp("slots"))
    found, child = child_endpoint("llama", child_settings(choice, config, file), tmp_path_factory.mktemp("log"))
    yield found
    child.kill()


def test_header_is_read_as_the_family_has_it(family: Family, file: Path) -> None:
    entry = find(str(file))
    assert (entry.layers, entry.heads, entry.kv_heads, entry.head_dim) == (LAYERS, *family.heads, HEAD_DIM)
    assert entry.context_tokens == family.context
    assert entry.fim == family.fim
    assert entry.chat_template


async def test_llama_loads_it_and_generates(endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        request = GenerationRequest("def add(a, b):\n    return", max_new_tokens=6)
        items = [item async for item in engine.generate(request)]
        assert isinstance(items[-1], Finished)
        assert 1 <= items[-1].usage.new_tokens <= 6
        assert all(isinstance(item, Delta) for item in items[:-1])


async def test_control_tokens_are_one_token_each(family: Family, endpoint: Endpoint) -> None:
    async with endpoint.client() as engine:
        counts = await asyncio.gather(*(engine.count_tokens(f"{name}{name}") for name in family.control))
        assert counts == [2] * len(family.control)


async def test_fill_in_the_middle_prompt_is_made_of_the_files_own_tokens(family: Family, endpoint: Endpoint) -> None:
    if family.fim is None:
        pytest.skip("not trained to fill in the middle")
    tokens = fim_tokens(family.fim)

    async with endpoint.client() as engine:
        empty = await engine.count_tokens(f"{tokens.prefix}{tokens.suffix}{tokens.middle}")
        assert empty == 3
        other = fim_tokens("codeqwen1.5" if family.fim == "qwen2.5-coder" else "qwen2.5-coder")
        assert await engine.count_tokens(other.middle) > 1, "another family's tokens are mere letters here"
