"""``jupyter qwen lab`` and ``demo``: what they hand to JupyterLab; a model is fetched only where none that serves is on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_qwen.cli import first_answers, jupyterlab, main
from jupyter_qwen.demo.demo_folder import SHOP_NOTEBOOK, build_demo
from jupyter_qwen.models.catalog import find
from jupyter_qwen.models.store import ModelStore


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.setenv("JUPYTER_QWEN_MODELS", str(tmp_path))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    pulled: list[object] = []
    monkeypatch.setattr("jupyter_qwen.cli.model.pull", lambda store, model, **options: pulled.append(model))
    return pulled


def test_nothing_is_fetched_where_another_model_is_here(asked: list[object], tmp_path: Path) -> None:
    small = find("qwen2.5-coder-0.5b-instruct")
    assert small.gguf is not None
    with (tmp_path / small.gguf.name).open("wb") as file:
        file.truncate(small.gguf.bytes)
    assert ModelStore().path(small) is not None
    jupyterlab._fetch_model()
    assert asked == []


def test_the_default_model_is_fetched_where_there_is_none(asked: list[object]) -> None:
    jupyterlab._fetch_model()
    assert asked == [None]


@pytest.fixture
def launched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What JupyterLab would be started with."""
    given: list[str] = []
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", lambda argv: given.extend(argv))
    return given


@pytest.mark.parametrize(
    "options", [["--no-browser", "--ServerApp.port=8890"], ["--", "--no-browser", "--ServerApp.port=8890"]]
)
def test_options_that_are_not_ours_go_to_jupyterlab(options: list[str], launched: list[str]) -> None:
    assert main(["lab", "--no-model", *options]) == 0
    assert {"--no-browser", "--ServerApp.port=8890"} < set(launched)
    assert launched[0] == str(Path.cwd())


def test_the_demo_is_made_in_a_folder_of_its_own_and_may_load_itself_once(
    launched: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--no-model", "--no-browser"]) == 0
    notebook = tmp_path / "jupyter-qwen-demo" / SHOP_NOTEBOOK
    assert Path(launched[0]) == Path("jupyter-qwen-demo", SHOP_NOTEBOOK)
    assert {path.name for path in tmp_path.iterdir()} == {"jupyter-qwen-demo"}
    assert str(notebook) in next(option for option in launched if "fresh_demo" in option)
    assert f"--QwenExtension.opens={notebook}" in launched
    assert "--no-browser" in launched
    assert len(capsys.readouterr().out.splitlines()) - ("allow-root" in "".join(launched)) == 1

    launched.clear()
    assert main(["demo", "--no-model"]) == 0
    assert "--QwenExtension.fresh_demo={}" in launched
    assert "run its first cells" in capsys.readouterr().out


def test_a_demo_that_cannot_be_made_says_so(
    launched: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    assert main(["demo", "--no-model", "taken"]) == 1
    assert "cannot be made in taken" in capsys.readouterr().err
    assert launched == []


def test_only_made_the_demo_starts_nothing(launched: list[str], tmp_path: Path) -> None:
    assert main(["demo", "--only-make", "shop"]) == 0
    assert (tmp_path / "shop" / SHOP_NOTEBOOK).is_file()
    assert launched == []


def test_the_printed_address_opens_the_notebook(launched: list[str], tmp_path: Path) -> None:
    (tmp_path / "my data.ipynb").write_text("{}")
    main(["lab", "--no-model", "my data.ipynb"])
    assert "--LabApp.default_url=/lab/tree/my%20data.ipynb" in launched


@pytest.mark.parametrize("words", [["."], ["my.ipynb", "--ServerApp.root_dir=.."]])
def test_a_folder_or_a_root_of_ones_own_leaves_the_address_alone(
    words: list[str], launched: list[str], tmp_path: Path
) -> None:
    (tmp_path / "my.ipynb").write_text("{}")
    main(["lab", "--no-model", *words])
    assert not [option for option in launched if "default_url" in option]


def test_other_commands_refuse_what_they_do_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["doctor", "--no-browser"])
    assert "unrecognized arguments: --no-browser" in capsys.readouterr().err


def test_a_flag_is_not_taken_for_an_option_with_a_value(
    launched: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "--no-model", "--no-browser", "mistyped.ipynb"]) != 0
    assert "mistyped.ipynb does not exist" in (told := capsys.readouterr().err)
    assert "--no-browser" not in told
    assert launched == []


def test_a_value_that_stands_apart_from_its_option_is_named(
    launched: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "--no-model", "--no-browser", "--port", "8890"]) != 0
    assert "8890 does not exist" in (told := capsys.readouterr().err)
    assert "--port=8890" in told
    assert launched == []


@pytest.mark.usefixtures("asked", "launched")
def test_the_model_reads_a_fresh_demo_before_jupyterlab_starts_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr("jupyter_qwen.cli.first_answers.prepare", read.append)
    assert main(["demo"]) == 0
    assert read == [Path("jupyter-qwen-demo", SHOP_NOTEBOOK)]
    assert main(["demo"]) == 0  # it is there already
    assert main(["demo", "--no-model", "second"]) == 0
    assert main(["demo", "third", "--QwenExtension.engine=scripted"]) == 0
    assert main(["lab"]) == 0
    assert len(read) == 1


def test_where_no_model_is_nothing_is_read(
    asked: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = build_demo(tmp_path / "demo")
    first_answers.prepare(demo.notebook)
    assert capsys.readouterr().out == ""
    assert asked == []
