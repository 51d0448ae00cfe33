"""What an environment with the assistant is made of: ``python -m benchmarks.environment_size WHEEL`` makes one and measures it.

A new environment gets the wheel, JupyterLab and a kernel, as ``pip install 'WHEEL[lab]'`` without pandas and matplotlib. Printed
are the seconds of the installation and, for each package, what its files take in megabytes of 1,000,000 bytes, compiled bytecode
apart. Needs a package index.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
import venv
from pathlib import Path

_MEGABYTE = 1e6
_SHOWN = 16
_BLOCK = 512  # bytes, the unit of st_blocks on every system that has it
#: Run by the new environment's Python: the files of each package, with the bytecode that pip compiled of them.
_LISTED = """
import importlib.metadata, json, pathlib, sys
told = {}
for package in importlib.metadata.distributions():
    files = {pathlib.Path(package.locate_file(file)).resolve() for file in package.files or ()}
    made = {cache for file in files if file.suffix == ".py"
            for cache in file.parent.glob(f"__pycache__/{file.stem}.*.pyc")}
    told[package.metadata["Name"]] = [
        sum(file.stat().st_size for file in files - made if file.is_file() and file.suffix != ".pyc"),
        sum(file.stat().st_size for file in files | made if file.is_file() and file.suffix == ".pyc"),
    ]
print(json.dumps(told))
"""


def measure(wheel: str, folder: Path) -> None:
    """Make the environment in `folder` and print what it holds. Raises CalledProcessError when pip does not get there."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    began = time.monotonic()
    subprocess.run([python, "-m", "pip", "install", "-qq", wheel, "jupyterlab>=4.6,<5", "ipykernel>=6.29"], check=True)
    seconds = time.monotonic() - began
    listed = subprocess.run([python, "-c", _LISTED], check=True, capture_output=True, text=True)
    packages: dict[str, list[int]] = json.loads(listed.stdout)
    files = [file.lstat() for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    total = sum(file.st_size for file in files)
    blocks = sum(getattr(file, "st_blocks", 0) * _BLOCK for file in files)
    bytecode = sum(compiled for _, compiled in packages.values())
    print(
        f"installed in {seconds:.0f} s: {len(files):,} files of {total / _MEGABYTE:.0f} MB, bytecode among them "
        f"{bytecode / _MEGABYTE:.0f} MB; {blocks / _MEGABYTE:.0f} MB in whole blocks, as du counts"
    )
    for name, (other, compiled) in sorted(packages.items(), key=lambda item: -sum(item[1]))[:_SHOWN]:
        print(f"{(other + compiled) / _MEGABYTE:7.1f} MB  {name} (bytecode {compiled / _MEGABYTE:.1f})")


def main() -> None:
    """Measure the wheel that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", help="a wheel of jupyter_qwen, or a folder to build one of")
    with tempfile.TemporaryDirectory() as folder:
        measure(parser.parse_args().wheel, Path(folder))


if __name__ == "__main__":
    main()
