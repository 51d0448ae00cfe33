"""A question about tables, as the prompt that makes the model write one DuckDB query.

Order: rules (the same for everybody), the schema (the same for every question of a notebook), then what changes: values that
the question names, the cells before it, the question. More rules and the same worked examples for everybody were measured and
left out: they made the answers of a 1.5B model worse (docs/explanation/sql.md, "Accuracy").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jupyter_qwen.prompt.attachments import Attached, Attachment, attach, missing_tables, table_names
from jupyter_qwen.prompt.budget import nearest_first
from jupyter_qwen.prompt.hints.idiom_of_shares import about_shares
from jupyter_qwen.prompt.hints.idioms import fitting_idioms
from jupyter_qwen.prompt.hints.value_hints import ValueHint, matching_values
from jupyter_qwen.prompt.linking import LinkedSchema, link
from jupyter_qwen.prompt.model import Message, Part, Prompt, PromptSource
from jupyter_qwen.prompt.notation import DEFAULT, render_table
from jupyter_qwen.prompt.rules import fence_name
from jupyter_qwen.prompt.shapes.retrieval import Example
from jupyter_qwen.prompt.tokens import CHAT_STOP, chatml, message, neutralise
from jupyter_qwen.prompt.worked_example import shown
from jupyter_qwen.schema.model import Schema
from jupyter_qwen.schema.notebook import Cell

PREFILL = "```sql\n"
_HINTS = "Values in the data: "
STOP = ("```", ";\n", *CHAT_STOP)

RULES = "You write one DuckDB SQL query that answers the question about the tables."
_VALUE_HINTS, _IDIOMS = 6, 2  # at most; what measured best (docs/explanation/sql.md, "Accuracy")


def build(
    question: str,
    schema: Schema,
    cells: Sequence[Cell] = (),
    *,
    count: Callable[[str], int],
    budget_tokens: int,
    language: str = "python",
    previous: Sequence[tuple[str, str]] = (),
    attachments: Sequence[Attachment] = (),
    example: Example | None = None,
    terms: Sequence[tuple[str, str]] = (),
) -> Prompt:
    """The prompt for `question` over `schema`.

    `cells` are the cells above the question in document order. `previous` are (question, accepted SQL) pairs of the same
    notebook, oldest first. `budget_tokens` bounds the whole prompt; the schema gets what the fixed part leaves, cells get
    what the schema leaves. `language` is the notebook's, unused by SQL itself: a query is the same in each. `attachments` are
    what the user added by name: texts stand before the tables, added tables before the others. `example` is a question of the
    same analytic shape with its query over other tables; it stands behind the tables, so that the cached beginning survives.
    `terms` are words of the question with what they mean in these data.
    """
    system = message("system", RULES)
    worked = shown(example, schema.tables) if example is not None else ""
    meanings = "; ".join(f"{name} means {meaning}" for name, meaning in terms)
    room = budget_tokens - count(chatml((system,))) - count(question) - count(worked) - count(meanings) - 64
    attached = attach(attachments, count=count, budget_tokens=room // 2, language=fence_name(language))
    room -= count(attached.text)
    linked = link(
        question,
        schema,
        count=count,
        budget_tokens=max(64, room),
        cells=cells,
        first=table_names(attachments),
    )
    hints = matching_values(question, schema, linked.tables, limit=_VALUE_HINTS)
    idioms = (*about_shares(question, hints), *fitting_idioms(question, linked.tables, limit=_IDIOMS))[:_IDIOMS]
    pairs = tuple(
        turn for asked, sql in previous for turn in (message("user", asked), message("assistant", fenced(sql)))
    )
    room -= count(linked.text) + sum(count(turn.content) for turn in pairs)
    context = nearest_first([c for c in cells if c.type == "code"], count=count, budget_tokens=min(room, 400))
    opening = "\n\n".join(
        text for text in (attached.text, f"Tables:\n{linked.text}" if linked.tables or not context else "") if text
    )
    closing = worked + _closing(question, meanings, hints, idioms, context)
    if pairs:
        messages = (
            system,
            message("user", f"{opening}\n\nQuestion: {previous[0][0]}".lstrip()),
            *pairs[1:],
            message("user", closing),
        )
    else:
        messages = (system, message("user", f"{opening}\n\n{closing}".lstrip()))
    return Prompt(
        text=chatml(messages, PREFILL),
        stop=STOP,
        messages=messages,
        prefill=PREFILL,
        parts=_parts(system, attached, linked, worked, meanings, hints, context, pairs, question),
        sources=(
            *attached.sources,
            *(PromptSource(f"table:{'.'.join(t.reference)}", render_table(t, DEFAULT)) for t in linked.tables),
            *(PromptSource(f"cell:{cell.id}", cell.source) for cell in context),
        ),
        notes=(*attached.notes, *missing_tables(attachments, schema), *linked.notes),
    )


def fenced(sql: str) -> str:
    """A query as the assistant's turn shows it."""
    return f"{PREFILL}{sql.strip().removesuffix(';')};\n```"


def _closing(
    question: str, meanings: str, hints: Sequence[ValueHint], idioms: Sequence[str], cells: Sequence[Cell]
) -> str:
    lines: list[str] = []
    if cells:
        lines += ["Code run before:", *(cell.source.strip() for cell in cells), ""]
    if meanings:
        lines.append(f"Terms: {meanings}")
    if hints:
        lines.append(_HINTS + "; ".join(str(h) for h in hints))
    if idioms:
        lines.append("DuckDB: " + "; ".join(idioms))
    lines.append(f"Question: {question.strip()}")
    return "\n".join(lines)


def _parts(
    system: Message,
    attached: Attached,
    linked: LinkedSchema,
    worked: str,
    meanings: str,
    hints: Sequence[ValueHint],
    cells: Sequence[Cell],
    pairs: Sequence[Message],
    question: str,
) -> tuple[Part, ...]:
    parts = [Part("rules", system.content)]
    if attached.text:
        parts.append(Part("added by name", neutralise(attached.text)))
    if linked.tables:
        parts.append(Part("schema", neutralise(linked.text)))
    if worked:
        parts.append(Part("worked example", neutralise(worked.strip())))
    if pairs:
        parts.append(Part("earlier questions", "\n\n".join(m.content for m in pairs)))
    if cells:
        parts.append(Part("cells", neutralise("\n\n".join(c.source for c in cells))))
    if meanings:
        parts.append(Part("terms", neutralise(meanings)))
    if hints:
        parts.append(Part("values", neutralise("; ".join(str(h) for h in hints))))
    parts.append(Part("question", neutralise(question)))
    return tuple(parts)
