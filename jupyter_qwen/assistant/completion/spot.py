"""One place in one document where a suggestion is wanted, worked out once a request."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_qwen.assistant.completion.block import wants_block
from jupyter_qwen.assistant.question import CompletionQuestion
from jupyter_qwen.prompt.fim.cursor import Place, place_of
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell


@dataclass(frozen=True)
class Spot:
    """`cells` stand above the active one. `block` allows several lines. `scope` keeps apart what must not be mixed, the
    suggestions of another model among it.

    `context` changes with the cells above and with the tables, `scope` with the document, the language and the tables' columns.
    """

    prefix: str
    suffix: str
    language: str
    cells: tuple[Cell, ...]
    schema: Schema | None
    block: bool
    by_key: bool
    place: Place
    editor: str
    scope: str
    context: int
    model: str = ""
    fim: str | None = None

    @classmethod
    def of(cls, question: CompletionQuestion, *, model: str = "", fim: str | None = None) -> Spot:
        """The spot of a request, for a model by its id and the style of its fill-in-the-middle tokens."""
        language = question.language.lower()
        cells = above(question.cells, question.active_cell)
        if question.multiline is not None:
            block = question.multiline
        else:
            block = question.by_key or wants_block(question.prefix, question.suffix, language)
        tables = _tables(question.schema)
        editor = question.thread or question.path
        return cls(
            prefix=question.prefix,
            suffix=question.suffix,
            language=language,
            cells=cells,
            schema=question.schema,
            block=block,
            by_key=question.by_key,
            place=place_of(question.prefix, language),
            editor=editor,
            scope=f"{editor}\0{language}\0{tables}\0{model}",
            context=hash((language, tables, tuple((cell.type, cell.source) for cell in cells))),
            model=model,
            fim=fim,
        )

    def after(self, text: str) -> Spot:
        """The spot when `text` has been accepted here."""
        prefix = self.prefix + text
        return Spot(
            prefix=prefix,
            suffix=self.suffix,
            language=self.language,
            cells=self.cells,
            schema=self.schema,
            block=False,
            by_key=False,
            place=place_of(prefix, self.language),
            editor=self.editor,
            scope=self.scope,
            context=self.context,
            model=self.model,
            fim=self.fim,
        )


def above(cells: tuple[Cell, ...], active: str | None) -> tuple[Cell, ...]:
    """The cells above the active one; all of them when none of them is it."""
    for position, cell in enumerate(cells):
        if active and cell.id == active:
            return cells[:position]
    return cells


def _tables(schema: Schema | None) -> int:
    if schema is None:
        return 0
    return hash(tuple((table.reference, tuple(column.name for column in table.columns)) for table in schema.tables))
