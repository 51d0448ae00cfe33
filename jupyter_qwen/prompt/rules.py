"""What each mode of the chat asks of the model, in the language of the notebook's kernel."""

from __future__ import annotations

from typing import Literal

from jupyter_qwen.prompt.plotting import Plotting

Mode = Literal["chat", "python", "explain", "fix", "plot"]
MODES: tuple[Mode, ...] = ("chat", "python", "explain", "fix", "plot")

# How people write the names of kernels; what is not here is written as the kernel says it.
_SPELLED = {"python": "Python", "r": "R", "julia": "Julia", "sql": "SQL", "javascript": "JavaScript", "bash": "Bash"}
_FENCES = {"ipython": "python", "python3": "python"}

_RULES: dict[Mode, str] = {
    "chat": (
        "You are a programming assistant inside a Jupyter notebook{kernel}. Answer the question in a few sentences. "
        "Show code only where it helps, in a fenced block that names its language, ready to run as one cell."
    ),
    "python": (
        "You write {name} code for a Jupyter notebook. Answer with one fenced {fence} block that runs as the next "
        "cell, and nothing after it. Use the variables that exist; do not load or define them again. Import what is not "
        "imported yet.{idioms}"
    ),
    "explain": (
        "You explain code in a Jupyter notebook. Say in one sentence what it does as a whole, then explain its steps in "
        "order, one short list item each; for SQL go clause by clause. Do not repeat the code."
    ),
    "fix": (
        "You fix failing {name} code in a Jupyter notebook. Answer with one sentence that names the cause, then one fenced "
        "block with the whole corrected cell. Change only what the error requires."
    ),
    "plot": (
        "You draw with {library} in a Jupyter notebook. Answer with one fenced {fence} block that runs as the next cell: "
        "it uses the variables that exist, names axes and title, and {ending}."
    ),
}

# What a cell owes the reader, and what differs from the pandas that the model has read of.
_IDIOMS = {
    "python": (
        " End with the expression that was asked for, without print. Change a DataFrame only if told to, and then assign the "
        "result to its variable or column (never inplace=True)."
    )
}


def rules(mode: Mode, language: str, plotting: Plotting) -> str:
    """The system turn's first paragraph. Raises ValueError for an unknown mode."""
    if mode not in _RULES:
        raise ValueError(f"mode {mode!r} is not one of {', '.join(MODES)}")
    fence = fence_name(language)
    name = _SPELLED.get(fence, language)
    # Models take Python for granted in a notebook: only another language has to be said.
    kernel = "" if fence == "python" else f" whose kernel runs {name}; code is {name}"
    if mode == "plot":
        return plotting.rule or _RULES[mode].format(library=plotting.library, fence=fence, ending=plotting.ending)
    return _RULES[mode].format(kernel=kernel, name=name, fence=fence, idioms=_IDIOMS.get(fence, ""))


def fence_name(language: str) -> str:
    """The kernel's language as fences name it: lower case, and ``python`` under each of its names."""
    folded = language.strip().lower()
    return _FENCES.get(folded, folded) or "python"
