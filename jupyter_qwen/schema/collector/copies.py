"""Copies of sample rows for a trial of Python: frames as Arrow, with their index and types, and plain values.

Small frames go whole; of larger ones some hundred rows, spread over the frame or, where a key joins it to a frame that was
sampled before, the rows that join. Needs the level *samples*. Nothing is imported: a kernel without pyarrow has no
Arrow to give, and the rows of its schema serve.
"""

from __future__ import annotations

import base64
import os
import sys
from typing import Any

from ..privacy import is_secret
from .dataframes import imported, is_instance, plain_frame, spread_out
from .encoding import class_path, clean_text

_WHOLE_ROWS, _SAMPLE_ROWS, _FEWEST_ROWS = 2_000, 400, 50
_BYTES = 500_000
_FRAMES, _VALUES, _ITEMS, _VALUE_CHARS, _CELLS = 20, 100, 200, 1_000, 200_000
_LOOKED_THROUGH = 300_000
_KEYS = 1_000
_KNOWN = frozenset(["builtins", "datetime", "decimal", "numpy", "pandas", "uuid", "fractions"])
_KINDS = (
    ("pandas", "DataFrame", "pandas"), ("pandas", "Series", "series"), ("polars", "DataFrame", "polars"),
    ("polars", "Series", "polars_series"), ("pyarrow", "Table", "arrow"),
)  # fmt: skip


