"""The gaps of a grid of hyper-parameters (figure 8), and whether they follow it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from repool.analysis.claims.asked import Asked, Asking, Group, Missing
from repool.analysis.claims.tests import NAN, Answer, Question, equivalent
from repool.analysis.statistics import Floats
from repool.schemas.claims import Row
from repool.words.names import METRICS

# A gap of one run is mostly chance, and the largest of many more so: with fewer seeds a grid is shown and decides
# nothing.
LEAST_SEEDS = 10
# What a gap may follow, and how its values are spaced.
AXES: dict[str, Callable[[Floats], Floats]] = {"layers": np.asarray, "hidden": np.log2}


def gaps(row: Row, asking: Asking) -> Group:
    """On each dataset, whether the gap of every combination of the grid is within the margin, a share or MAE."""
    group = Group("all")
    for dataset in asking.datasets(row):
        found = list(differences(dataset, asking))
        if found:
            group.tests.append(largest(row, dataset, found, asking))
        elif dataset in row.datasets:
            group.missing.append(Missing(dataset, ()))
    return group


def differences(dataset: str, asking: Asking) -> Iterator[tuple[dict[str, Any], Floats]]:
    """First minus second of every combination that has run, seed by seed, as a share or MAE."""
    for size in asking.sizes:
        scores = asking.scores(dataset, [size["first"], size["second"]], "test")
        if len(scores):
            scale = METRICS[asking.metric(dataset, "test")].scale
            yield size, (scores[size["first"]] - scores[size["second"]]).to_numpy(dtype=float) / scale


def largest(row: Row, dataset: str, found: list[tuple[dict[str, Any], Floats]], asking: Asking) -> Asked:
    """The largest gap, and what all of them say.

    All within the margin: the largest p of the tests of equivalence. One beyond it: the smallest, times their number.
    """
    size, gap = max(found, key=lambda entry: abs(entry[1].mean()))
    seeds = min(len(values) for _, values in found)
    answer = Answer(float(gap.mean()), NAN, NAN, NAN, NAN)
    if seeds >= LEAST_SEEDS:
        each = [equivalent(Question(values, np.zeros_like(values), 1, row.margin)) for _, values in found]
        own = equivalent(Question(gap, np.zeros_like(gap), 1, row.margin))
        all_within = max(one.p for one in each) if len(found) == len(asking.sizes) else NAN
        beyond = min(1.0, len(each) * min(one.against for one in each))
        answer = Answer(own.estimate, own.low, own.high, all_within, beyond)
    pair = size["first"], size["second"]
    return asking.asked(dataset, pair, "gap", "test", answer, row.margin, seeds)


def trends(row: Row, asking: Asking) -> list[Group]:
    """On each dataset and for each side of the grid, whether the gap changes along it."""
    groups = []
    for dataset in asking.datasets(row):
        table = gaps_of_grid(dataset, asking)
        sides = [side for side in AXES if not table.empty and table.columns.get_level_values(side).nunique() > 1]
        groups += [Group("all", [along(row, dataset, side, sides, table, asking)]) for side in sides]
        if not sides and dataset in row.datasets:
            groups.append(Group("all", missing=[Missing(dataset, ())]))
    return groups


def gaps_of_grid(dataset: str, asking: Asking) -> pd.DataFrame:
    """First minus second as a share or MAE: a row for each seed that all combinations have which ran, a column each."""
    columns = {}
    for size in asking.sizes:
        scores = asking.scores(dataset, [size["first"], size["second"]], "test")
        if len(scores):
            scale = METRICS[asking.metric(dataset, "test")].scale
            gap = (scores[size["first"]] - scores[size["second"]]) / scale
            columns[tuple(size[side] for side in AXES)] = gap
    table = pd.DataFrame(columns).dropna()
    table.columns = pd.MultiIndex.from_tuples(columns, names=list(AXES)) if columns else table.columns
    return table


def along(row: Row, dataset: str, side: str, sides: list[str], table: pd.DataFrame, asking: Asking) -> Asked:
    """How much the gap changes from one end of a side to the other, by the least-squares plane of each seed."""
    spaced = np.column_stack([AXES[name](table.columns.get_level_values(name).to_numpy(float)) for name in sides])
    plane = np.column_stack([np.ones(len(spaced)), spaced])
    slopes = np.linalg.lstsq(plane, table.to_numpy(dtype=float).T, rcond=None)[0][1 + sides.index(side)]
    changes = slopes * np.ptp(spaced[:, sides.index(side)])
    answer = equivalent(Question(changes, np.zeros_like(changes), 1, row.margin))
    if len(changes) < LEAST_SEEDS:
        answer = Answer(float(changes.mean()) if len(changes) else NAN, NAN, NAN, NAN, NAN)
    size = asking.sizes[0]
    asked = asking.asked(dataset, (size["first"], size["second"]), "trend", "test", answer, row.margin, len(changes))
    every = [(one["first"], one["second"]) for one in asking.sizes]
    return replace(asked, measure=asking.measures[f"grid_{side}"], others=tuple(every[1:]))
