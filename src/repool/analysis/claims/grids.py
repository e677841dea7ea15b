"""The gaps of a grid of hyper-parameters (figure 8)."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from repool.analysis.claims.asked import Asked, Asking, Group, Missing
from repool.analysis.claims.tests import NAN, Answer, Question, equivalent
from repool.analysis.statistics import Floats
from repool.schemas.claims import Row
from repool.words.names import METRICS

# A gap of one run is mostly chance, and the largest of many more so: with fewer seeds a grid is shown and decides
# nothing.
LEAST_SEEDS = 10


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
