"""A curve of the records by epoch, averaged over the seeds of a cell."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from repool.analysis.collect import read_runs
from repool.analysis.grid import Grid
from repool.analysis.tables import write_table
from repool.errors import UserError
from repool.schemas.card import read_card
from repool.schemas.record import REMEDY, Scored, Wanted
from repool.words.names import FAILED, LOSS, METRICS

COLUMNS = (
    *("dataset", "method", "curve", "epoch", "runs", "seeds", "mean", "std", "low", "high", "metric", "unit"),
    "status",
)
TEXT = ("dataset", "method", "curve", "metric", "unit", "status")


def collect(records: Sequence[Path], card: Path, out: Path, name: str, wanted: Wanted | None = None) -> None:
    """Write the mean curve of one cell, a row an epoch; `name` is that of the curve in the records.

    A run that has stopped has no value any more, so later epochs average over fewer runs, and over other ones: `runs`
    says over how many of all `seeds` that have a score. `std` has ddof 1, and `low` and `high` are one of it below and
    above the mean. Scores are in the paper's units. Where every seed failed, a single row says so.

    Raises UserError if the records are not of one cell or not as wanted, or do not have the curve.
    """
    about = read_card(card)
    runs = read_runs(records, about, card, wanted)
    curves = [curve_of(record, name, path) for path, record in runs if isinstance(record, Scored)]
    if not curves:
        dataset, method = runs[0][1].dataset, runs[0][1].method
        metrics = Grid([method], [dataset], {dataset: about["metric"]})
        write_table(out, not_run(dataset, method, name, metrics, FAILED), digits=10)
        return
    metric = metric_of(name, about["metric"])
    longest = max(map(len, curves))
    values = np.array([[*values, *[np.nan] * (longest - len(values))] for values in curves], dtype=float)
    table = pd.DataFrame({"epoch": range(1, longest + 1), "runs": (~np.isnan(values)).sum(axis=0)})
    by_epoch = pd.DataFrame(values * METRICS[metric].scale)
    table["mean"], table["std"] = by_epoch.mean(), by_epoch.std(ddof=1)
    spread = table["std"].fillna(0)
    table["low"], table["high"] = table["mean"] - spread, table["mean"] + spread
    table["dataset"], table["method"], table["curve"] = runs[0][1].dataset, runs[0][1].method, name
    table["seeds"], table["metric"], table["unit"] = len(curves), metric, METRICS[metric].unit
    table["status"] = about["status"]
    write_table(out, table[list(COLUMNS)], digits=10)


def curve_of(record: Scored, name: str, path: Path) -> list[float]:
    """One of a run's curves; UserError if its training did not keep it."""
    curve: list[float] | None = getattr(record.curves, name)
    if curve is None:
        raise UserError(f"{path} has no curve {name}. {REMEDY}")
    return curve


def metric_of(name: str, score: str) -> str:
    """The metric of a curve: a loss is its own, any other curve is a score of the dataset."""
    return LOSS if name == LOSS else score


def not_run(dataset: str, method: str, name: str, grid: Grid, status: str) -> pd.DataFrame:
    """The row of a cell without a curve: pending, or failed."""
    metric = metric_of(name, grid.metric(dataset, pd.DataFrame(columns=["dataset", "metric"])))
    row = {"dataset": dataset, "method": method, "curve": name, "runs": 0, "seeds": 0, "metric": metric}
    return pd.DataFrame([row | {"unit": METRICS[metric].unit, "status": status}], columns=list(COLUMNS))
