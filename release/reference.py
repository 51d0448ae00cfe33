"""Pages of docs/reference/generated, from the code that they describe: `python -m release.reference FOLDER`."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, get_origin, get_type_hints

from jupyter_qwen import cli
from jupyter_qwen.assistant import events
from jupyter_qwen.kernel import options
from jupyter_qwen.server.app import QwenExtension

ROOT = Path(__file__).parent.parent
WIDTH = "110"  # of the help texts


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", r"\|").replace("<", "&lt;")


def _table(head: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(map(_cell, row))} |" for row in rows)])


def settings() -> str:
    """Every setting of JupyterLab's editor, from its schema."""
    schema = json.loads((ROOT / "jupyter_qwen" / "settings" / "plugin.json").read_text(encoding="utf-8"))

    def rows() -> Iterator[tuple[object, ...]]:
        for name, item in schema["properties"].items():
            values = ", ".join(f"`{value}`" for value in item.get("enum", [])) or item.get("type", "")
            yield f"`{name}`", item["title"], values, f"`{json.dumps(item['default'])}`", item.get("description", "")

    return "# Settings\n\nOf JupyterLab's settings editor, under *Qwen Assistant*.\n\n" + _table(
        ("name", "title", "values", "default", "meaning"), rows()
    )


def traits() -> str:
    """Every trait of the server extension, for administrators."""

    def rows() -> Iterator[tuple[object, ...]]:
        for name, trait in sorted(QwenExtension.class_traits(config=True).items()):
            if trait.this_class is QwenExtension:
                yield f"`{name}`", type(trait).__name__, f"`{trait.default_value_repr()}`", trait.help

    return (
        "# Traits\n\nOf the server extension: `--QwenExtension.NAME=VALUE` on the command line, or in "
        "`jupyter_server_config.py`.\n\n" + _table(("name", "type", "default", "meaning"), rows())
    )


def magics() -> str:
    """The options of %%qwen as its own help gives them, and the commands of %qwen."""

    @options.with_options
    def qwen(line: str) -> None:
        """."""

    text = qwen.parser.format_help()
    return (
        f"# Options of `%%qwen`\n\n```\n{text.strip()}\n```\n\nCommands of `%qwen`: "
        + ", ".join(f"`{name}`" for name in options.COMMANDS)
        + ". What each does: [magics](../magics.md)."
    )


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Each command of ``jupyter qwen`` with its subcommands, by the words that a user writes."""
    for name in cli.COMMANDS:
        whole = cli.parser_of(name)
        yield from _below(f"jupyter qwen {name}", _choices(whole)[name])


def _below(words: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield words, parser
    for name, inner in _choices(parser).items():
        yield from _below(f"{words} {name}", inner)


def _choices(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def commands() -> str:
    """The help of every command."""
    parts = [f"## `{words}`\n\n```\n{parser.format_help().strip()}\n```" for words, parser in parsers()]
    return "# Commands\n\n" + "\n\n".join(parts)


def stream() -> str:
    """The events of a stream, from their dataclasses."""
    found = [
        item
        for _, item in inspect.getmembers(events, inspect.isclass)
        if dataclasses.is_dataclass(item) and item.__module__ == events.__name__
    ]

    def part(item: Any) -> str:
        kind = getattr(item, "type", "") if get_origin(get_type_hints(item).get("type")) is ClassVar else ""
        hints = item.__annotations__
        rows = ((f"`{field.name}`", f"`{hints[field.name]}`") for field in dataclasses.fields(item))
        head = f"## `{kind}`" if kind else f"## {item.__name__}"
        return f"{head}\n\n{inspect.cleandoc(item.__doc__ or '')}\n\n{_table(('field', 'type'), rows)}"

    ordered = sorted(found, key=lambda item: (not hasattr(item, "type"), item.__name__))
    return (
        "# Events\n\nOf the streams `ask` and `complete`, one JSON object a line ([protocol](../protocol.md)).\n\n"
        + "\n\n".join(map(part, ordered))
    )


PAGES: dict[str, Callable[[], str]] = {
    "settings": settings,
    "traits": traits,
    "magics": magics,
    "commands": commands,
    "events": stream,
}


def write(folder: Path) -> None:
    """Write every page as Markdown into `folder`."""
    os.environ["COLUMNS"] = WIDTH
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / f"{name}.md").write_text(page() + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
