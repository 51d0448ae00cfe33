"""An answer's state as plain text, Markdown and HTML: what is shown while it streams and what the notebook keeps."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

from jupyter_qwen.kernel.showing.markdown_html import to_html, without_images
from jupyter_qwen.kernel.showing.rows_shown import rows_as_html, rows_as_markdown, rows_as_text
from jupyter_qwen.kernel.showing.terminal import printable
from jupyter_qwen.kernel.state import AnswerState

INSERT_COMMAND = "jupyter_qwen:insert-cell"
COPY_COMMAND = "jupyter_qwen:copy-code"
EXPLAIN_COMMAND = "jupyter_qwen:explain-code"
_MARKS = {"bound": "✔", "unchecked": "◌", "rejected": "✘"}
_MEANINGS = {
    "bound": "proved against the live tables",
    "unchecked": "not proved: it reads something outside the tables",
    "rejected": "does not bind",
}
_GRADES = {"likely": "● likely right", "check": "◐ check", "doubtful": "○ doubtful"}
_COLOURS = {
    "bound": "var(--jp-success-color1, #388e3c)",
    "unchecked": "var(--jp-warn-color1, #b26a00)",
    "rejected": "var(--jp-error-color1, #d32f2f)",
}


def mimebundle(state: AnswerState) -> dict[str, str]:
    """The three forms of one output; a front end shows the richest that it can."""
    return {"text/plain": plain(state), "text/markdown": markdown(state), "text/html": as_html(state)}


def verdict_lines(block: dict[str, Any]) -> list[str]:
    """What is known about a block: the verdict of its SQL, then DuckDB's own words and what was repaired; of Python its grade."""
    verdict = block.get("verdict")
    if not verdict and not block.get("needs_consent"):
        return _python_lines(block)
    meaning = _MEANINGS.get(str(verdict), "")
    if verdict == "unchecked" and not block.get("cell"):
        meaning = "written for another database, where nothing here can check it"
    lines = [f"{_MARKS.get(verdict, '')} {verdict}: {meaning}" if verdict else "⚠ not proved: it asks before it runs"]
    if block.get("needs_consent") and verdict in ("bound", "unchecked"):
        lines.append(
            f"⚠ {block.get('kind')}: this statement changes or reads something outside; run it yourself if you mean it"
        )
    if block.get("words"):
        lines.append(f"in words: {block['words']}")
    lines += _grade_lines(block)
    for repair in block.get("repairs") or ():
        by = f" in round {repair['round']} of the model" if repair.get("round") else ""
        lines.append(f"repaired{by}: {repair.get('reason') or repair.get('name')}")
    for diagnostic in block.get("diagnostics") or ():
        hint = f" ({diagnostic['hint']})" if diagnostic.get("hint") else ""
        message = " ".join(str(diagnostic.get("message", "")).split())
        lines.append(f"{diagnostic.get('severity')}: {message}{hint}")
    return lines


def _python_lines(block: dict[str, Any]) -> list[str]:
    """What the trial of a cell says, the grade, and the lines that decide what it shows."""
    lines = _grade_lines(block)
    trial = block.get("trial") or {}
    error = trial.get("error")
    if error:
        lines.append(f"tried on copies, it fails: {error.get('kind')}: {' '.join(str(error.get('message')).split())}")
    if block.get("words"):
        lines.append(f"in words: {block['words']}")
    source = str(block.get("source") or "").split("\n")
    numbers = [n for n in block.get("deciding_lines") or () if 0 < n <= len(source)]
    lines += [f"decided by line {n}: {source[n - 1].strip()}" for n in numbers if source[n - 1].strip()]
    return lines


def _grade_lines(block: dict[str, Any]) -> list[str]:
    """How likely the query is right and why, and what another reading of the question would do."""
    grade, reasons = block.get("grade"), [str(reason) for reason in block.get("reasons") or ()]
    lines = []
    if grade in _GRADES or reasons:
        said = _GRADES.get(str(grade), "verified")
        lines.append(f"{said}: {'; '.join(reasons)}" if reasons else said)
    other = block.get("alternative")
    if other:
        instead = f" {other['does']}; it {other['instead']}" if other.get("does") and other.get("instead") else ""
        query = " ".join(str(other.get("source", "")).split())
        lines.append(f"another reading:{instead and f' this one{instead}'}: {query}")
    return lines


def footer(state: AnswerState) -> str:
    """Model, time and tokens in one line."""
    if state.answer is None:
        return ""
    usage = state.answer.get("usage") or {}
    parts = [str(state.answer.get("model") or "")]
    if state.answer.get("seconds"):
        parts.append(f"{float(state.answer['seconds']):.1f} s")
    if usage.get("prompt_tokens"):
        parts.append(f"{usage['prompt_tokens']} + {usage.get('new_tokens', 0)} tokens")
    return " · ".join(part for part in parts if part)


