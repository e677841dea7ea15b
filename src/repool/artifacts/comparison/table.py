"""Step 2 of the aggregation for tables of scores: the paper's number beside the replicated one, cell by cell."""

from typing import Any

import pandas as pd

from repool.analysis.cells import failed_runs, in_paper_units, read_cells, why_missing
from repool.analysis.grid import merged
from repool.analysis.published import RUNS, Published, Score
from repool.analysis.statistics import Floats, welch
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.schemas.published import OWN
from repool.words.names import METRICS, NOT_CONFIGURED, QUOTED

COLUMNS = (
    "method",
    "dataset",
    "metric",
    "unit",
    "published_mean",
    "published_std",
    "published_source",
    "published_in",
    "published_runs",
    "sampling_std",
    "runs",
    "mean",
    "std",
    "difference",
    "difference_low",
    "difference_high",
    "difference_p_value",
    "status",
)
TEXT = ("method", "dataset", "metric", "unit", "published_source", "published_in", "status")


def tabulate(request: Request) -> None:
    """Write one row for each cell, dataset by dataset: those of the grid first, then what else the paper's table has.

    Means and deviations (ddof 1, empty for one run) are in the paper's units; `difference` is replicated minus
    published, with Welch's 95% interval where both have a deviation and the published one is the paper's own, over 20
    runs. `sampling_std` is what drawing the test graphs alone would make an accuracy as published deviate, binomially.
    `status` is that of the data, or for a cell without runs: pending (configured), quoted (the paper took
    it from others), not-configured, or failed (every seed that ran).
    """
    artifact, grid = request.artifact, request.grid
    runs, failed = read_cells(request.cells), failed_runs(request.cells)
    runs["test"] = in_paper_units(runs)
    paper = Published(request.published)
    methods = merged(grid.methods or runs["method"], paper.methods(artifact))
    datasets = merged(grid.datasets or runs["dataset"], paper.datasets(artifact))
    rows = []
    for dataset in datasets:
        for method in methods:
            score = paper.score(artifact, method, dataset)
            cell = runs[(runs["dataset"] == dataset) & (runs["method"] == method)]
            if len(cell) or score or grid.has(method, dataset):
                missing = why_missing(runs, failed, dataset, method) if grid.has(method, dataset) else not_run(score)
                metric = grid.metric(dataset, runs)
                row = compare(method, dataset, cell, score, metric, missing)
                rows.append(row | sampling(metric, row["published_mean"], grid.test_graphs.get(dataset)))
    write_table(request.out, pd.DataFrame(rows, columns=list(COLUMNS)), digits=10)


def compare(
    method: str, dataset: str, cell: pd.DataFrame, score: Score | None, metric: str, missing: str
) -> dict[str, Any]:
    """One row: the published score, the replicated one, and their difference; `missing` is its status without runs."""
    mean = float(cell["test"].mean()) if len(cell) else None
    published = score.mean if score else None
    return {
        "method": method,
        "dataset": dataset,
        "metric": metric,
        "unit": METRICS[metric].unit,
        "published_mean": published,
        "published_std": score.std if score else None,
        "published_source": score.source if score else "",
        "published_in": score.table if score else "",
        "published_runs": RUNS if score and score.source == OWN else None,
        "runs": len(cell),
        "mean": mean,
        "std": float(cell["test"].std(ddof=1)) if len(cell) > 1 else None,
        "difference": None if mean is None or published is None else mean - published,
        **interval(cell["test"].to_numpy(dtype=float), score),
        "status": cell["status"].iloc[0] if len(cell) else missing,
    }


def interval(scores: Floats, score: Score | None) -> dict[str, float]:
    """Welch's interval of replicated minus published; nothing where one of them has no deviation."""
    if score is None or score.source != OWN or score.mean is None or score.std is None or len(scores) < 2:
        return {}
    ours = float(scores.mean()), float(scores.std(ddof=1)), len(scores)
    found = welch(ours, (score.mean, score.std, RUNS))
    return {"difference_low": found.low, "difference_high": found.high, "difference_p_value": found.p_value}


def sampling(metric: str, mean: float | None, test_graphs: int | None) -> dict[str, float]:
    """The binomial deviation of an accuracy in % on so many graphs; nothing of another score, or of unknown numbers."""
    if metric != "accuracy" or mean is None or test_graphs is None:
        return {}
    return {"sampling_std": (mean * (100 - mean) / test_graphs) ** 0.5}


def not_run(score: Score | None) -> str:
    """Why a cell that is not configured has no runs."""
    return QUOTED if score and score.source == "quoted" else NOT_CONFIGURED
