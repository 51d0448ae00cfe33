"""Lines that break at any byte, and bytes that are wrong: what was fetched is kept, what is damaged is never loaded."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fake_hub import SHARDED, SHARDS, FakeHub

from jupyter_qwen.models.errors import ModelCorrupt, SourcesFailed
from jupyter_qwen.models.sources import HubSource
from jupyter_qwen.models.store import ModelStore

CUTS = 50


def test_fifty_downloads_cut_at_random_points_are_whole_after_they_went_on(hub: FakeHub, tmp_path: Path) -> None:
    chance = random.Random(14)
    content = chance.randbytes(300_000)
    hub.repositories["someone/Tiny-GGUF"] = {"tiny.gguf": content}
    for number in range(CUTS):
        models = ModelStore(tmp_path / str(number), sources=[HubSource()])
        hub.cut = chance.randrange(len(content))
        with pytest.raises(SourcesFailed):
            models.pull("someone/Tiny-GGUF/tiny.gguf")
        (half,) = models.folder.glob("*.part")
        kept, hub.cut = half.stat().st_size, None
        hub.asked.clear()
        assert models.pull("someone/Tiny-GGUF/tiny.gguf").read_bytes() == content
        sent_again = [asked for path, asked in hub.asked if path.startswith("/cdn/")]
        assert sent_again == ([f"bytes={kept}-"] if kept else [None]), "no byte is fetched twice"


def test_one_flipped_bit_anywhere_is_refused_before_it_is_loaded(hub: FakeHub, tmp_path: Path) -> None:
    chance, models = random.Random(15), ModelStore(tmp_path, sources=[HubSource()])
    folder = models.pull(SHARDED)
    for _ in range(CUTS):
        shard = folder / chance.choice(sorted(SHARDS))
        content = bytearray(SHARDS[shard.name])
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        shard.write_bytes(content)
        with pytest.raises(ModelCorrupt):
            models.verified_path(SHARDED)
        shard.write_bytes(SHARDS[shard.name])
        assert models.verified_path(SHARDED) == folder
