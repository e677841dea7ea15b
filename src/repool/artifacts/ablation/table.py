"""Table 2: every network with one convolution before its first pooling, and with its own number of them."""

from typing import Any

import pandas as pd

from repool.analysis.cells import failed_runs, in_paper_units, read_cells, why_missing
from repool.analysis.published import Published
from repool.analysis.statistics import CONFIDENCE, RESOLUTION, mean_with_interval
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.words.names import METRICS, NOT_CONFIGURED, ONE

COLUMNS = (
    *("dataset", "method", "one_method", "metric", "unit", "published_one", "published_many", "published_drop"),
    *("one_runs", "one_mean", "one_std", "many_runs", "many_mean", "many_std"),
    *("pairs", "drop", "drop_low", "drop_high", "status"),
)
TEXT = ("dataset", "method", "one_method", "metric", "unit", "status")


def tabulate(request: Request) -> None:
    """Write one row for each network and dataset: those of the grid first, then what else the paper's table has.

    A network is named by its method with many convolutions; the method with one has "-one" behind that name. A drop is
    positive where the single convolution is worse, whichever way the metric goes. Means are over all runs of a method,
    the drop and its 95% t interval over the seeds that both have, `pairs`.
    """
    grid = request.grid
    runs, failed = read_cells(request.cells), failed_runs(request.cells)
    runs["test"] = in_paper_units(runs)
    printed = Published(request.published).ablation()
    networks = [name for name in grid.methods or dict.fromkeys(runs["method"]) if not name.endswith(ONE)]
    datasets = grid.datasets or list(dict.fromkeys(runs["dataset"]))
    elsewhere = dict.fromkeys(dataset for rows in printed.values() for dataset in rows if dataset not in datasets)
    rows = [
        describe(dataset, network, runs, failed, printed.get(network, {}).get(dataset, {}), grid.metric(dataset, runs))
        for dataset in datasets
        for network in networks
    ]
    rows += [
        describe(dataset, network, runs, failed, row[dataset], grid.metric(dataset, runs)) | {"status": NOT_CONFIGURED}
        for dataset in elsewhere
        for network, row in printed.items()
        if dataset in row
    ]
    write_table(request.out, pd.DataFrame(rows, columns=list(COLUMNS)), digits=10)


def describe(
    dataset: str,
    network: str,
    runs: pd.DataFrame,
    failed: dict[tuple[str, str], int],
    printed: dict[str, float],
    metric: str,
) -> dict[str, Any]:
    """One row."""
    sign = 1 if METRICS[metric].higher_is_better else -1
    scores = {
        part: runs[(runs["dataset"] == dataset) & (runs["method"] == method)].set_index("seed")["test"]
        for part, method in (("one", network + ONE), ("many", network))
    }
    row: dict[str, Any] = {
        "dataset": dataset,
        "method": network,
        "one_method": network + ONE,
        "metric": metric,
        "unit": METRICS[metric].unit,
        "status": why_missing(runs, failed, dataset, network, network + ONE),
    }
    if printed:
        row |= {f"published_{part}": printed[part] for part in ("one", "many")}
        row["published_drop"] = sign * (printed["many"] - printed["one"])
    for part, part_scores in scores.items():
        row[f"{part}_runs"] = len(part_scores)
        if len(part_scores):
            row |= {f"{part}_mean": part_scores.mean(), f"{part}_std": part_scores.std(ddof=1)}
    drops = (sign * (scores["many"] - scores["one"])).dropna().to_numpy(dtype=float)
    if len(drops):
        drop, low, high = mean_with_interval(drops, CONFIDENCE)
        row |= {"pairs": len(drops), "drop": round(drop, RESOLUTION), "drop_low": low, "drop_high": high}
        row["status"] = runs.loc[runs["dataset"] == dataset, "status"].iloc[0]
    return row
