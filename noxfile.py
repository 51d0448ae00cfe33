"""The project's checks, one session a tier. `nox` runs all of them in the environment that nox itself runs in."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.stop_on_first_error = False

HERE = Path(__file__).parent


def python(session: nox.Session, *arguments: str) -> None:
    session.run(sys.executable, *arguments, external=True)


# jlpm's own scripts call jlpm, and the browser tests start `jupyter`: both must be this environment's
WITH_OUR_TOOLS = {"PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]}


def jlpm(session: nox.Session, *arguments: str) -> None:
    session.run(str(Path(sys.executable).parent / "jlpm"), *arguments, external=True, env=WITH_OUR_TOOLS)


WORKFLOW_FILES = {
    "vendor.github-workflows": ".github/workflows/*.yml",
    "vendor.github-actions": ".github/actions/*/action.yml",
    "vendor.dependabot": ".github/dependabot.yml",
    "vendor.github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "vendor.github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
}


@nox.session
def lint(session: nox.Session) -> None:
    """ruff, mypy --strict, import contracts, house rules, workflows against GitHub's schema, eslint, prettier, stylelint."""
    python(session, "-m", "ruff", "check", ".")
    python(session, "-m", "ruff", "format", "--check", ".")
    python(session, "-m", "mypy")
    session.run(str(Path(sys.executable).parent / "lint-imports"), external=True)
    python(session, "-m", "pytest", "-q", "tests/unit/test_house.py")
    for schema, pattern in WORKFLOW_FILES.items():
        files = [str(path) for path in sorted(HERE.glob(pattern))]
        python(session, "-m", "check_jsonschema", "--builtin-schema", schema, *files)
    jlpm(session, "lint:check")


@nox.session
def model(session: nox.Session) -> None:
    """Fetch the default model by our own command; a second run finds it in the cache."""
    python(session, "-m", "jupyter_qwen.cli", "model", "pull")


@nox.session
def python_tests(session: nox.Session) -> None:
    """pytest: unit, server, kernel, engine and model tiers; the wheel has a session of its own."""
    python(session, "-m", "pytest", "-q", "--tb=short", "--ignore=tests/wheel", *session.posargs)


#: Tests that any system and any Python can run: no weights, no torch, no browser, no Node.
PORTABLE = ("tests/unit", "tests/server", "tests/kernel")


@nox.session
def portable_tests(session: nox.Session) -> None:
    """pytest without weights, torch, browser and Node, on any system; it needs the extra `test-portable` alone."""
    python(session, "-m", "pytest", "-q", "--tb=short", "-m", "not model", *(session.posargs or PORTABLE))


@nox.session(venv_backend="venv")
def lower_bounds(session: nox.Session) -> None:
    """The same with the oldest versions that pyproject.toml allows."""
    inside = str(Path(session.bin) / "python")
    python(
        session, "-m", "uv", "pip", "install", "--python", inside, "--resolution", "lowest-direct", "-e", ".[test-portable]"
    )  # fmt: skip
    session.run("python", "-m", "pytest", "-q", "--tb=short", "-m", "not model", *(session.posargs or PORTABLE))


@nox.session
def frontend(session: nox.Session) -> None:
    """jest."""
    jlpm(session, "test")


def built_wheel(session: nox.Session) -> Path:
    """The wheel of this tree, alone in dist/."""
    for old in (HERE / "dist").glob("*.whl"):
        old.unlink()
    python(session, "-m", "build", "--wheel", ".")
    (built,) = (HERE / "dist").glob("*.whl")
    return built


def playwright(session: nox.Session, *arguments: str, path: str = WITH_OUR_TOOLS["PATH"], **variables: str) -> None:
    if shutil.which("chromium") is None and "CHROMIUM" not in os.environ:
        session.error("chromium is not installed: `apt-get install chromium`, or name one in CHROMIUM=/path/to/chrome")
    with session.chdir(HERE / "tests" / "ui"):
        session.run(
            "npm", "ci", "--no-audit", "--no-fund", external=True, env={"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
        )
        session.run("npx", "playwright", "test", *arguments, external=True, env={"PATH": path, **variables})


@nox.session
def browser(session: nox.Session) -> None:
    """Playwright on a real JupyterLab and Notebook, with the real model; screenshots stay in tests/ui/test-results."""
    playwright(session, *session.posargs)


@nox.session(venv_backend="venv")
def jupyterlab_versions(session: nox.Session) -> None:
    """The browser tests of JupyterLab with another one: `-- 4.6` (any version's beginning), `-- newest`, `-- next`."""
    asked = session.posargs[0] if session.posargs else "newest"
    wanted = {"newest": ["--upgrade", "jupyterlab"], "next": ["--upgrade", "--pre", "jupyterlab"]}
    session.install(f"{built_wheel(session)}[lab]")
    session.install(*wanted.get(asked, [f"jupyterlab=={asked}.*"]))
    path = os.pathsep.join([session.bin, str(Path(sys.executable).parent), os.environ["PATH"]])
    session.run("jupyter", "lab", "--version", env={"PATH": path})
    playwright(session, "--project=lab", *session.posargs[1:], path=path)


@nox.session
def pictures(session: nox.Session) -> None:
    """Record the demo with the real model, on a machine that is quiet, into docs/images/demo.webp."""
    playwright(session, "--project=model", "recording", QWEN_UI_RECORD="1")
    with session.chdir(HERE / "tests" / "ui"):
        python(session, "animate.py", "test-results/recording", str(HERE / "docs" / "images" / "demo.webp"))


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation site in build/docs, its reference from the code; a warning is an error, and so is a dead link inside."""
    python(session, "-m", "release.reference", str(HERE / "docs" / "reference" / "generated"))
    python(
        session, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-b", "html", "docs", str(HERE / "build" / "docs")
    )


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel and use it in a fresh environment where Node is not to be found."""
    python(session, "-m", "pytest", "tests/wheel", "-q")


@nox.session
def release_check(session: nox.Session) -> None:
    """Two builds alike, wheel and sdist without Node, the whole tutorial, nothing left; `-- --model` asks the real one."""
    python(session, "-m", "release.check", *session.posargs)


@nox.session(venv_backend="venv")
def sbom(session: nox.Session) -> None:
    """dist/sbom: the Python packages that a fresh environment gets and the npm packages that are bundled, as CycloneDX."""
    built = built_wheel(session)
    session.install(str(built))
    folder = HERE / "dist" / "sbom"
    folder.mkdir(exist_ok=True)
    inside = str(Path(session.bin) / "python")
    python(session, "-m", "cyclonedx_py", "environment", inside, "-o", str(folder / "python.cdx.json"))
    python(session, "-m", "release.front_end_sbom", str(built), str(folder / "front-end.cdx.json"))


# pytest last: what failed is then among the last lines of the log, which is all that some CI systems keep
nox.options.sessions = ["lint", "docs", "model", "frontend", "browser", "wheel", "python_tests"]
