"""Which engines are installed, found out without importing them: torch alone takes seconds."""

from __future__ import annotations

import ast
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

TRANSFORMERS_PACKAGES = ("torch", "transformers", "safetensors")
INSTALL_TRANSFORMERS = 'pip install "jupyter_qwen[transformers]"'


def has_llama() -> bool:
    """Whether llama.cpp can run here."""
    return find_spec("xllamacpp") is not None


def llama_version() -> str:
    """Which llama.cpp is installed; empty without one."""
    try:
        return metadata.version("xllamacpp")
    except metadata.PackageNotFoundError:
        return ""


def missing_for_transformers() -> tuple[str, ...]:
    """Packages of the transformers engine that are not installed."""
    return tuple(name for name in TRANSFORMERS_PACKAGES if find_spec(name) is None)


def torch_has_cuda() -> bool:
    """Whether the installed torch was built for CUDA: its version.py says ``cuda = '12.8'``, or ``None`` in a CPU build."""
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return False
    try:
        tree = ast.parse((Path(spec.origin).parent / "version.py").read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return False
    for node in tree.body:
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else None
        )
        if isinstance(target, ast.Name) and target.id == "cuda" and isinstance(node, ast.AnnAssign | ast.Assign):
            return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return False
