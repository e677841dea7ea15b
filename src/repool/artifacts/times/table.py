"""Section 2: how long an epoch takes, and how much of it the simplified methods need."""

from typing import Any

import pandas as pd

from repool.analysis.blocks import by_block
from repool.analysis.cells import failed_runs, read_cells, why_missing
from repool.analysis.files import read_json
from repool.analysis.published import Published
from repool.analysis.statistics import ratio
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.words.names import PENDING

COLUMNS = (
    *("dataset", "method", "runs", "seconds_per_epoch", "low", "high", "relative", "relative_low", "relative_high"),
    *("published_relative", "blocks", "block", "devices", "status"),
)
TEXT = ("dataset", "method", "block", "devices", "status")


def tabulate(request: Request) -> None:
    """Write one row for each method and dataset.

    Seconds are training alone (no validation), a seed's share where the seeds of a block train in lockstep. The seeds
    of a block are one measurement, so the median is over blocks, and `low` and `high` are the extremes.
    `relative` is the mean ratio to the grid's first method on the same blocks, with its interval.
    """
    grid = request.grid
    runs, failed = read_cells(request.cells), failed_runs(request.cells)
    summaries = {(about["dataset"], about["method"]): about for about in map(read_json, request.summaries)}
    timed = runs.dropna(subset=["seconds_per_epoch"])
    printed = Published(request.published).relative_times()
    methods = grid.methods or list(dict.fromkeys(runs["method"]))
    rows = []
    for dataset in grid.datasets or list(dict.fromkeys(runs["dataset"])):
        seconds = by_block(runs[runs["dataset"] == dataset], methods)
        for method in methods:
            row = describe(seconds[method].dropna(), summaries.get((dataset, method), {}))
            row["runs"] = int(((timed["dataset"] == dataset) & (timed["method"] == method)).sum())
            if not row["blocks"]:
                row["status"] = why_missing(runs, failed, dataset, method)
            row |= {"dataset": dataset, "method": method, "published_relative": printed.get(method, {}).get(dataset)}
            both = seconds[[method, methods[0]]].dropna().to_numpy(dtype=float)
            if len(both):
                found = ratio(both[:, 0], both[:, -1])
                row["relative"] = found.value
                if method != methods[0]:
                    row |= {"relative_low": found.low, "relative_high": found.high}
            rows.append(row)
    write_table(request.out, pd.DataFrame(rows, columns=list(COLUMNS)), digits=6)


def describe(seconds: pd.Series, about: dict[str, Any]) -> dict[str, Any]:
    """What one method took on one dataset."""
    row: dict[str, Any] = {
        "blocks": len(seconds),
        "block": "; ".join(str(size) for size in about.get("block_sizes", [])),
        "devices": "; ".join(about.get("device_names", [])),
        "status": about.get("status", PENDING) if len(seconds) else PENDING,
    }
    if len(seconds):
        row |= {"seconds_per_epoch": seconds.median(), "low": seconds.min(), "high": seconds.max()}
    return row
