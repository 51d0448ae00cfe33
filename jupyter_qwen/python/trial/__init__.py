"""A trial run of a generated cell: on copies of sample rows, in a locked process under the kernel's own Python."""

from .model import CellTrial, Figure, Result, Sampled, TrialError
from .rows import FrameCopy, FrameRows, KernelPython
from .trying import run_cell, warm_ahead

__all__ = [
    "CellTrial", "Figure", "FrameCopy", "FrameRows", "KernelPython", "Result", "Sampled", "TrialError", "run_cell", "warm_ahead",
]  # fmt: skip
