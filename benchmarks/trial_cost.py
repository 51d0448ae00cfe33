"""What a trial of Python costs: in the kernel, to copy rows of large frames, and in the locked process, once it is warm.

    python -m benchmarks.trial_cost [--rows 10000000] [--rounds 20]

Exits with 1 when copying takes more than 0.2 s of the processor or 50 MB. Seconds of trials are shown, not judged: a busy machine
makes them long.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
import tracemalloc

import numpy as np
import pandas as pd

from jupyter_qwen.python.trial import FrameRows, run_cell
from jupyter_qwen.schema.collector.collection_limits import Clock
from jupyter_qwen.schema.collector.copies import trial_copies
from jupyter_qwen.schema.collector.gather import collect
from jupyter_qwen.schema.model import Schema

SECONDS, BYTES = 0.2, 50 * 2**20
CELLS = {
    "a sum by group": "orders.groupby('kind')['total'].sum()",
    "a join of two frames": "orders.merge(customers, on='customer_id').groupby('city')['total'].mean()",
    "a chart": "orders.groupby('kind')['total'].sum().plot.bar()",
}


def frames(rows: int) -> dict[str, pd.DataFrame]:
    """Two frames with a key: orders of `rows` rows, customers a hundredth of them."""
    rng, few = np.random.default_rng(1), max(1, rows // 100)
    orders = {"order_id": np.arange(rows), "customer_id": rng.integers(0, few, rows), "total": rng.random(rows)}
    customers = {"customer_id": np.arange(few), "city": rng.choice(["Oslo", "Rome", "Bern"], few)}
    return {"orders": pd.DataFrame({**orders, "kind": rng.integers(0, 3, rows)}), "customers": pd.DataFrame(customers)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    namespace = frames(arguments.rows)
    trial_copies(list(namespace), namespace, Clock(60.0))  # what libraries load at their first use is not the copy's
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    trial_copies(list(namespace), namespace, Clock(60.0))
    seconds = time.process_time() - began
    resident = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    tracemalloc.start()
    trial_copies(list(namespace), namespace, Clock(60.0))
    most = max(tracemalloc.get_traced_memory()[1], resident)
    tracemalloc.stop()
    print(
        f"copies of {arguments.rows:,} rows in the kernel: {seconds:.3f} s of the processor, {most / 2**20:.1f} MB at most"
    )
    rows = FrameRows.from_schema(Schema.from_json(collect(namespace)))
    for name, code in CELLS.items():
        trial = run_cell(code, rows, time_limit_s=10.0, thumbnail=True)
        if trial.status != "ran":
            print(f"{name}: {trial.status}: {trial.reason or trial.error}")
            return 1
        times = []
        for _ in range(arguments.rounds):
            began = time.perf_counter()
            run_cell(code, rows, time_limit_s=10.0, thumbnail=True)
            times.append(time.perf_counter() - began)
        print(
            f"{name}, warm: {statistics.median(times):.3f} s (median of {arguments.rounds}, longest {max(times):.3f})"
        )
    return 0 if seconds <= SECONDS and most <= BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
