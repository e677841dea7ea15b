"""Questions about two datasets: do methods score on the one as on the other, and do they scatter more."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from repool.analysis.claims.asked import Asked, Asking, Group
from repool.analysis.claims.tests import NAN, Answer
from repool.analysis.over_datasets import Part, overall, part
from repool.analysis.statistics import SIGNIFICANCE, Floats, welch
from repool.schemas.claims import Row
from repool.words.names import worst

# A deviation of fewer runs is hardly one.
LEAST_SEEDS = 3


def between_datasets(row: Row, asking: Asking) -> list[Group]:
    """The groups of a row that compares its datasets with another one; no other dataset stands in for one of two."""
    return [group for dataset in row.datasets for group in BETWEEN[row.test](row, dataset, asking)]


def means(row: Row, dataset: str, asking: Asking) -> list[Group]:
    """A group for each method: whether its mean on a dataset differs from that on the other."""
    groups = []
    for method in row.methods:
        group = Group("all")
        if missing := [name for name in (dataset, row.against) if not asking.ran(name, method)]:
            group.missing += [asking.lacking(name, [method]) for name in missing]
        else:
            here, there = (asking.values(name, method, "test").to_numpy(dtype=float) for name in (dataset, row.against))
            found = welch(described(here), described(there))
            answer = Answer(found.value, found.low, found.high, NAN, found.p_value)
            group.tests.append(asked(row, dataset, [method], "test", answer, min(len(here), len(there)), asking))
        groups.append(group)
    return groups


def described(scores: Floats) -> tuple[float, float, int]:
    """Mean, deviation and number of scores."""
    return float(scores.mean()), float(scores.std(ddof=1)) if len(scores) > 1 else NAN, len(scores)


def spreads(row: Row, dataset: str, asking: Asking) -> list[Group]:
    """One group: whether the methods' deviations on a dataset are larger than on the other, on average."""
    scores = {name: asking.scores(name, row.methods, "test").to_numpy(dtype=float) for name in (dataset, row.against)}
    if lacking := [name for name, found in scores.items() if not len(found)]:
        return [Group("all", missing=[asking.lacking(name, row.methods) for name in lacking])]
    here, there = scores.values()
    seeds = min(len(here), len(there))
    answer = wider(here, there) if seeds >= LEAST_SEEDS else Answer(NAN, NAN, NAN, NAN, NAN)
    return [Group("all", [asked(row, dataset, row.methods, "deviations", answer, seeds, asking)])]


def wider(first: Floats, second: Floats) -> Answer:
    """The ratio of the deviations of scores [seeds, methods], first over second, geometric mean over the methods.

    Methods share their splits, so that their deviations are not independent: seeds are left out, all methods at once.

    Source: Miller, 1968.
    """
    here, there = jackknife(first), jackknife(second)
    half = overall([here, there._replace(value=-there.value)])
    ratio, low, high = (math.exp(2 * value) for value in (half.value, *half.interval(1 - 2 * SIGNIFICANCE)))
    return Answer(ratio, low, high, half.above(0.0), replace(half, value=-half.value).above(0.0))


def jackknife(scores: Floats) -> Part:
    """The mean logarithm of the methods' deviations, of scores [seeds, methods], from its pseudo-values.

    Not known where some method has no deviation.
    """
    seeds = len(scores)
    whole = log_deviation(scores)
    without = np.array([log_deviation(np.delete(scores, seed, axis=0)) for seed in range(seeds)])
    if not math.isfinite(whole) or not np.isfinite(without).all():
        return Part(NAN, NAN, seeds - 1)
    return part(seeds * whole - (seeds - 1) * without)


def log_deviation(scores: Floats) -> float:
    """Mean over the methods of the logarithm of their deviation, of scores [seeds, methods]."""
    with np.errstate(divide="ignore"):
        return float(np.log(scores.std(axis=0, ddof=1)).mean())


def asked(
    row: Row, dataset: str, methods: Sequence[str], measure: str, answer: Answer, seeds: int, asking: Asking
) -> Asked:
    """The test of one dataset beside the other."""
    first, *others = methods
    test = asking.asked(dataset, (first, ""), row.test, measure, answer, NAN, seeds)
    return replace(
        test,
        dataset=f"{dataset} against {row.against}",
        over=(dataset, row.against),
        others=tuple((name, "") for name in others),
        status=worst(asking.status(name) for name in (dataset, row.against)),
    )


BETWEEN: dict[str, Callable[[Row, str, Asking], list[Group]]] = {
    "not significantly different": means,
    "wider": spreads,
}
