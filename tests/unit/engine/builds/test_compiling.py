"""llama.cpp from its source package: what is fetched, what is told, and what is left when it fails."""

from __future__ import annotations

import io
import platform
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_qwen.engine.builds import compiling, sdist
from jupyter_qwen.engine.builds.compiling import TILE_CONFIG, build, built, compiler, remove, without_amx
from jupyter_qwen.engine.builds.sdist import LLAMA_CPP, BuildFailed, SourcePackage, check, fetch, unpack
from jupyter_qwen.models.digests import sha256_of

CMAKE = """cmake_minimum_required(VERSION 3.10)
project(stand_in CXX)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_executable(llama-server main.cpp)
"""
PYPROJECT = (
    '[build-system]\nrequires = ["setuptools", "a-package-nobody-has"]\nbuild-backend = "setuptools.build_meta"\n'
)


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., SourcePackage]:
    """Makes a source package in a folder that pip is told to look in."""

    def make(program: str = "int main() { return 0; }") -> SourcePackage:
        index = tmp_path / "index"
        index.mkdir(exist_ok=True)
        files = {
            "PKG-INFO": "Metadata-Version: 2.1\nName: nobodys-llama\nVersion: 1.0\n",
            "pyproject.toml": PYPROJECT,
            "setup.py": f"open({str(tmp_path / 'ran')!r}, 'w')\n",
            "thirdparty/llama.cpp/CMakeLists.txt": CMAKE,
            "thirdparty/llama.cpp/main.cpp": program,
            "elsewhere/large.bin": "x",
        }
        archive = index / "nobodys_llama-1.0.tar.gz"
        with tarfile.open(archive, "w:gz") as opened:
            for name, text in files.items():
                member = tarfile.TarInfo(f"nobodys_llama-1.0/{name}")
                member.size = len(text.encode())
                opened.addfile(member, io.BytesIO(text.encode()))
        return SourcePackage("nobodys_llama", "1.0", sha256_of(archive), archive.stat().st_size)

    return make


def pip_of(tmp_path: Path) -> list[str]:
    """pip on a folder, and on nothing else."""
    looks = f"PIP_FIND_LINKS={tmp_path / 'index'}"
    return ["env", "PIP_NO_INDEX=1", "PIP_CONFIG_FILE=/dev/null", looks, sys.executable, "-m", "pip"]


@pytest.mark.skipif(sys.platform == "win32", reason="pip's settings are given by `env`")
def test_archive_comes_by_pip_and_nothing_of_it_is_run(pack: Callable[..., SourcePackage], tmp_path: Path) -> None:
    package, work = pack(), tmp_path / "work"
    work.mkdir()
    archive = fetch(package, work, pip_of(tmp_path))
    assert sha256_of(archive) == package.sha256
    assert not (tmp_path / "ran").exists()
    source = unpack(archive, work / "source")
    assert (source / "main.cpp").is_file()
    assert not list((work / "source").rglob("large.bin"))


@pytest.mark.skipif(sys.platform == "win32", reason="pip's settings are given by `env`")
def test_package_that_the_index_does_not_have_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    with pytest.raises(BuildFailed, match=r"could not fetch nobodys_llama 2\.0") as failed:
        fetch(SourcePackage("nobodys_llama", "2.0", "0" * 64, 1), tmp_path, pip_of(tmp_path))
    assert "source package" in failed.value.hint


def test_archive_that_is_not_what_was_published_is_refused(pack: Callable[..., SourcePackage], tmp_path: Path) -> None:
    package = pack()
    archive = tmp_path / "index" / "nobodys_llama-1.0.tar.gz"
    archive.write_bytes(archive.read_bytes() + b"more")
    with pytest.raises(BuildFailed, match="is not what was published"):
        check(package, archive)


def test_release_is_named_with_its_digest() -> None:
    assert len(LLAMA_CPP.sha256) == 64
    assert LLAMA_CPP.version[0].isdigit()


def test_missing_compiler_is_named_with_the_command_that_brings_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling.shutil, "which", lambda name: None)
    if sys.platform == "win32":
        pytest.skip("Visual Studio is found beside PATH")
    with pytest.raises(BuildFailed, match="No C\\+\\+ compiler") as failed:
        compiler()
    assert failed.value.hint


