"""From a row of claims.yaml to tests on the runs that there are."""

from dataclasses import replace

import numpy as np
import pandas as pd

from repool.analysis.blocks import by_block
from repool.analysis.claims.alone import LOWER, alone
from repool.analysis.claims.asked import Asked, Asking, Group
from repool.analysis.claims.between import BETWEEN, between_datasets
from repool.analysis.claims.grids import gaps, trends
from repool.analysis.claims.numbers import ratio_with_published
from repool.analysis.claims.overall import over_datasets
from repool.analysis.claims.tests import ALONE, COMPUTED, NAN, ON_PAR, TESTS, Question, about, beyond
from repool.schemas.claims import Row
from repool.schemas.names import split_pair
from repool.words.names import METRICS

# What tests compare that have no measure of their own.
OF_TEST = {"faster": "seconds_per_epoch", "fewer": "parameters"}


def ask(row: Row, asking: Asking) -> list[Group]:
    """The tests of one row of a claim: a group for each pair of methods where one of the datasets is enough."""
    if row.test == "gap":
        return [gaps(row, asking)]
    if row.test == "trend":
        return trends(row, asking)
    if row.test in BETWEEN:
        return between_datasets(row, asking)
    if row.test in (*ALONE, *COMPUTED, LOWER):
        return list(alone(row, asking))
    if row.pooled:
        return over_datasets(row, asking)
    if row.test == "by about":
        return [by_about(row, dataset, asking) for dataset in asking.datasets(row)]
    groups = []
    for pair in row.pairs:
        group = Group(row.need)
        first_second = split_pair(pair)
        for dataset in asking.datasets(row):
            scores = asking.scores(dataset, first_second, measure_of(row))
            if len(scores):
                group.tests.append(one(row, dataset, scores, asking))
                if row.published is not None:
                    group.numbers.append(ratio_with_published(group.tests[-1], row.published))
            elif dataset in row.datasets:
                group.missing.append(asking.lacking(dataset, first_second))
        groups += [group] if group.need == "any" else singles(group)
    return groups


def singles(group: Group) -> list[Group]:
    """A group for each test, where all must hold; what is missing counts once."""
    numbers: list[list[Asked]] = [[number] for number in group.numbers] or [[] for _ in group.tests]
    parts = [Group("all", [test], own) for test, own in zip(group.tests, numbers, strict=True)]
    return [*parts, Group("all", missing=group.missing)] if group.missing else parts


def measure_of(row: Row) -> str:
    """The column that a row compares."""
    return OF_TEST.get(row.test, row.measure)


def one(row: Row, dataset: str, scores: pd.DataFrame, asking: Asking) -> Asked:
    """One test of two methods on one dataset."""
    metric = asking.metric(dataset, measure_of(row))
    margin = asking.margin(row, metric) if row.test in ON_PAR else NAN if row.margin is None else row.margin
    first, second = scores.columns
    better = 1 if metric in METRICS and METRICS[metric].higher_is_better else -1
    seeds = len(scores)
    if row.test == "faster":  # the seeds of a block trained together: they are one measurement
        scores = by_block(asking.runs[asking.runs["dataset"] == dataset], [first, second]).dropna()
    values = [scores[name].to_numpy(dtype=float) for name in (first, second)]
    answer = TESTS[row.test](Question(values[0], values[1], better, margin))
    asked = asking.asked(dataset, (first, second), row.test, measure_of(row), answer, margin, seeds)
    if row.test in ON_PAR:
        return replace(asked, beyond=beyond(dataset, Question(values[0], values[1], better, margin), row.test))
    if row.test == "faster":
        return replace(asked, blocks=len(scores))
    return replace(asked, holds=answer.estimate < 1) if row.test == "fewer" else asked


def by_about(row: Row, dataset: str, asking: Asking) -> Group:
    """Whether the pairs of a row, averaged over the seeds that all have, differ by what the paper says."""
    pairs = [split_pair(pair) for pair in row.pairs]
    methods = list(dict.fromkeys(name for pair in pairs for name in pair))
    scores = asking.scores(dataset, methods, row.measure)
    if scores.empty:
        return Group("all", missing=[asking.lacking(dataset, methods)] if dataset in row.datasets else [])
    metric = asking.metric(dataset, row.measure)
    better = 1 if metric in METRICS and METRICS[metric].higher_is_better else -1
    advantages = [better * (scores[first] - scores[second]) for first, second in pairs]
    average = np.mean(advantages, axis=0)
    margin = asking.margin(row, metric)
    answer = about(average, row.size, margin)
    asked = asking.asked(dataset, pairs[0], row.test, row.measure, answer, margin, len(scores))
    return Group("all", [replace(asked, others=tuple(pairs[1:]), size=row.size)])
