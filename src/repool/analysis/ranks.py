"""Which methods rank before which across datasets: Friedman's test."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from repool.analysis.cells import in_paper_units, read_cells
from repool.analysis.grid import Grid
from repool.analysis.rank_tests import friedman
from repool.analysis.tables import write_table
from repool.words.names import METRICS, worst

COLUMNS = ("method", "average_rank", "datasets", "methods", "friedman_statistic", "p_value", "status")
TEXT = ("method", "status")


def rank(cells: Sequence[Path], out: Path, grid: Grid, minimum_seeds: int = 1) -> None:
    """Write one row for each method: its average rank over the datasets on which all methods have run, 1 is best.

    Methods are ranked by their mean scores, over at least `minimum_seeds` runs of each.
    """
    runs = read_cells(cells)
    runs["test"] = in_paper_units(runs)
    methods = grid.methods or list(dict.fromkeys(runs["method"]))
    scores = runs.groupby(["dataset", "method"])["test"]
    enough = scores.mean()[scores.size() >= minimum_seeds]
    means = enough.unstack("method").reindex(columns=methods).dropna()
    signs = np.array([1 if METRICS[grid.metric(str(name), runs)].higher_is_better else -1 for name in means.index])
    rows = pd.DataFrame({"method": methods, "datasets": len(means), "methods": len(methods)})
    rows["status"] = worst(runs.loc[runs["dataset"].isin(means.index), "status"])
    if len(means):
        result = friedman(means.to_numpy(dtype=float) * signs[:, np.newaxis])
        rows["average_rank"] = result.average_ranks
        rows["friedman_statistic"], rows["p_value"] = result.statistic, result.p_value
    write_table(out, rows.reindex(columns=list(COLUMNS)), digits=10)
