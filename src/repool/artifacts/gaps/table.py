"""Figure 8: the gap between two methods for every number of layers and every width."""

from typing import Any

import pandas as pd

from repool.analysis.cells import failed_runs, in_paper_units, read_cells, why_missing
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.words.names import METRICS

COLUMNS = (
    *("dataset", "layers", "hidden", "first_method", "second_method", "metric", "unit", "runs"),
    *("first_mean", "second_mean", "advantage", "printed", "status"),
)
TEXT = ("dataset", "first_method", "second_method", "metric", "unit", "status")


def tabulate(request: Request) -> None:
    """Write one row for each dataset and combination of the grid.

    Means are in the paper's units, over the seeds that both methods have. `advantage` is by how much the second method
    is better, whichever way the metric goes; `printed` is the first one's score as figure 8 prints it: a share for
    accuracy and AUROC, the negative MAE.
    """
    runs, failed = read_cells(request.cells), failed_runs(request.cells)
    runs["test"] = in_paper_units(runs)
    datasets = request.grid.datasets or list(dict.fromkeys(runs["dataset"]))
    rows = [
        describe(
            *(dataset, size, runs, request.grid.metric(dataset, runs)),
            why_missing(runs, failed, dataset, size["first"], size["second"]),
        )
        for dataset in datasets
        for size in request.sizes
    ]
    write_table(request.out, pd.DataFrame(rows, columns=list(COLUMNS)), digits=10)


def describe(dataset: str, size: dict[str, Any], runs: pd.DataFrame, metric: str, missing: str) -> dict[str, Any]:
    """One row; `missing` is its status where there is no pair of runs."""
    about = METRICS[metric]
    on_dataset = runs[runs["dataset"] == dataset]
    names = [size["first"], size["second"]]
    scores = on_dataset.pivot(index="seed", columns="method", values="test").reindex(columns=names).dropna()
    row: dict[str, Any] = {
        "dataset": dataset,
        "layers": size["layers"],
        "hidden": size["hidden"],
        "first_method": size["first"],
        "second_method": size["second"],
        "metric": metric,
        "unit": about.unit,
        "runs": len(scores),
        "status": missing,
    }
    if scores.empty:
        return row
    first, second = scores[size["first"]].mean(), scores[size["second"]].mean()
    sign = 1 if about.higher_is_better else -1
    return row | {
        "first_mean": first,
        "second_mean": second,
        "advantage": sign * (second - first),
        "printed": sign * first / about.scale,
        "status": on_dataset["status"].iloc[0],
    }
