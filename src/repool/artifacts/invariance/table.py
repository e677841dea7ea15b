"""Appendix C: whether the outputs of a trained network depend on the order of a graph's nodes."""

from typing import Any

import pandas as pd

from repool.analysis.cells import failed_runs, read_cells, why_missing
from repool.analysis.published import Published
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.words.names import NO, YES

COLUMNS = ("dataset", "method", "runs", "largest", "tolerance", "invariant", "expected", "source", "agrees", "status")
TEXT = ("dataset", "method", "invariant", "expected", "source", "agrees", "status")
MEASURE = "permutation"


def tabulate(request: Request) -> None:
    """Write one row for each cell: the largest difference over its runs, and whether the appendix expects it.

    A difference is between the outputs for three test graphs and for the same graphs with their nodes in another order,
    as a share of the largest output. It is computed, not estimated: a single run that differs by more than the
    tolerance shows that a network is not invariant. `expected` is empty where the appendix does not say.
    """
    runs = read_cells(request.cells)
    runs = runs[runs[MEASURE].notna()]
    expected = Published(request.published).invariances()
    tolerance = request.margins[MEASURE]
    failed = failed_runs(request.cells)
    rows = [
        describe(
            *(dataset, method, runs[(runs["dataset"] == dataset) & (runs["method"] == method)], tolerance),
            why_missing(runs, failed, dataset, method),
        )
        | {"expected": expected.get(method, ("", ""))[0], "source": expected.get(method, ("", ""))[1]}
        for dataset in request.grid.datasets or list(dict.fromkeys(runs["dataset"]))
        for method in request.grid.methods or list(dict.fromkeys(runs["method"]))
    ]
    for row in rows:
        if row["expected"] and row["invariant"]:
            row["agrees"] = YES if row["expected"] == row["invariant"] else NO
    write_table(request.out, pd.DataFrame(rows, columns=list(COLUMNS)), digits=6)


def describe(dataset: str, method: str, runs: pd.DataFrame, tolerance: float, missing: str) -> dict[str, Any]:
    """What the runs of one cell say, or with which status it has none."""
    head = {"dataset": dataset, "method": method, "runs": len(runs), "tolerance": tolerance}
    if runs.empty:
        return head | {"invariant": "", "status": missing}
    largest = float(runs[MEASURE].max())
    return head | {
        "largest": largest,
        "invariant": YES if largest < tolerance else NO,
        "status": runs["status"].iloc[0],
    }
