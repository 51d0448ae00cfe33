"""A receipt in the language of the interface: its message, warnings and notes. Names, figures and queries stay as they are."""

from __future__ import annotations

from dataclasses import replace

from jupyter_qwen.language.sentences import in_language

from .model import Receipt


def localised_receipt(receipt: Receipt, locale: str) -> Receipt:
    """`receipt` with what it says in the language of a code such as ``de``; English where there is none."""
    return replace(
        receipt,
        message=in_language(receipt.message, locale),
        notes=tuple(in_language(note, locale) for note in receipt.notes),
        warnings=tuple(
            replace(item, message=in_language(item.message, locale), mend_says=in_language(item.mend_says, locale))
            for item in receipt.warnings
        ),
    )