def has_a_compiler() -> bool:
    try:
        compiler()
    except BuildFailed:
        return False
    return all(compiling.shutil.which(name) for name in ("cmake", "ninja"))


needs_tools = pytest.mark.skipif(not has_a_compiler(), reason="no C++ compiler, cmake and ninja here")


@needs_tools
def test_what_was_built_is_kept_with_its_origin_and_goes_when_asked(
    pack: Callable[..., SourcePackage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, told = pack(), list[str]()
    monkeypatch.setattr(sdist, "pip_command", lambda: pip_of(tmp_path))
    made = build(told.append, lambda program: "", folder=tmp_path / "engines", package=package)
    assert subprocess.run([made.path], check=False).returncode == 0
    assert (made.manifest["source"], made.manifest["sha256"]) == ("nobodys_llama 1.0", package.sha256)
    assert "-DGGML_NATIVE=ON" in made.manifest["flags"]
    assert [one.path for one in built(tmp_path / "engines")] == [made.path]
    assert any("Compiled" in words for words in told)
    assert [path.name for path in (tmp_path / "engines").iterdir()] == ["nobodys_llama-1.0"]
    assert remove(tmp_path / "engines") == (made.path.parent,)
    assert built(tmp_path / "engines") == ()


@needs_tools
def test_compiler_that_fails_is_quoted_and_leaves_nothing(
    pack: Callable[..., SourcePackage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = pack("int main() { return nothing_of_that_name; }")
    monkeypatch.setattr(sdist, "pip_command", lambda: pip_of(tmp_path))
    with pytest.raises(BuildFailed, match="nothing_of_that_name"):
        build(lambda words: None, lambda program: "", folder=tmp_path / "engines", package=package)
    assert list((tmp_path / "engines").iterdir()) == []


@needs_tools
def test_program_that_dies_is_built_once_more_without_amx(
    pack: Callable[..., SourcePackage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, told, tried = pack(), list[str](), list[Path]()
    monkeypatch.setattr(sdist, "pip_command", lambda: pip_of(tmp_path))
    monkeypatch.setattr(compiling, "features", lambda: ("AVX2", "AVX512", "AVX512_VNNI", "AMX_INT8"))

    def dies_once(program: Path) -> str:
        tried.append(program)
        return "The engine crashed (SIGILL)." if len(tried) == 1 else ""

    made = build(told.append, dies_once, folder=tmp_path / "engines", package=package)
    assert len(tried) == 2
    assert any("SIGILL" in words and "without AMX" in words for words in told)
    assert {"-DGGML_NATIVE=OFF", "-DGGML_AVX512=ON", "-DGGML_AVX512_VNNI=ON"} <= set(made.manifest["flags"])
    assert not any(flag.startswith("-DGGML_AMX") and flag.endswith("ON") for flag in made.manifest["flags"])


def test_features_are_named_one_by_one_where_amx_is_left_out() -> None:
    assert without_amx(("AVX2", "AVX512", "AMX_INT8"))[:2] == ("-DGGML_NATIVE=OFF", "-DGGML_AVX512=ON")


@pytest.mark.skipif(not compiling.shutil.which("g++"), reason="no g++ here")
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="AMX is of x86")
def test_all_of_a_tile_configuration_is_stored_before_it_is_loaded(tmp_path: Path) -> None:
    """What GCC 12 drops without the header: the rows and bytes of each tile, which made every tile instruction illegal."""
    (tmp_path / "tile_config.h").write_text(TILE_CONFIG)
    (tmp_path / "one.cpp").write_text(
        "#include <immintrin.h>\n#include <cstdint>\n"
        "void init() { struct { uint8_t palette = 1, more[63] = {}; } c; c.more[15] = 77; _tile_loadconfig(&c); }\n"
    )
    compiled = subprocess.run(
        ["g++", "-O3", "-march=sapphirerapids", "-S", "-o", "-", "-include", tmp_path / "tile_config.h", tmp_path / "one.cpp"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "sapphirerapids" in compiled.stderr:
        pytest.skip("this g++ is older than AMX")
    assert "ldtilecfg" in compiled.stdout
    assert "77" in compiled.stdout
