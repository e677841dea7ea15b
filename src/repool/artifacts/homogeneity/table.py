"""Section 3: how alike the rows of a graph's embedding are, before the first pooling and after each."""

from typing import Any

import numpy as np
import pandas as pd

from repool.analysis.cells import failed_runs, read_cells, why_missing
from repool.analysis.inside import LAYERS, layers
from repool.analysis.statistics import Floats
from repool.analysis.tables import write_table
from repool.artifacts.request import Request

COLUMNS = (
    *("dataset", "method", "layer", "runs", "rows", "share", "share_std", "matrix_share", "matrix_share_std"),
    "status",
)
TEXT = ("dataset", "method", "status")


def tabulate(request: Request) -> None:
    """Write one row for each cell and layer; layer 0 is the output of the convolutions before the first pooling.

    Means and deviations (ddof 1) are over the runs that have the share. `share` is what lies within graphs of the
    variance over all test graphs (0: all rows of a graph are alike; 1: graphs have equal means), `matrix_share` what
    lies within the columns of a graph's matrix of the variance of all its entries (0: vertical bars, as in figure 5).
    Both are 0 by themselves where a graph has one row.
    """
    runs, failed = read_cells(request.cells), failed_runs(request.cells)
    methods = request.grid.methods or list(dict.fromkeys(runs["method"]))
    datasets = request.grid.datasets or list(dict.fromkeys(runs["dataset"]))
    rows = [
        row
        for dataset in datasets
        for method in methods
        for row in describe(
            *(dataset, method, runs[(runs["dataset"] == dataset) & (runs["method"] == method)]),
            why_missing(runs, failed, dataset, method),
        )
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table[["layer", "runs"]] = table[["layer", "runs"]].astype("Int64")
    write_table(request.out, table, digits=6)


def describe(dataset: str, method: str, runs: pd.DataFrame, missing: str) -> list[dict[str, Any]]:
    """The rows of one cell; a single one without a layer, and why, where nothing was recorded."""
    head = {"dataset": dataset, "method": method}
    rows, shares, matrix_shares = (stacked(runs[column]) for column in LAYERS.values())
    if not rows.size:
        return [head | {"runs": 0, "status": missing}]
    return [
        head
        | {
            "layer": layer,
            "runs": int((~np.isnan(shares[:, layer])).sum()),
            "rows": rows[:, layer].mean(),
            **spread("share", shares[:, layer]),
            **spread("matrix_share", matrix_shares[:, layer]),
            "status": runs["status"].iloc[0],
        }
        for layer in range(rows.shape[1])
    ]


def stacked(fields: pd.Series) -> Floats:
    """The numbers of several runs [runs, layers]; runs that recorded none are left out."""
    found = [numbers for numbers in fields.map(layers) if numbers]
    return np.array(found, dtype=float) if found else np.empty((0, 0))


def spread(name: str, values: Floats) -> dict[str, float]:
    """Mean and deviation of the numbers that there are."""
    known = values[~np.isnan(values)]
    found = {name: float(known.mean())} if len(known) else {}
    return found | ({f"{name}_std": float(known.std(ddof=1))} if len(known) > 1 else {})
