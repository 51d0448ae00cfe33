"""What is said beside an answer in the language of the interface: the last step before an event is told."""

from __future__ import annotations

from dataclasses import replace

from jupyter_qwen.assistant.events import AnswerFinished, Block, BlockJudged, Event
from jupyter_qwen.language.sentences import in_language


def localised(event: Event, locale: str) -> Event:
    """`event` with the reasons, warnings and second readings of its blocks in the language of `locale`; all else as it is."""
    if isinstance(event, BlockJudged):
        return BlockJudged(_block(event.block, locale))
    return localised_answer(event, locale) if isinstance(event, AnswerFinished) else event


def localised_answer(answer: AnswerFinished, locale: str) -> AnswerFinished:
    """The same of an answer that is not told yet."""
    return replace(answer, blocks=tuple(_block(block, locale) for block in answer.blocks))


def _block(block: Block, locale: str) -> Block:
    findings = tuple(
        replace(item, message=in_language(item.message, locale), hint=in_language(item.hint, locale))
        for item in block.diagnostics
    )
    other = block.alternative
    if other is not None:
        other = replace(other, does=in_language(other.does, locale), instead=in_language(other.instead, locale))
    reasons = tuple(in_language(reason, locale) for reason in block.reasons)
    return replace(block, diagnostics=findings, alternative=other, reasons=reasons)
