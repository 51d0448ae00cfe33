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


@nox.session
def lint(session: nox.Session) -> None:
    """ruff, mypy --strict, the import contracts, eslint, prettier, stylelint."""
    python(session, "-m", "ruff", "check", ".")
    python(session, "-m", "ruff", "format", "--check", ".")
    python(session, "-m", "mypy")
    session.run(str(Path(sys.executable).parent / "lint-imports"), external=True)
    jlpm(session, "lint:check")


@nox.session
def model(session: nox.Session) -> None:
    """Fetch the default model by our own command; a second run finds it in the cache."""
    python(session, "-m", "jupyter_qwen.cli", "model", "pull")


@nox.session
def python_tests(session: nox.Session) -> None:
    """pytest: unit, server, kernel, engine and model tiers; the wheel has a session of its own."""
    python(session, "-m", "pytest", "-q", "--tb=short", "--ignore=tests/wheel", *session.posargs)


@nox.session
def frontend(session: nox.Session) -> None:
    """jest."""
    jlpm(session, "test")


@nox.session
def browser(session: nox.Session) -> None:
    """Playwright on a real JupyterLab and Notebook, with the real model; screenshots stay in tests/ui/test-results."""
    if shutil.which("chromium") is None and "CHROMIUM" not in os.environ:
        session.error("chromium is not installed: `apt-get install chromium`, or name one in CHROMIUM=/path/to/chrome")
    with session.chdir(HERE / "tests" / "ui"):
        session.run(
            "npm", "ci", "--no-audit", "--no-fund", external=True, env={"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
        )
        session.run("npx", "playwright", "test", external=True, env=WITH_OUR_TOOLS)


@nox.session
def pictures(session: nox.Session) -> None:
    """Record the demo with the real model, on a machine that is quiet, into docs/images/demo.webp."""
    with session.chdir(HERE / "tests" / "ui"):
        session.run(
            "npm", "ci", "--no-audit", "--no-fund", external=True, env={"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
        )
        session.run(
            "npx",
            "playwright",
            "test",
            "--project=model",
            "recording",
            external=True,
            env={**WITH_OUR_TOOLS, "QWEN_UI_RECORD": "1"},
        )
        python(session, "animate.py", "test-results/recording", str(HERE / "docs" / "images" / "demo.webp"))


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel and use it in a fresh environment where Node is not to be found."""
    python(session, "-m", "pytest", "tests/wheel", "-q")


@nox.session(venv_backend="venv")
def sbom(session: nox.Session) -> None:
    """dist/sbom: the Python packages that a fresh environment gets and the npm packages that are bundled, as CycloneDX."""
    for old in (HERE / "dist").glob("*.whl"):
        old.unlink()
    python(session, "-m", "build", "--wheel", ".")
    (built,) = (HERE / "dist").glob("*.whl")
    session.install(str(built))
    folder = HERE / "dist" / "sbom"
    folder.mkdir(exist_ok=True)
    inside = str(Path(session.bin) / "python")
    python(session, "-m", "cyclonedx_py", "environment", inside, "-o", str(folder / "python.cdx.json"))
    python(session, "-m", "release.front_end_sbom", str(built), str(folder / "front-end.cdx.json"))


# pytest last: what failed is then among the last lines of the log, which is all that some CI systems keep
nox.options.sessions = ["lint", "model", "frontend", "browser", "wheel", "python_tests"]
