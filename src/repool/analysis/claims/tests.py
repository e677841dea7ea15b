"""The tests that decide claims, one function for each kind; config/claims.yaml says what each asks.

Each returns its estimate with an interval, how probable the data are if the claim fails (`p`), and how probable they
are if it holds (`against`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from repool.analysis.statistics import (
    SIGNIFICANCE,
    Beyond,
    Floats,
    above,
    beyond_this_data,
    equivalence,
    mean_with_interval,
    not_worse,
    ratio,
    spread_ratio,
)
from repool.words.names import FIXED_SPLITS

NAN = float("nan")


@dataclass(frozen=True)
class Question:
    """Scores of two methods by paired seeds [seeds]; `better` is 1 where higher is better, -1 where lower is.

    `margin` is in the metric's unit, or a factor; NaN where the test has none.
    """

    first: Floats
    second: Floats
    better: int
    margin: float

    @property
    def advantage(self) -> Floats:
        """By how much the first is better, seed by seed."""
        return self.better * (self.first - self.second)


@dataclass(frozen=True)
class Answer:
    """What the runs say; NaN where they say nothing.

    Attributes:
        p: small where the claim holds.
        against: small where it fails.
        better: small where the first is better, by however much; where that is asked.
    """

    estimate: float
    low: float
    high: float
    p: float
    against: float
    better: float = NAN


def equivalent(question: Question) -> Answer:
    """First minus second is within +-margin."""
    differences, margin = question.first - question.second, question.margin
    found = equivalence(differences, margin)
    beyond = two_sided(above(differences, margin), above(-differences, margin)) if len(differences) > 1 else NAN
    return Answer(found.value, found.low, found.high, found.p_value, beyond)


def worse_by_less(question: Question) -> Answer:
    """The first is worse by less than the margin; the estimate is by how much it is better."""
    advantage, margin = question.advantage, question.margin
    found = not_worse(advantage, margin)
    if len(advantage) < 2:
        return Answer(found.value, NAN, NAN, NAN, NAN)
    return Answer(found.value, found.low, found.high, found.p_value, above(-advantage, margin), above(advantage, 0.0))


def better(question: Question) -> Answer:
    """The first is better by more than the margin. The estimate is by how much."""
    advantage, margin = question.advantage, question.margin
    estimate = mean_with_interval(advantage, 1 - 2 * SIGNIFICANCE)
    if len(advantage) < 2:
        return Answer(*estimate, NAN, NAN)
    return Answer(*estimate, above(advantage, margin), above(-advantage, -margin))


def about(advantage: Floats, size: float, margin: float) -> Answer:
    """The mean of some advantages [pairs] is `size`, give or take the margin."""
    found = equivalent(Question(advantage - size, np.zeros_like(advantage), 1, margin))
    return replace(found, estimate=found.estimate + size, low=found.low + size, high=found.high + size)


def similar_spread(question: Question) -> Answer:
    """The ratio of the deviations, first over second, is within 1 / margin and margin."""
    found = spread_ratio(question.first, question.second)
    high, low = wider(question, question.margin), wider(question, 1 / question.margin)
    return Answer(found.value, found.low, found.high, float(np.maximum(1 - high, low)), two_sided(high, 1 - low))


def no_wider_spread(question: Question) -> Answer:
    """The ratio of the deviations, first over second, is below the margin."""
    found = spread_ratio(question.first, question.second)
    beyond = wider(question, question.margin)
    return Answer(found.value, found.low, found.high, 1 - beyond, beyond)


def wider(question: Question, factor: float) -> float:
    """One-sided p value that the first one's deviation is above `factor` times the second's."""
    return spread_ratio(question.first, question.second, factor).p_value


def not_significantly_wider(question: Question) -> Answer:
    """That the first one's deviation is above the second's is not shown; which shows nothing by itself."""
    found = spread_ratio(question.first, question.second)
    return Answer(found.value, found.low, found.high, NAN, found.p_value)


def faster(question: Question) -> Answer:
    """The ratio of the seconds per epoch, first over second, is below 1; a pair is a block of seeds."""
    found = ratio(question.first, question.second)
    return Answer(found.value, found.low, found.high, found.p_value, 1 - found.p_value)


def homogeneous(values: Floats, margin: float) -> Answer:
    """The mean of a share over runs is below the margin: a one-sided t test."""
    if len(values) < 2:
        return Answer(float(values.mean()), NAN, NAN, NAN, NAN)
    found = not_worse(-values, margin)
    return Answer(-found.value, -found.high, -found.low, found.p_value, above(values, margin))


def near_zero(values: Floats, margin: float) -> Answer:
    """The mean over runs is within the margin of zero: two one-sided t tests."""
    return equivalent(Question(values, np.zeros_like(values), 1, margin))


def fewer(question: Question) -> Answer:
    """The ratio of two counts, first over second, the largest over runs: computed, so that there is nothing to
    estimate."""
    return Answer(float((question.first / question.second).max()), NAN, NAN, NAN, NAN)


def largest(values: Floats) -> Answer:
    """The largest size of a number over runs: computed, so that there is nothing to estimate."""
    return Answer(float(np.abs(values).max()), NAN, NAN, NAN, NAN)


def beyond(dataset: str, question: Question, test: str) -> Beyond:
    """What the seeds say beyond their splits, in the direction of the test's own estimate."""
    differences = question.first - question.second if test == "equivalent" else question.advantage
    return beyond_this_data(differences, question.margin or NAN, redrawn=dataset not in FIXED_SPLITS)


def two_sided(above_p: float, below_p: float) -> float:
    """The p value of the nearer of two opposite sides, both having been looked at."""
    return float(np.minimum(1.0, 2 * np.minimum(above_p, below_p)))


TESTS: dict[str, Callable[[Question], Answer]] = {
    "equivalent": equivalent,
    "not worse": worse_by_less,
    "better": better,
    "similar spread": similar_spread,
    "no wider spread": no_wider_spread,
    "not significantly wider": not_significantly_wider,
    "faster": faster,
    "fewer": fewer,
}
# Tests of one method, on a measure of its runs.
ALONE: dict[str, Callable[[Floats, float], Answer]] = {"homogeneous": homogeneous, "near zero": near_zero}
# Those that hold where the number itself is below the margin, or above it, which a single run decides.
COMPUTED: dict[str, Callable[[Floats], Answer]] = {"below": largest, "breaks": largest}
# All tests whose numbers are computed, not estimated.
WITHOUT_ERROR = (*COMPUTED, "fewer")
# Tests that hold unless they fail: no more is claimed than that nothing was found.
UNLESS_REFUTED = ("not significantly wider", "not significantly different")
# Tests whose margin is that of the metric, unless they have one of their own.
ON_PAR = ("equivalent", "not worse", "better")
