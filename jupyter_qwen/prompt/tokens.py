"""The special tokens of the Qwen coder families, and how text is kept from acting as one.

Source: `tokenizer_config.json` and the model cards of Qwen2.5-Coder and CodeQwen1.5. A tokenizer that parses special
tokens (every raw completion does) turns the *characters* ``<|im_end|>`` into the control token, wherever they stand: in
a column's name, a cell, a comment. So every text that is not ours goes through `neutralise` exactly once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_qwen.prompt.model import Message, Role

IM_START = "<|im_start|>"
IM_END = "<|im_end|>"
END_OF_TEXT = "<|endoftext|>"
FIM_PREFIX = "<|fim_prefix|>"
FIM_SUFFIX = "<|fim_suffix|>"
FIM_MIDDLE = "<|fim_middle|>"
FIM_PAD = "<|fim_pad|>"
REPO_NAME = "<|repo_name|>"
FILE_SEP = "<|file_sep|>"

QWEN_CODER_TOKENS: tuple[str, ...] = (
    END_OF_TEXT, IM_START, IM_END, FIM_PREFIX, FIM_MIDDLE, FIM_SUFFIX, FIM_PAD, REPO_NAME, FILE_SEP,
)  # fmt: skip
"""Tokens of Qwen2.5-Coder that change what the model does; the vision and tool tokens of the family are inert here."""

CODEQWEN_FIM_TOKENS: tuple[str, ...] = (
    "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>", "<reponame>", "<file_sep>",
)  # fmt: skip
"""CodeQwen1.5 writes its fill-in-the-middle tokens without bars."""

CHAT_STOP: tuple[str, ...] = (IM_END, END_OF_TEXT)
FIM_STOP: tuple[str, ...] = (END_OF_TEXT, IM_END, FIM_PAD, FILE_SEP, REPO_NAME, FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE)


@dataclass(frozen=True)
class FimTokens:
    """The tokens around the pieces of a fill-in-the-middle prompt, and what ends its answer."""

    prefix: str
    suffix: str
    middle: str
    stop: tuple[str, ...]


QWEN_FIM = FimTokens(FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE, FIM_STOP)
CODEQWEN_FIM = FimTokens(
    "<fim_prefix>", "<fim_suffix>", "<fim_middle>",
    (END_OF_TEXT, IM_END, "<fim_pad>", "<file_sep>", "<reponame>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
)  # fmt: skip
_FIM_STYLES = {"qwen2.5-coder": QWEN_FIM, "codeqwen1.5": CODEQWEN_FIM}

_MARK = "¦"  # U+00A6 broken bar: reads like the bar it stands for, and no special token holds one
_BARRED = re.compile(r"<(\||¦+)([A-Za-z0-9_/]{1,40})(\||¦+)>")
_BARE = re.compile(r"<(¦*)(fim_prefix|fim_middle|fim_suffix|fim_pad|reponame|file_sep|/?tool_call|gh_stars)>")


def neutralise(text: str) -> str:
    """`text` with whatever looks like a special token turned into plain characters.

    ``<|im_end|>`` becomes ``<¦im_end¦>`` and ``<fim_middle>`` becomes ``<¦fim_middle>``: still readable for the model and the
    user. A text that already holds such a form gets one more mark, so that `restore` is exact for every text. All names
    between ``<|`` and ``|>`` are treated alike, so tokens of later models are covered too.
    """
    if "<" not in text:
        return text
    text = _BARRED.sub(lambda m: f"<{_more(m[1])}{m[2]}{_more(m[3])}>", text)
    return _BARE.sub(lambda m: f"<{m[1]}{_MARK}{m[2]}>", text)


def restore(text: str) -> str:
    """The inverse of `neutralise`, for text that the model copied out of its prompt (a quoted name, a literal)."""
    if _MARK not in text:
        return text
    text = _BARE.sub(lambda m: f"<{m[1][1:]}{m[2]}>", text)
    return _BARRED.sub(lambda m: f"<{_less(m[1])}{m[2]}{_less(m[3])}>", text)


def fim_tokens(style: str | None) -> FimTokens:
    """The tokens of a model by the `fim` of its catalogue entry; those of Qwen2.5-Coder for what is not known."""
    return _FIM_STYLES.get(style or "", QWEN_FIM)


def message(role: Role, content: str) -> Message:
    """A turn from text that is not neutralised yet."""
    return Message(role, neutralise(content))


def chatml(messages: Sequence[Message], prefill: str = "") -> str:
    """ChatML of neutralised `messages`, opened for the assistant, whose answer already begins with `prefill`.

    The template of Qwen2.5 would put its own system line where the first turn is not a system turn; the builders of this
    room always begin with one.
    """
    turns = "".join(f"{IM_START}{m.role}\n{m.content}{IM_END}\n" for m in messages)
    return f"{turns}{IM_START}assistant\n{prefill}"


def _more(bars: str) -> str:
    return _MARK if bars == "|" else bars + _MARK


def _less(bars: str) -> str:
    return bars if bars == "|" else bars[1:] or "|"
