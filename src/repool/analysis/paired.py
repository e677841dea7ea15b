"""Paired tests between methods, seed by seed. The paper has none: they are this project's addition."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from repool.analysis.cells import failed_runs, measured, read_cells, why_missing
from repool.analysis.columns import SCORES
from repool.analysis.grid import Grid
from repool.analysis.rank_tests import holm, signed_rank, smallest_detectable
from repool.analysis.statistics import (
    CONFIDENCE,
    NAN,
    SIGNIFICANCE,
    Floats,
    beyond_this_data,
    equivalence,
    mean_with_interval,
)
from repool.analysis.tables import write_table
from repool.errors import UserError, nearest
from repool.words.names import METRICS, PENDING, allows_verdict

COLUMNS = (
    "dataset",
    "first_method",
    "second_method",
    "metric",
    "unit",
    "number_of_pairs",
    "first_failed",
    "second_failed",
    "number_of_zero_differences",
    "first_mean",
    "second_mean",
    "mean_paired_difference",
    "interval_lower",
    "interval_upper",
    "confidence_level",
    "wilcoxon_statistic",
    "p_value",
    "smallest_attainable_p_value",
    "too_few_pairs",
    "number_of_tests_in_family",
    "p_value_holm",
    "matched_pairs_rank_biserial",
    "margin",
    "equivalence_interval_lower",
    "equivalence_interval_upper",
    "equivalence_p_value",
    "equivalent",
    "smallest_detectable_difference",
    "new_data_lower",
    "new_data_upper",
    "probability_within_margin",
    "status",
    "verdict_allowed",
)
TEXT = ("dataset", "first_method", "second_method", "metric", "unit", "equivalent", "status")
# What a row of too few seeds does not have.
TESTED = (
    *("wilcoxon_statistic", "p_value", "matched_pairs_rank_biserial", "equivalence_p_value", "equivalent"),
    *("smallest_detectable_difference", "probability_within_margin"),
)


def compare_pairs(
    cells: Sequence[Path],
    pairs: Sequence[tuple[str, str]],
    out: Path,
    grid: Grid,
    measure: str,
    margins: dict[str, float],
    minimum_seeds: int = 1,
) -> None:
    """Write a row for each pair of methods on each dataset; the rows with a p value are Holm's family.

    Differences are first minus second method, over the seeds that both have, of a score in the paper's units, or of
    what else `measure` names. `margins` by metric are those of equivalence. A row of fewer than `minimum_seeds` pairs
    has no p value and no effect. `too_few_pairs`: so it is, or no outcome of these pairs could reach p = 0.05.
    `verdict_allowed`: the data count for or against the paper.
    """
    runs, failed = read_cells(cells), failed_runs(cells)
    runs["score"] = measured(runs, measure)
    known = {*runs["method"], *grid.methods}
    for method in (name for pair in pairs for name in pair):
        if method not in known:
            raise UserError(f"{method} in --pairs is not a method of this artifact. {nearest(method, known)}")
    rows = [
        compare(
            *(runs, dataset, (first, second), grid.metric(dataset, runs) if measure in SCORES else measure, margins),
            redrawn=dataset in grid.test_graphs,
        )
        for first, second in pairs
        for dataset in grid.datasets or list(dict.fromkeys(runs["dataset"]))
    ]
    for row in rows:
        for which in ("first", "second"):
            row[f"{which}_failed"] = failed.get((row["dataset"], row[f"{which}_method"]), 0)
        if 0 < row["number_of_pairs"] < minimum_seeds:
            row |= {**dict.fromkeys(TESTED), "too_few_pairs": True}
        if not row["number_of_pairs"]:
            row["status"] = why_missing(runs, failed, row["dataset"], row["first_method"], row["second_method"])
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    tested = table["p_value"].notna()
    table["number_of_tests_in_family"] = int(tested.sum())
    table.loc[tested, "p_value_holm"] = holm(table.loc[tested, "p_value"].to_numpy(dtype=float))
    write_table(out, table, digits=10)


def compare(
    runs: pd.DataFrame, dataset: str, pair: tuple[str, str], metric: str, margins: dict[str, float], redrawn: bool
) -> dict[str, Any]:
    """One row, without what depends on the family; `redrawn`: each seed draws a split of its own."""
    first, second = pair
    on_dataset = runs[runs["dataset"] == dataset]
    scores = on_dataset.pivot(index="seed", columns="method", values="score").reindex(columns=[first, second]).dropna()
    row: dict[str, Any] = {
        "dataset": dataset,
        "first_method": first,
        "second_method": second,
        "metric": metric,
        "unit": METRICS[metric].unit,
        "number_of_pairs": len(scores),
        "too_few_pairs": True,
        "status": PENDING,
        "verdict_allowed": False,
    }
    if scores.empty:
        return row
    differences = (scores[first] - scores[second]).to_numpy(dtype=float)
    result = signed_rank(differences)
    mean, lower, upper = mean_with_interval(differences, CONFIDENCE)
    status = str(on_dataset["status"].iloc[0])
    return row | {
        "number_of_zero_differences": result.zeros,
        "first_mean": scores[first].mean(),
        "second_mean": scores[second].mean(),
        "mean_paired_difference": mean,
        "interval_lower": lower,
        "interval_upper": upper,
        "confidence_level": CONFIDENCE,
        "wilcoxon_statistic": result.statistic,
        "p_value": result.p_value,
        "smallest_attainable_p_value": result.smallest_p_value,
        "too_few_pairs": result.smallest_p_value > SIGNIFICANCE,
        "matched_pairs_rank_biserial": result.rank_biserial,
        **equivalence_columns(differences, margins.get(metric)),
        **beyond_columns(differences, margins.get(metric), redrawn),
        "smallest_detectable_difference": smallest_detectable(differences),
        "status": status,
        "verdict_allowed": allows_verdict(status),
    }


def beyond_columns(differences: Floats, margin: float | None, redrawn: bool) -> dict[str, float]:
    """What the seeds say beyond these splits, as far as it is known."""
    found = beyond_this_data(differences, NAN if margin is None else margin, redrawn)
    named = {"new_data_lower": found.low, "new_data_upper": found.high, "probability_within_margin": found.inside}
    return {name: value for name, value in named.items() if not np.isnan(value)}


def equivalence_columns(differences: Floats, margin: float | None) -> dict[str, Any]:
    """The test of equivalence, for a metric that has a margin."""
    if margin is None:
        return {}
    result = equivalence(differences, margin)
    return {
        "margin": margin,
        "equivalence_interval_lower": result.low,
        "equivalence_interval_upper": result.high,
        "equivalence_p_value": result.p_value,
        "equivalent": None if np.isnan(result.p_value) else result.p_value < SIGNIFICANCE,
    }
