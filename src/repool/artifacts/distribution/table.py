"""Step 2 of the aggregation for distribution plots: one row for each run, in the paper's units."""

import pandas as pd

from repool.analysis.cells import in_paper_units, read_rows
from repool.analysis.grid import Grid
from repool.analysis.published import Published
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.words.names import METRICS, PENDING

COLUMNS = (
    *("dataset", "method", "seed", "test", "metric", "unit", "status"),
    *("published_mean", "published_std", "margin"),
)
# What a row has of its run.
OWN = list(COLUMNS[:7])
TEXT = ("dataset", "method", "metric", "unit", "status")


def tabulate(request: Request) -> None:
    """Write the long form; a seed that failed has an empty score and its status says so.

    A cell of the grid without a run has one row with empty seed and score, status pending. Each row has the mean and
    the deviation that the paper prints of its cell, wherever it does, and the margin of its score.
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
            parts.append(part[OWN] if len(part) else pending(dataset, method, grid, runs))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=OWN)
    table["seed"] = table["seed"].astype("Int64")
    paper = Published(request.published)
    scores = [paper.score(request.artifact, *cell) for cell in zip(table["method"], table["dataset"], strict=True)]
    table["published_mean"] = [score.mean if score else None for score in scores]
    table["published_std"] = [score.std if score else None for score in scores]
    table["margin"] = [request.margins.get(name) for name in table["metric"]]
    write_table(request.out, table, digits=10)


def pending(dataset: str, method: str, grid: Grid, runs: pd.DataFrame) -> pd.DataFrame:
    """The row of a cell that has not run."""
    name = grid.metric(dataset, runs)
    values = (dataset, method, pd.NA, float("nan"), name, METRICS[name].unit, PENDING)
    return pd.DataFrame([values], columns=OWN)
