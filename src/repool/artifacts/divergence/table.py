"""Appendix D: the unsupervised loss of a graph memory network, with its learned keys and with identical ones."""

from typing import Any

import pandas as pd

from repool.analysis.cells import failed_runs, read_cells, why_missing
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.words.names import NO, YES

COLUMNS = ("dataset", "method", "runs", "learned", "learned_least", "identical", "tolerance", "zero", "status")
TEXT = ("dataset", "method", "zero", "status")
MEASURE = "divergence_identical"


def tabulate(request: Request) -> None:
    """Write one row for each cell: the divergence of a node, over the layers of the network and without its weight.

    `learned` is its mean over runs and `learned_least` the smallest of them; `identical` is the largest size of what
    all keys of a head made equal leave of it, which is zero up to rounding where the appendix is right.
    """
    runs = read_cells(request.cells)
    runs = runs[runs[MEASURE].notna()]
    tolerance = request.margins[MEASURE]
    failed = failed_runs(request.cells)
    rows = [
        describe(
            *(dataset, method, runs[(runs["dataset"] == dataset) & (runs["method"] == method)], tolerance),
            why_missing(runs, failed, dataset, method),
        )
        for dataset in request.grid.datasets or list(dict.fromkeys(runs["dataset"]))
        for method in request.grid.methods or list(dict.fromkeys(runs["method"]))
    ]
    write_table(request.out, pd.DataFrame(rows, columns=list(COLUMNS)), digits=6)


def describe(dataset: str, method: str, runs: pd.DataFrame, tolerance: float, missing: str) -> dict[str, Any]:
    """What the runs of one cell say, or with which status it has none."""
    head = {"dataset": dataset, "method": method, "runs": len(runs), "tolerance": tolerance}
    if runs.empty:
        return head | {"zero": "", "status": missing}
    identical = float(runs[MEASURE].abs().max())
    return head | {
        "learned": runs["divergence_learned"].mean(),
        "learned_least": runs["divergence_learned"].min(),
        "identical": identical,
        "zero": YES if identical < tolerance else NO,
        "status": runs["status"].iloc[0],
    }
