"""Safetensors from a Hub: sharded, resumed, checked, listed, removed; and ids that the catalogue does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_hub import COMMIT, SHARDED, SHARDS, FakeHub, sha256
from huggingface_hub import HfApi, hf_hub_download

from jupyter_qwen.models.catalog import UnknownModel
from jupyter_qwen.models.errors import ModelCorrupt, NoSpace, PullCancelled, SourcesFailed
from jupyter_qwen.models.folders import partial_folder
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.sources import HubSource
from jupyter_qwen.models.store import ModelStore

WEIGHTS = sum(map(len, SHARDS.values()))


def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", sources=[HubSource()])


def test_the_hub_of_these_tests_speaks_what_huggingface_hub_speaks(hub: FakeHub, tmp_path: Path) -> None:
    info = HfApi(endpoint=hub.url).model_info(SHARDED, files_metadata=True)
    shard = next(item for item in info.siblings or () if item.rfilename.endswith("1-of-00003.safetensors"))
    assert shard.lfs is not None
    assert shard.lfs.sha256 == sha256(SHARDS[shard.rfilename])
    path = hf_hub_download(SHARDED, "config.json", endpoint=hub.url, cache_dir=tmp_path / "cache")
    assert b"qwen2" in Path(path).read_bytes()


def test_all_shards_come_and_the_folder_appears_last(hub: FakeHub, tmp_path: Path) -> None:
    heard: list[Progress] = []
    models = store(tmp_path)
    folder = models.pull(SHARDED, heard.append, kind="safetensors")
    assert folder == tmp_path / "models" / "tiny-coder"
    for name, content in SHARDS.items():
        assert (folder / name).read_bytes() == content
    assert not (folder / "README.md").exists()
    assert not (folder / "pytorch_model.bin").exists(), "only safetensors: pickles can run code"
    assert not partial_folder(folder).exists()
    assert heard[-1].phase == "done"
    assert heard[-1].done_bytes == heard[-1].total_bytes >= WEIGHTS
    done = [progress.done_bytes for progress in heard if progress.phase == "downloading"]
    assert done == sorted(done), "progress is of the whole, not of each shard"
    assert models.verify(SHARDED).intact


def test_files_are_taken_from_one_commit(hub: FakeHub, tmp_path: Path) -> None:
    store(tmp_path).pull(SHARDED)
    assert all(f"/resolve/{COMMIT}/" in path for path, _ in hub.asked if "/resolve/" in path)


def test_model_of_the_hub_is_known_by_its_id_from_then_on(hub: FakeHub, tmp_path: Path) -> None:
    models = store(tmp_path)
    with pytest.raises(UnknownModel) as unknown:
        models.entry(SHARDED)
    assert f"jupyter qwen model pull {SHARDED}" in unknown.value.hint
    models.pull(SHARDED)
    entry = models.entry(SHARDED)
    assert (entry.layers, entry.kv_heads, entry.head_dim, entry.context_tokens) == (2, 2, 16, 4096)
    assert entry.fim == "qwen2.5-coder"
    assert entry.formats == ("safetensors",)
    assert [row.entry.id for row in models.entries() if row.path and row.entry.id == SHARDED] == [SHARDED]


def test_interrupted_shard_goes_on_at_its_byte_and_whole_ones_are_not_fetched_again(
    hub: FakeHub, tmp_path: Path
) -> None:
    models = store(tmp_path)
    hub.cut = 150_000
    with pytest.raises(SourcesFailed, match="broke"):
        models.pull(SHARDED)
    with pytest.raises(UnknownModel):
        models.entry(SHARDED)
    part = partial_folder(tmp_path / "models" / "tiny-coder")
    half = (part / "model-00001-of-00003.safetensors.part").stat().st_size
    assert 0 < half <= 150_000
    hub.cut = None
    hub.asked.clear()
    models.pull(SHARDED)
    assert models.verify(SHARDED).intact
    assert ("/cdn/" + SHARDED + "/model-00001-of-00003.safetensors", f"bytes={half}-") in hub.asked
    assert hub.fetched("config.json") == 0


def test_stopped_pull_keeps_what_it_had(hub: FakeHub, tmp_path: Path) -> None:
    models = store(tmp_path)
    with pytest.raises(PullCancelled):
        models.pull(SHARDED, cancelled=lambda: hub.fetched("00001-of-00003.safetensors") > 0)
    hub.asked.clear()
    models.pull(SHARDED)
    assert hub.fetched("tokenizer.json") == 0


def test_shard_with_other_bytes_than_the_hub_states_is_thrown_away(hub: FakeHub, tmp_path: Path) -> None:
    hub.broken.add("model-00002-of-00003.safetensors")
    models = store(tmp_path)
    with pytest.raises(SourcesFailed, match=r"model-00002-of-00003\.safetensors came with"):
        models.pull(SHARDED)
    hub.broken.clear()
    models.pull(SHARDED)
    assert models.verify(SHARDED).intact


def test_small_file_with_other_bytes_is_noticed_too(hub: FakeHub, tmp_path: Path) -> None:
    hub.broken.add("config.json")
    with pytest.raises(SourcesFailed, match=r"config\.json came with"):
        store(tmp_path).pull(SHARDED)


def test_repository_that_lacks_a_shard_is_refused(hub: FakeHub, tmp_path: Path) -> None:
    del hub.repositories[SHARDED]["model-00003-of-00003.safetensors"]
    with pytest.raises(SourcesFailed, match="lacks a shard"):
        store(tmp_path).pull(SHARDED)


def test_one_changed_byte_of_a_shard_is_named_and_force_mends_it(hub: FakeHub, tmp_path: Path) -> None:
    models = store(tmp_path)
    folder = models.pull(SHARDED)
    shard = folder / "model-00003-of-00003.safetensors"
    shard.write_bytes(b"!" + SHARDS[shard.name][1:])
    with pytest.raises(ModelCorrupt, match="damaged"):
        models.verified_path(SHARDED)
    assert models.verify(SHARDED).damaged == (shard.name,)
    models.pull(SHARDED, force=True)
    assert models.verify(SHARDED).intact


def test_unknown_repository_and_one_without_safetensors_are_two_sentences(hub: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(SourcesFailed, match=r"the Hub has no someone/Nothing, or it needs a token"):
        store(tmp_path).pull("someone/Nothing")
    hub.repositories["someone/Pickled"] = {"config.json": b"{}", "pytorch_model.bin": b"x"}
    with pytest.raises(SourcesFailed, match="someone/Pickled has no safetensors"):
        store(tmp_path).pull("someone/Pickled")


def test_one_gguf_file_of_a_foreign_repository(hub: FakeHub, tmp_path: Path) -> None:
    hub.repositories["someone/Tiny-GGUF"] = {"tiny-q8_0.gguf": b"GGUF" * 50_000}
    models = store(tmp_path)
    path = models.pull("someone/Tiny-GGUF/tiny-q8_0.gguf")
    assert path == tmp_path / "models" / "tiny-q8_0.gguf"
    assert models.path("tiny-q8_0.gguf") == path.resolve()
    assert models.remove("tiny-q8_0.gguf") == 200_000


def test_remove_of_a_folder_frees_it_and_its_half(hub: FakeHub, tmp_path: Path) -> None:
    models = store(tmp_path)
    folder = models.pull(SHARDED)
    partial_folder(folder).mkdir()
    (partial_folder(folder) / "x.part").write_bytes(b"half")
    assert models.remove(SHARDED) > WEIGHTS
    assert not folder.exists()
    assert not partial_folder(folder).exists()


def test_folder_of_the_users_own_is_a_model_and_is_never_deleted(hub: FakeHub, tmp_path: Path) -> None:
    models = store(tmp_path)
    own = models.pull(SHARDED).rename(tmp_path / "my model")
    (own / "jupyter_qwen.json").unlink()
    entry = models.entry(str(own))
    assert entry.folder == str(own)
    assert models.remove(str(own)) == 0
    assert own.exists()


def test_snapshot_in_the_hugging_face_cache_is_used_in_place(hub: FakeHub, tmp_path: Path) -> None:
    for name in hub.repositories[SHARDED]:
        hf_hub_download(SHARDED, name, endpoint=hub.url, cache_dir=tmp_path / "hub-cache")
    models = store(tmp_path)
    path = models.path(SHARDED)
    assert path is not None
    assert (tmp_path / "hub-cache") in path.parents


def test_full_disk_is_noticed_before_the_first_shard(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Full)
    with pytest.raises(NoSpace, match="MB free"):
        store(tmp_path).pull(SHARDED)
    assert hub.fetched(".safetensors") == 0


STRAY = ("..\\evil", "..\\..\\evil", "C:evil", "C:\\evil", "/tmp/evil", "../evil", "a/../../evil", "\\\\host\\share\\evil",
         "con", "NUL.x", "com1", "evil:stream", ".hidden", "~/evil", "evil\0", "evil\n", "ｅvil", "e" * 300)  # fmt: skip


@pytest.mark.parametrize("stray", STRAY)
def test_file_of_a_mirror_never_leaves_its_folder_on_any_system(hub: FakeHub, tmp_path: Path, stray: str) -> None:
    hub.repositories[SHARDED][f"{stray}.safetensors"] = b"evil"
    folder = store(tmp_path).pull(SHARDED)
    names = {path.name for path in tmp_path.rglob("*") if path.is_file() and "hub-cache" not in path.parts}
    assert not any(
        "vil" in name or "x.safe" in name or name.startswith(("con", "com1")) for name in names - {"config.json"}
    )
    assert sorted(path.name for path in folder.glob("*.safetensors")) == sorted(SHARDS)


@pytest.mark.parametrize("name", ["someone/..", "../someone", "./x", "someone/con", "someone/NUL.gguf", "a/b/con.gguf"])
def test_name_that_is_no_folder_of_its_own_is_no_model_of_the_hub(hub: FakeHub, tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownModel):
        store(tmp_path).pull(name)
    assert hub.asked == []


@pytest.mark.parametrize("shard", ["../outside.safetensors", "..\\outside.safetensors"])
def test_index_that_names_a_shard_elsewhere_makes_no_whole_folder(hub: FakeHub, tmp_path: Path, shard: str) -> None:
    hub.repositories[SHARDED]["model.safetensors.index.json"] = json.dumps({"weight_map": {"layer": shard}}).encode()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "outside.safetensors").write_bytes(b"x")
    with pytest.raises(SourcesFailed, match="lacks a shard"):
        store(tmp_path).pull(SHARDED)


def test_misspelt_id_names_the_one_that_was_meant(hub: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(SourcesFailed) as failed:
        store(tmp_path).pull("Qwen/Qwen2.5-Codr-7B-Instruct")
    assert "Did you mean Qwen/Qwen2.5-Coder-7B-Instruct" in failed.value.hint