def markdown(state: AnswerState) -> str:
    """Readable without any extension: GitHub, nbconvert, VS Code."""
    parts = [without_images(state.markdown.strip())]
    for block in state.blocks:
        first, *more = verdict_lines(block) or [""]
        parts += [first and f"*{without_images(first)}*"] + [f"- {without_images(line)}" for line in more]
        parts.append(rows_as_markdown(block["rows"]) if block.get("rows") else "")
    last = without_images(_last_line(state))
    parts.append(last and f"*{last}*")
    return "\n\n".join(part for part in parts if part)


def plain(state: AnswerState) -> str:
    """For terminals and for readers of the raw notebook."""
    parts = [state.markdown.strip()]
    for block in state.blocks:
        parts.append("\n".join(verdict_lines(block)))
        parts.append(rows_as_text(block["rows"]) if block.get("rows") else "")
    parts.append(_last_line(state))
    return printable("\n\n".join(part for part in parts if part))


def as_html(state: AnswerState) -> str:
    """With a badge for each verdict and, where the extension is installed, working buttons."""
    parts = [to_html(state.markdown)]
    for block in state.blocks:
        parts.append(_badge(block))
        parts.append(rows_as_html(block["rows"]) if block.get("rows") else "")
    if state.answer is not None:
        parts.append(_buttons(state))
    last = _last_line(state)
    if last:
        parts.append(f'<p class="jp-Qwen-progress" style="opacity:0.7" role="status">{html.escape(last)}</p>')
    return '<div class="jp-Qwen-answer jp-RenderedHTMLCommon">' + "\n".join(part for part in parts if part) + "</div>"


def _last_line(state: AnswerState) -> str:
    if state.error is not None:
        return f"✘ {state.error[0]} {state.error[1]}".strip()
    if state.stopped:
        return " · ".join(["stopped", *state.counts()])
    if state.answer is None:
        return " · ".join([state.progress, *state.counts()]) + " …"
    return "; ".join([*state.notes[:5], footer(state)]).strip("; ")


def _badge(block: dict[str, Any]) -> str:
    lines = verdict_lines(block)
    if not lines:
        return ""
    colour = _COLOURS.get(str(block.get("verdict")), "inherit")
    details = "".join(f"<li>{html.escape(line)}</li>" for line in lines[1:])
    return f'<p class="jp-Qwen-verdict" style="color:{colour}">{html.escape(lines[0])}</p>' + (
        f"<ul>{details}</ul>" if details else ""
    )


def _buttons(state: AnswerState) -> str:
    """A row of buttons per block, hidden unless the extension's style sheet shows it: elsewhere no press is answered."""
    blocks = [block for block in state.blocks if str(block.get("source") or "").strip()]
    rows = []
    for number, block in enumerate(blocks, start=1):
        label = f'<span style="opacity:0.7">Block {number}</span>' if len(blocks) > 1 else ""
        buttons = "".join(_block_buttons(block, state.origin(block)))
        rows.append(f'<div class="jp-Qwen-actions" hidden>{label}{buttons}</div>')
    return "\n".join(rows)


def _block_buttons(block: dict[str, Any], origin: dict[str, Any] | None) -> Iterator[str]:
    source, cell = block["source"], block.get("cell")
    if cell:
        place: dict[str, Any] = {"source": cell["source"], "type": cell.get("type", "code")}
        if origin is not None:
            place["origin"] = origin
        yield _button("Insert", "Insert as a new cell below", INSERT_COMMAND, place)
        if place["type"] == "code":
            known = {"run": True, "verdict": block.get("verdict"), "needs_consent": bool(block.get("needs_consent"))}
            yield _button("Run", "Insert as a new cell below and run it", INSERT_COMMAND, {**place, **known})
    yield _button("Copy", "Copy the code", COPY_COMMAND, {"source": source})
    language = str(block.get("language") or "")
    yield _button(
        "Explain", "Explain the code in the sidebar", EXPLAIN_COMMAND, {"source": source, "language": language}
    )


def _button(label: str, title: str, command: str, arguments: dict[str, Any]) -> str:
    # json.dumps leaves ASCII only, html.escape quotes: no text can end the attribute, and none can be split in mid-character
    return (
        f'<button class="jp-Qwen-button" data-commandlinker-command="{command}" '
        f'data-commandlinker-args="{html.escape(json.dumps(arguments))}" title="{title}">{label}</button>'
    )
