"""A trial run of a generated cell: on copies of sample rows, in a locked process under the kernel's own Python."""

from .blame import of_the_sample
from .model import CellTrial, Figure, Result, TrialError
from .rows import FrameCopy, FrameRows, KernelPython
from .trial_rows import trial_rows
from .trying import run_cell, warm_ahead

__all__ = [
    "CellTrial", "Figure", "FrameCopy", "FrameRows", "KernelPython", "Result", "TrialError", "of_the_sample",
    "run_cell", "trial_rows", "warm_ahead",
]  # fmt: skip