def machine_name() -> str:
    """What tells one machine, or container, from another."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def trial_copies(names: list[str], namespace: dict[str, Any], clock: Any) -> dict[str, Any]:
    """`python`, `frames`, `values` and `missing` (name → why there is no copy) of the variables `names`, on the wire."""
    found = []
    missing: dict[str, str] = {}
    for name in names:
        for module, cls_name, kind in _KINDS:
            cls = imported(module, cls_name)
            if isinstance(cls, type) and is_instance(namespace[name], cls):
                found.append((name, kind, plain_frame(namespace[name], cls, kind)))
                break
    found.sort(key=lambda item: -_height(item[2]))
    frames: list[dict[str, Any]] = []
    keys: dict[str, list[Any]] = {}
    left = _BYTES
    for place, (name, kind, value) in enumerate(found):
        try:
            if place >= _FRAMES or not clock.left():
                raise _NoCopy("there was no time for it.")
            frame = _copied(name, kind, value, left // min(len(found) - place, 4), keys)
        except _NoCopy as error:
            missing[name] = f"There is no copy of `{name}`: {error}"
            continue
        except Exception as error:  # noqa: BLE001 (a value that Arrow has no type for; the reason is told)
            missing[name] = f"`{name}` could not be copied: {type(error).__name__}."
            continue
        if frame is not None:
            left -= len(frame["arrow"]) * 3 // 4
            frames.append(frame)
    try:
        here = os.getcwd()
    except OSError:  # the folder was removed under the kernel
        here = ""
    python = {"executable": sys.executable or "", "path": [p or here for p in sys.path if type(p) is str][:100]}
    return {
        "python": {**python, "machine": machine_name()},
        "frames": frames,
        "values": _plain_values(names, namespace),
        "missing": missing,
    }


class _NoCopy(Exception):
    pass


def _height(value: Any) -> int:
    return value.num_rows if hasattr(value, "num_rows") else len(value)


def _copied(name: str, kind: str, value: Any, most: int, keys: dict[str, list[Any]]) -> dict[str, Any] | None:
    """One frame on the wire; ``None`` where nothing here writes Arrow. Fewer rows are taken until they fit into `most` bytes."""
    total = _height(value)
    width = len(value.columns) if hasattr(value, "columns") else 1
    if width > 1_000:
        raise _NoCopy("it has more than 1,000 columns.")
    wanted = total if total <= _WHOLE_ROWS and total * width <= _CELLS else min(_SAMPLE_ROWS, _CELLS // max(1, width))
    positions = None if wanted >= total else _positions(kind, value, total, wanted, keys)
    while True:
        part = value if positions is None else _take(kind, value, positions)
        part, hidden = _without_secrets(kind, part)
        data = _arrow(kind, part)
        if data is None:
            return None
        if len(data) <= most:
            break
        count = total if positions is None else len(positions)
        if count <= _FEWEST_ROWS:
            raise _NoCopy("its rows are too large.")
        positions = spread_out(total, max(_FEWEST_ROWS, min(_SAMPLE_ROWS, count // 2)))
    _remember(kind, part, keys)
    told = {
        "name": name, "kind": kind, "arrow": base64.b64encode(data).decode("ascii"), "total": total,
        "rows": total if positions is None else len(positions), "complete": positions is None and not hidden,
    }  # fmt: skip
    if kind == "series" and type(value.name) is str:
        told["label"] = clean_text(value.name, 200)
    return told


def _positions(kind: str, value: Any, total: int, wanted: int, keys: dict[str, list[Any]]) -> Any:
    """Rows whose key is among those of a frame sampled before, at most half of them; the others spread over the frame."""
    spread = spread_out(total, wanted) or list(range(total))
    if kind != "pandas":
        return spread
    for place, label in enumerate(value.columns.tolist()):
        if type(label) is not str or label.lower() not in keys:
            continue
        column = value.iloc[:_LOOKED_THROUGH, place]
        if column.dtype.kind not in "iuOTUMS" and class_path(type(column.dtype))[0].partition(".")[0] != "pandas":
            continue
        joined = column.isin(keys[label.lower()]).to_numpy().nonzero()[0][: wanted // 2].tolist()
        if joined:
            return sorted(set(joined) | set(spread[:: max(1, len(spread) // (wanted - len(joined)))]))
    return spread


def _remember(kind: str, part: Any, keys: dict[str, list[Any]]) -> None:
    """The values of key-like columns of the first frame that has them."""
    if kind != "pandas":
        return
    for place, label in enumerate(part.columns.tolist()):
        if (
            type(label) is str
            and label.lower().endswith(("id", "key", "code", "no", "nr"))
            and label.lower() not in keys
        ):
            keys[label.lower()] = part.iloc[:, place].dropna().unique().tolist()[:_KEYS]


def _take(kind: str, value: Any, positions: Any) -> Any:
    if kind in ("pandas", "series"):
        return value.iloc[positions]
    return value.take(positions) if kind == "arrow" else value[positions]


def _without_secrets(kind: str, part: Any) -> tuple[Any, bool]:
    """`part` with the columns that hold secrets empty; and whether there are any."""
    if kind == "pandas":
        secret = [i for i, label in enumerate(part.columns.tolist()) if type(label) is str and is_secret(label)]
        part = part.copy()
        part.attrs = {}
        for i in secret:
            part.isetitem(i, None)
        return part, bool(secret)
    if kind == "polars":
        empty: dict[str, Any] = {name: None for name in part.columns if is_secret(name)}
        return (part.with_columns(**empty) if empty else part), bool(empty)
    if kind == "arrow":
        for _name in [name for name in part.column_names if is_secret(name)]:
            raise _NoCopy("it holds secrets.")
        return part, False
    if type(part.name) is str and is_secret(part.name):
        raise _NoCopy("it holds secrets, which are not copied.")
    return part, False


def _arrow(kind: str, part: Any) -> bytes | None:
    """An IPC stream of `part`; ``None`` where the library to write it is not loaded. Raises _NoCopy."""
    if kind.startswith("polars"):
        frame = part if kind == "polars" else part.to_frame()
        stream = frame.write_ipc_stream(None)
        return bytes(stream.getvalue())
    table_class: Any = imported("pyarrow", "Table")
    writer: Any = imported("pyarrow", "ipc")
    sink: Any = imported("pyarrow", "BufferOutputStream")
    if table_class is None or writer is None:
        return None
    if kind == "arrow":
        table = part.combine_chunks()
    else:
        frame = part if kind == "pandas" else part.to_frame(part.name if part.name is not None else "value")
        _refuse(frame)
        table = table_class.from_pandas(frame, nthreads=1)
    buffer = sink()
    with writer.new_stream(buffer, table.schema) as stream:
        stream.write_table(table)
    return bytes(buffer.getvalue().to_pybytes())


def _refuse(frame: Any) -> None:
    """Objects of a user's class would be asked by their own methods what they are; of mixed labels pandas would warn."""
    labels = {type(label) for label in frame.columns.tolist()}
    if len(labels) > 1 or not labels <= {str, int, tuple}:
        raise _NoCopy("it has columns whose labels are no texts.")
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        if class_path(type(column.dtype))[0].partition(".")[0] not in ("pandas", "numpy"):
            raise _NoCopy("it holds an array of a class that is not pandas' own.")
        if column.dtype.kind == "O" and class_path(type(column.dtype))[0].startswith("numpy"):
            for value in column.tolist():
                if class_path(type(value))[0].partition(".")[0] not in _KNOWN:
                    raise _NoCopy("it holds objects of a class that is not a library's own.")


def _plain_values(names: list[str], namespace: dict[str, Any]) -> dict[str, Any]:
    """Variables that are JSON: numbers, texts, and lists and dictionaries of them."""
    found: dict[str, Any] = {}
    for name in names:
        if len(found) >= _VALUES:
            break
        value = namespace[name]
        if (
            type(value) is not bool
            and class_path(type(value))[0] == "numpy"
            and value.__class__.__name__[-2:] in ("64", "32")
        ):
            value = value.item()
        if not is_secret(name) and _is_plain(value, 3):
            found[name] = value
    return found


def _is_plain(value: Any, depth: int) -> bool:
    kind = type(value)
    if value is None or kind is bool:
        return True
    if kind is int:
        return bool(abs(value) <= 2**53)
    if kind is float:
        return bool(abs(value) < 1e308)
    if kind is str:
        return len(value) <= _VALUE_CHARS and value.isprintable()
    if not depth or kind not in (list, dict) or len(value) > _ITEMS:
        return False
    if kind is dict:
        return all(type(k) is str and not is_secret(k) and _is_plain(v, depth - 1) for k, v in value.items())
    return all(_is_plain(item, depth - 1) for item in value)
