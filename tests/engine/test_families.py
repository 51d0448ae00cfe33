"""Each family's config, tokenizer class and chat template load and generate in the engine; the weights are random and small."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import Any

import pytest
from families import FAMILIES, TEXT, Family, write

from jupyter_qwen.engine.children.decoder.computer import Computer
from jupyter_qwen.engine.children.decoder.pass_size import PassSize
from jupyter_qwen.engine.children.decoder.routes import Routes
from jupyter_qwen.engine.children.decoder.sequence import Ended, Job, RequestFailed, Written
from jupyter_qwen.engine.children.decoder.text_stream import TextStream
from jupyter_qwen.engine.children.decoder.weights import Loaded, load


@pytest.fixture(scope="module", params=FAMILIES, ids=lambda family: family.name)
def family(request: pytest.FixtureRequest) -> Family:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def loaded(family: Family, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder: Path = write(family, tmp_path_factory.mktemp("families") / family.name)
    assert len(list(folder.glob("*.safetensors"))) > 1, "the weights are sharded"
    return load(folder, threads=1, context_tokens=512)


def test_family_loads_and_generates(loaded: Loaded) -> None:
    events: queue.Queue[Any] = queue.Queue()
    prompt = loaded.tokenizer(TEXT, add_special_tokens=False)["input_ids"]
    Computer(loaded, slots=2, cache_bytes=2**24, pace=PassSize()).submit(Job(prompt, 8, events.put))
    while not isinstance(event := events.get(timeout=30), (Ended, RequestFailed)):
        assert not isinstance(event, Written) or event.text
    assert isinstance(event, Ended)
    assert 1 <= event.timings.predicted_n <= 8


def test_text_survives_the_tokenizer_token_by_token(loaded: Loaded) -> None:
    tokens = loaded.tokenizer(TEXT, add_special_tokens=False)["input_ids"]
    stream = TextStream(loaded.tokenizer, ())
    assert "".join(stream.push(token) for token in tokens) + stream.end() == TEXT


def test_control_tokens_are_one_token_each_and_end_an_answer(loaded: Loaded, family: Family) -> None:
    for name in family.control:
        (token,) = loaded.tokenizer(name, add_special_tokens=False)["input_ids"]
        assert token in loaded.ends, name


def test_chat_template_is_the_families_own(loaded: Loaded, family: Family) -> None:
    routes = Routes(None, loaded.tokenizer, alias="x", key="x", context_tokens=512)  # type: ignore[arg-type]
    asked = {"messages": [{"role": "user", "content": "hello"}]}
    start = f"<|im_start|>system\n{family.system}<|im_end|>\n<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n"
    assert routes._chat(asked) == start
    begun = {"messages": [*asked["messages"], {"role": "assistant", "content": "SELECT"}]}
    assert routes._chat(begun) == start + "SELECT"
