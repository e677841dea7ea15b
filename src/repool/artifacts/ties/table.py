"""How often several epochs share the best validation score, and how scores move with the one that counts."""

from typing import Any

import pandas as pd

from repool.analysis.cells import failed_runs, in_paper_units, read_cells, why_missing
from repool.analysis.statistics import CONFIDENCE, mean_with_interval
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.words.names import METRICS

COLUMNS = (
    *("dataset", "method", "metric", "unit", "runs", "tied_runs", "first_mean", "last_mean"),
    *("change", "change_low", "change_high", "status"),
)
TEXT = ("dataset", "method", "metric", "unit", "status")


def tabulate(request: Request) -> None:
    """Write one row for each cell of the grid; one without a run says why.

    `tied_runs` have more than one epoch with their best validation score. Means are of the test scores at the first of
    them and at the last, in the paper's units; `change` is last minus first over all runs, with its 95% t interval.
    """
    runs, failed = read_cells(request.cells), failed_runs(request.cells)
    rows = []
    for dataset in request.grid.datasets or list(dict.fromkeys(runs["dataset"])):
        for method in request.grid.methods or list(dict.fromkeys(runs["method"])):
            cell = runs[(runs["dataset"] == dataset) & (runs["method"] == method)]
            metric = request.grid.metric(dataset, runs)
            head = {"dataset": dataset, "method": method, "metric": metric, "unit": METRICS[metric].unit}
            found = describe(cell) if len(cell) else {"status": why_missing(runs, failed, dataset, method)}
            rows.append(head | {"runs": len(cell)} | found)
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"tied_runs": "Int64"})
    write_table(request.out, table, digits=10)


def describe(cell: pd.DataFrame) -> dict[str, Any]:
    """What the runs of a cell say."""
    first, last = (in_paper_units(cell, score).to_numpy(dtype=float) for score in ("test_first", "test_last"))
    change, low, high = mean_with_interval(last - first, CONFIDENCE)
    return {
        "tied_runs": int((cell["tied_epochs"] > 1).sum()),
        "first_mean": first.mean(),
        "last_mean": last.mean(),
        "change": change,
        "change_low": low,
        "change_high": high,
        "status": cell["status"].iloc[0],
    }
