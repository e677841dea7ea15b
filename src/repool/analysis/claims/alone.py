"""Questions about methods by themselves."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from repool.analysis.claims.asked import Asked, Asking, Group, Missing
from repool.analysis.claims.tests import ALONE, COMPUTED, NAN, Question, better
from repool.analysis.statistics import Floats
from repool.schemas.claims import Row

# The test of two measures of the same runs.
LOWER = "lower"


def alone(row: Row, asking: Asking) -> Iterator[Group]:
    """A group for each method and dataset of a row that asks about methods by themselves."""
    missing: list[Missing] = []
    for method in row.methods:
        for dataset in asking.datasets(row):
            if row.test == LOWER:
                found = lower(row, dataset, method, asking)
            else:
                found = of_method(row, dataset, method, asking)
            if found:
                yield Group("all", [found])
            elif dataset in row.datasets:
                missing.append(asking.lacking(dataset, [method]))
    if missing:
        yield Group("all", missing=missing)


def known(dataset: str, method: str, measure: str, asking: Asking) -> Floats:
    """A measure of the runs of a cell that have it."""
    return asking.scores(dataset, [method], measure)[method].to_numpy(dtype=float)


def of_method(row: Row, dataset: str, method: str, asking: Asking) -> Asked | None:
    """One test of a method by itself; None where nothing was measured."""
    values = known(dataset, method, row.measure, asking)
    if not len(values):
        return None
    margin = asking.margin(row, asking.metric(dataset, row.measure))
    computed = row.test in COMPUTED
    answer = COMPUTED[row.test](values) if computed else ALONE[row.test](values, margin)
    asked = asking.asked(dataset, (method, ""), row.test, row.measure, answer, margin, len(values))
    if computed and not math.isnan(answer.estimate):
        # A run where it could not be computed leaves open what the others do not decide.
        unknown = asking.ran(dataset, method) > len(values)
        decided, otherwise = (True, False) if row.test == "breaks" else (False, True)
        beyond = answer.estimate > margin if row.test == "breaks" else answer.estimate >= margin
        asked.holds = decided if beyond else None if unknown else otherwise
    return asked


def lower(row: Row, dataset: str, method: str, asking: Asking) -> Asked | None:
    """Whether one measure of a method's runs is below another one of the same runs; by how much is the estimate."""
    if not asking.ran(dataset, method):
        return None
    below, above = (asking.values(dataset, method, measure) for measure in (row.measure, row.than))
    falls = (above - below).dropna().to_numpy(dtype=float)
    if not len(falls):
        return None
    answer = better(Question(falls, np.zeros_like(falls), 1, 0.0))
    asked = asking.asked(dataset, (method, ""), LOWER, row.measure, answer, NAN, len(falls))
    return replace(asked, measure=f"{asking.measures[row.than]} minus {asking.measures[row.measure]}")
