"""Is it ready to be released? `python -m release.check`

Two builds give the same bytes, wheel and sdist install without Node, the tutorial works from its first command to its
last, and uninstalling leaves nothing. `--model` asks the real model, which is fetched where it is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
TUTORIAL = ROOT / "docs" / "tutorial" / "ten-minutes.md"
START_SECONDS = 180.0
#: What the demo's JupyterLab is started with besides: nobody looks at it, and no model is fetched for it.
UNSEEN = "--no-model --no-browser --ServerApp.port=0 --ServerApp.port_retries=0 --ServerApp.allow_root=True"


class NotReady(Exception):
    """What keeps it from being released."""


def run(*command: str | Path, cwd: Path, env: dict[str, str]) -> str:
    """Standard output and error of a command. Raises NotReady with both when it fails."""
    print("  $", " ".join(map(str, command))[:160], flush=True)
    done = subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise NotReady(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def without_node() -> dict[str, str]:
    """The environment variables of a machine where neither node nor npm is to be found, and of nobody's Python."""
    tools = ("node", "npm", "jlpm")
    kept = [
        folder
        for folder in os.environ["PATH"].split(os.pathsep)
        if not any((Path(folder) / tool).exists() for tool in tools)
    ]
    # the folder of node may hold the shell as well
    found = [shutil.which(name) for name in ("bash", "sh", "env")]
    return {
        **{name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")},
        "PATH": os.pathsep.join(kept),
        "CHECK_SHELL": next((path for path in found if path), "sh"),
    }


def builds(folder: Path) -> list[Path]:
    """Wheel and sdist of this tree. Raises NotReady unless a second build, in a folder of another name, gives the same bytes."""
    files = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    when = subprocess.check_output(["git", "log", "-1", "--format=%ct"], cwd=ROOT, text=True).strip()
    env = {**os.environ, "SOURCE_DATE_EPOCH": when}
    env.pop("SKIP_JUPYTER_BUILDER", None)
    made = []
    for name in ("one", "another place"):
        source, dist = folder / name / "jupyter_qwen", folder / name / "dist"
        for file in filter(None, files):
            (source / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, source / file)
        run(sys.executable, "-m", "build", "--outdir", dist, source, cwd=folder, env=env)
        made.append({path.name: path for path in sorted(dist.iterdir())})
    digests = [{name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in each.items()} for each in made]
    for name, digest in digests[0].items():
        print(f"  {name} {digest}")
    if digests[0] != digests[1]:
        raise NotReady(f"two builds differ: {digests}")
    run(sys.executable, "-m", "twine", "check", "--strict", *made[0].values(), cwd=folder, env=env)
    return list(made[0].values())


def tutorial(wheel: Path, folder: Path, *, model: bool) -> None:
    """Every command and every script of the tutorial, in its order. Raises NotReady."""
    env = {**without_node(), "HOME": str(folder / "home"), "JUPYTER_PLATFORM_DIRS": "0"}
    if model:
        env["HOME"] = os.environ["HOME"]
    (folder / "home").mkdir()
    script = folder / "script.json"
    script.write_text(
        json.dumps([{"match": "", "reply": "SELECT country, count(*) AS n FROM customers GROUP BY country"}])
    )
    blocks = re.findall(r"^```(bash|python)\n(.*?)^```", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for language, text in blocks:
        if language == "python":
            if "%" not in text:
                (folder / "look.py").write_text(text)
                told = run(folder / ".venv/bin/python", "look.py", cwd=folder, env=env)
                if "warning" not in told:
                    raise NotReady(f"look.py warns of nothing:\n{told}")
            continue
        for line in text.strip().splitlines():
            command = line.replace("'jupyter_qwen[lab]'", f"'{wheel}[lab]'").replace(
                "python3 -m venv", f"{sys.executable} -m venv"
            )
            if "qwen demo" in line:
                opened(f"{command} {UNSEEN}", folder, env)
            elif "qwen model pull" in line and not model:
                print("  - not fetched:", line)
            else:
                if "qwen doctor" in line:
                    command += " || test $? = 1"  # the model is missing still, which it says, with the way to it
                asks = "qwen ask" in line and not model
                run(
                    env["CHECK_SHELL"],
                    "-c",
                    command + (f" --engine scripted --script {script}" if asks else ""),
                    cwd=folder,
                    env=env,
                )
    left(folder / ".venv")


def opened(command: str, folder: Path, env: dict[str, str]) -> None:
    """JupyterLab comes up with the extension, which answers, and ends at Ctrl-C. Raises NotReady."""
    print("  $", command, flush=True)
    log = folder / "lab.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [env["CHECK_SHELL"], "-c", f"exec {command}"], cwd=folder, env=env, stdout=out, stderr=out, start_new_session=True
        )  # fmt: skip
        try:
            status = _status(_address(log, process))
            print(f"  JupyterLab answers: engine {status['engine'] or 'none yet'}, {status['state']}")
        finally:
            for _ in range(2):  # the first asks whether it is meant
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGINT)
                    time.sleep(1)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise NotReady("JupyterLab did not end at Ctrl-C") from None


