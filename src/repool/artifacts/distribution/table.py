"""Step 2 of the aggregation for distribution plots: one row for each run, in the paper's units."""

import pandas as pd

from repool.analysis.cells import in_paper_units, read_rows
from repool.analysis.files import write_table
from repool.analysis.grid import Grid
from repool.artifacts.request import Request
from repool.words.names import METRICS, PENDING

COLUMNS = ("dataset", "method", "seed", "test", "metric", "unit", "status")
TEXT = ("dataset", "method", "metric", "unit", "status")


def tabulate(request: Request) -> None:
    """Write the long form; a seed that failed has an empty score and its status says so.

    A cell of the grid without a run has one row with empty seed and score, status pending.
    """
    grid = request.grid
    runs = read_rows(request.cells)
    runs["test"] = in_paper_units(runs)
    runs["unit"] = [METRICS[name].unit for name in runs["metric"]]
    methods = grid.methods or list(dict.fromkeys(runs["method"]))
    datasets = grid.datasets or list(dict.fromkeys(runs["dataset"]))
    parts = []
    for dataset in datasets:
        for method in methods:
            part = runs[(runs["dataset"] == dataset) & (runs["method"] == method)].sort_values("seed")
            parts.append(part[list(COLUMNS)] if len(part) else pending(dataset, method, grid, runs))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    table["seed"] = table["seed"].astype("Int64")
    write_table(request.out, table, digits=10)


def pending(dataset: str, method: str, grid: Grid, runs: pd.DataFrame) -> pd.DataFrame:
    """The row of a cell that has not run."""
    name = grid.metric(dataset, runs)
    values = (dataset, method, pd.NA, float("nan"), name, METRICS[name].unit, PENDING)
    return pd.DataFrame([values], columns=list(COLUMNS))
