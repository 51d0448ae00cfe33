"""A progress bar with the running figures of an evaluation."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from tqdm import tqdm

from jupyter_qwen.evaluate.predictions import percentile


class ProgressBar:
    """Counts answers and shows what share is bound and how long the middle one took. Quiet where there is no terminal."""

    def __init__(self, total: int, done: Iterable[Mapping[str, Any]] = ()) -> None:
        self._items = list(done)
        self._bar = tqdm(
            total=total, initial=len(self._items), unit="case", file=sys.stderr, disable=not sys.stderr.isatty()
        )

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def add(self, item: Mapping[str, Any]) -> None:
        """One more answer."""
        self._items.append(item)
        figures: dict[str, str] = {"p50": f"{percentile((i.get('seconds') or 0.0 for i in self._items), 0.5):.1f} s"}
        verdicts = [i["verdict"] for i in self._items if i.get("verdict")]
        if verdicts:
            figures["bound"] = f"{100 * verdicts.count('bound') / len(verdicts):.0f} %"
        self._bar.set_postfix(figures, refresh=False)
        self._bar.update()