def _status(url: str) -> dict[str, str]:
    """What the extension of the JupyterLab at `url` says; the address is printed before anybody listens. Raises NotReady."""
    base, _, query = url.partition("?")
    asked = f"{base[: base.index('/', 8)]}/jupyter-qwen/status?{query}"
    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                status: dict[str, str] = json.load(answer)
                return status
        except OSError as error:
            if time.monotonic() > ends:
                raise NotReady(f"{asked.partition('?')[0]} does not answer: {error}") from error
            time.sleep(0.5)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        found = re.search(r"(http://(?:127\.0\.0\.1|localhost):\d+/\S*token=\w+)", log.read_text())
        if found:
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.5)
    raise NotReady(f"JupyterLab did not come up:\n{log.read_text()[-4000:]}")


def left(environment: Path) -> None:
    """Raises NotReady when an environment still holds something of the package that was uninstalled."""
    rest = [str(path) for path in environment.rglob("*") if re.search(r"jupyter[-_]qwen", path.name)]
    if rest:
        raise NotReady(f"uninstalling left {rest}")
    print("  nothing is left in the environment")


def from_source(sdist: Path, folder: Path) -> None:
    """The sdist installs without Node, is enabled by itself, and goes without a rest. Raises NotReady."""
    env = without_node()
    inside = folder / "environment"
    run(sys.executable, "-m", "venv", inside, cwd=folder, env=env)
    run(inside / "bin/python", "-m", "pip", "install", "-q", sdist, cwd=folder, env=env)
    run(inside / "bin/jupyter", "qwen", "--version", cwd=folder, env=env)
    told = run(inside / "bin/jupyter", "server", "extension", "list", cwd=folder, env=env)
    if not re.search(r"jupyter_qwen\S* .*OK", re.sub(r"\x1b\[\d+m", "", told)):
        raise NotReady(f"the extension is not enabled:\n{told}")
    if not list((inside / "share/jupyter/labextensions/jupyter_qwen/static").glob("remoteEntry.*.js")):
        raise NotReady("the sdist brought no front end")
    run(inside / "bin/python", "-m", "pip", "uninstall", "-q", "-y", "jupyter_qwen", cwd=folder, env=env)
    left(inside)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", action="store_true", help="ask the real model in the tutorial")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jupyter-qwen-release-") as name:
        folder = Path(name)
        try:
            print("Two builds")
            made = builds(folder)
            (wheel,) = [path for path in made if path.suffix == ".whl"]
            (sdist,) = [path for path in made if path.suffix == ".gz"]
            print("The tutorial, from the wheel")
            (folder / "reader").mkdir()
            tutorial(wheel, folder / "reader", model=arguments.model)
            print("The sdist")
            (folder / "source").mkdir()
            from_source(sdist, folder / "source")
        except NotReady as error:
            print(f"Not ready: {error}", file=sys.stderr)
            return 1
    print("Ready.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
