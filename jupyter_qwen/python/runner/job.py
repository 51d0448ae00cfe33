"""One trial: build the variables, run the cell, describe what it gave. `worker.zygote` calls `prepare` and `run`."""

from __future__ import annotations

import importlib
import io
import json
import sys
import warnings
from typing import Any

from .describing import described
from .execution import Ran, run_source
from .figures import drawn
from .raised import OWN_FOLDERS, Untried, told, words_of
from .variables import build

#: What `prepare` may import before a trial: these libraries' own code, found in the environment's folders alone.
LIBRARIES = (
    "numpy", "pandas", "pyarrow", "polars", "duckdb", "matplotlib", "matplotlib.pyplot", "seaborn", "altair", "plotly",
    "plotly.express", "plotly.graph_objects", "scipy", "scipy.stats", "statsmodels", "statsmodels.api", "sklearn",
)  # fmt: skip


def prepare(modules: list[str]) -> None:
    """Import the libraries among `modules` that are not loaded yet, so that no trial waits for them."""
    for name in modules:
        if name not in LIBRARIES or name in sys.modules:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(name)
                _use_once(name)
        except Exception:  # noqa: BLE001, S112 - it is absent or broken: the cell's own import says so, in its words
            continue


def _use_once(name: str) -> None:
    """What a library loads at its first use rather than at its import."""
    module: Any = sys.modules[name]
    if name == "pandas":
        frame = module.DataFrame({"a": ["x", "y"], "b": [1, 2], "c": module.to_datetime(["2024-01-01", "2024-02-01"])})
        frame.groupby("a").agg({"b": "sum"}).reset_index().merge(frame, on="a").to_string()
        frame["c"].dt.month.sum()
    elif name == "matplotlib.pyplot":
        module.switch_backend("Agg")
        figure, axes = module.subplots()
        axes.plot([0, 1], [0, 1])
        pandas: Any = sys.modules.get("pandas")
        if pandas is not None:
            pandas.Series([1, 2], index=pandas.to_datetime(["2024-01-01", "2024-02-01"])).plot(ax=axes)
        figure.savefig(io.BytesIO(), format="png", dpi=10)
        module.close(figure)


def run(payload: bytes) -> bytes:
    """The outcome of the trial that `payload` describes, both as JSON (`trial.request`, `trial.received`)."""
    wanted = json.loads(payload)
    outcome: dict[str, Any] = {"status": "ran", "reason": ""}
    printed = ""
    try:
        warnings.simplefilter("ignore")
        if "matplotlib" in sys.modules:
            sys.modules["matplotlib"].use("Agg")
        OWN_FOLDERS[:] = wanted["own_folders"]
        namespace = build(wanted)
        ran = run_source(wanted["code"], wanted["setup"], namespace)
        printed = ran.printed
        outcome.update(_told_of(ran, wanted))
    except Untried as error:
        outcome = {"status": "not tried", "reason": str(error)}
    except MemoryError:
        outcome = {"status": "not tried", "reason": "It needs more memory than a trial may have."}
    except BaseException as error:  # noqa: BLE001 - whatever a cell raises is what is to be told
        outcome = told(error)
    outcome["printed"] = printed
    return json.dumps(outcome).encode()


def _told_of(ran: Ran, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the cell gave and drew. A lazy frame and a relation run only here, so what they raise is the cell's."""
    try:
        return {**described(ran, wanted["rows"]), "figure": drawn(ran, wanted["thumbnail"])}
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("polars", "duckdb"):
            raise
        raise Untried(f"What it gave cannot be told: {type(error).__name__}: {words_of(error)[:200]}") from error
