"""Statistics of paired runs and of means: differences, equivalence, what could have been shown, ranks, spreads."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

# Scores are ratios of counts, so equal differences differ by rounding alone: below this they are tied.
RESOLUTION = 9
CONFIDENCE = 0.95
SIGNIFICANCE = 0.05
POWER = 0.8
# Of a split's graphs those that test over those that train, 10% over 80%.
OVERLAP = 1 / 8
# Fewer datasets have ranks, and no test of them.
LEAST_DATASETS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SignedRank:
    """Result of a signed-rank test.

    Attributes:
        statistic: the smaller of the two rank sums, zeros split between them.
        p_value: two-sided, exact given the ties and zeros seen.
        smallest_p_value: the smallest p that these pairs can give at all, 2 / 2^n for n pairs that differ.
        rank_biserial: (positive - negative rank sum) / sum of all ranks, in [-1, 1].
        zeros: number of pairs without a difference.
    """

    statistic: float
    p_value: float
    smallest_p_value: float
    rank_biserial: float
    zeros: int


def signed_rank(differences: Floats) -> SignedRank:
    """Wilcoxon's signed-rank test of paired differences [pairs], at least one.

    Zero differences are ranked and split between both sums ("zsplit"): the sums then always add up to n(n+1)/2, so a
    pair without a difference pulls the effect size to zero as it should, where dropping zeros would inflate it. The
    null distribution (each non-zero pair flips its sign with probability 1/2) is the same as under Pratt's rule, and
    all-zero differences give p = 1. It is counted exactly, ties included: scipy is exact only without ties, which
    scores on a few hundred test graphs nearly always have, and its permutation form takes minutes for 20 pairs.

    Source: Wilcoxon, 1945; Pratt, 1959; rank-biserial: Kerby, 2014.
    """
    rounded = np.round(differences, RESOLUTION)
    ranks = stats.rankdata(np.abs(rounded))
    positive, negative = ranks[rounded > 0].sum(), ranks[rounded < 0].sum()
    half = ranks[rounded == 0].sum() / 2
    return SignedRank(
        statistic=float(min(positive, negative) + half),
        p_value=sign_flip_p_value(ranks[rounded != 0], float(positive)),
        smallest_p_value=min(1.0, 2.0 ** (1 - int((rounded != 0).sum()))),
        rank_biserial=float((positive - negative) / ranks.sum()),
        zeros=int((rounded == 0).sum()),
    )


def sign_flip_p_value(ranks: Floats, positive: float) -> float:
    """Two-sided p of a positive rank sum when each of `ranks` (multiples of 1/2) counts with probability 1/2.

    The distribution is built rank by rank over doubled ranks, O(n^3) instead of 2^n sign patterns.
    """
    doubled = np.round(2 * ranks).astype(int)
    total = int(doubled.sum())
    probability = np.zeros(total + 1)
    probability[0] = 1.0
    for rank in doubled:
        shifted = np.zeros_like(probability)
        shifted[rank:] = probability[: total + 1 - rank]
        probability = (probability + shifted) / 2
    distance = abs(2 * round(2 * positive) - total)
    extreme = np.abs(2 * np.arange(total + 1) - total) >= distance
    return float(min(1.0, probability[extreme].sum()))


def holm(p_values: Floats) -> Floats:
    """Holm's step-down correction of a family of p values [tests], in the order given.

    Source: Holm, 1979; statsmodels.
    """
    if len(p_values) == 0:
        return p_values
    adjusted: Any = multipletests(p_values, method="holm")[1]
    return np.asarray(adjusted, dtype=float)


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval and a p value; what cannot be computed is NaN."""

    value: float
    low: float
    high: float
    p_value: float


NAN = float("nan")


def equivalence(differences: Floats, margin: float) -> Estimate:
    """Two one-sided paired t tests (TOST): is the mean of [pairs] differences within +-margin?

    The p value is the larger of the two. The interval is the 90% t interval: p < 0.05 exactly where it lies within the
    margin. Needs two pairs; without any spread the mean itself decides.

    Source: Schuirmann, 1987.
    """
    if len(differences) < 2:
        return Estimate(float(differences.mean()) if len(differences) else NAN, NAN, NAN, NAN)
    within = max(above(differences, -margin), above(-differences, -margin))
    return Estimate(*mean_with_interval(differences, 1 - 2 * SIGNIFICANCE), within)


def not_worse(differences: Floats, margin: float) -> Estimate:
    """One-sided paired t test: is the mean of [pairs] differences above -margin? Interval as for equivalence."""
    if len(differences) < 2:
        return Estimate(float(differences.mean()) if len(differences) else NAN, NAN, NAN, NAN)
    return Estimate(*mean_with_interval(differences, 1 - 2 * SIGNIFICANCE), above(differences, -margin))


def mean_with_interval(differences: Floats, confidence: float) -> tuple[float, float, float]:
    """Mean of [pairs] differences, at least one, and its two-sided t interval.

    Without any spread the interval is the mean itself; of one pair it is not known.
    """
    mean = float(differences.mean())
    if len(differences) < 2:
        return mean, NAN, NAN
    if np.ptp(np.round(differences, RESOLUTION)) == 0:
        return mean, mean, mean
    half = t_quantile((1 + confidence) / 2, len(differences) - 1) * standard_error(differences)
    return mean, mean - half, mean + half


def above(differences: Floats, bound: float) -> float:
    """One-sided p value of a t test that the mean of [pairs] differences is above `bound`."""
    rounded = np.round(differences, RESOLUTION)
    if np.ptp(rounded) == 0:
        return 0.0 if rounded[0] > bound else 1.0
    return t_above((float(differences.mean()) - bound) / standard_error(differences), len(differences) - 1)


def standard_error(sample: Floats) -> float:
    """Of the mean of [pairs] numbers, at least two."""
    return float(sample.std(ddof=1)) / math.sqrt(len(sample))


def error_for_new_data(sample: Floats) -> float:
    """Of a mean over splits that were drawn anew from one dataset, as far as it speaks of other data of the kind.

    Such splits overlap, so that many of them do not make it small: the variance counts 1/n + test/training times.

    Source: Nadeau and Bengio, 2003.
    """
    return float(sample.std(ddof=1)) * math.sqrt(1 / len(sample) + OVERLAP)


def probability_within(mean: float, error: float, freedom: int, margin: float) -> float:
    """How probable it is that a true mean lies within +-margin: Student's t about the observed one, from a flat prior.

    Source: Corani and Benavoli, 2015.
    """
    if error == 0:
        return float(abs(mean) < margin)
    return t_above((-margin - mean) / error, freedom) - t_above((margin - mean) / error, freedom)


def t_above(statistic: float, freedom: float) -> float:
    """How probable it is that Student's t is above a number; scipy's own function below its distributions."""
    return float(special.stdtr(freedom, -statistic))


def t_quantile(level: float, freedom: float) -> float:
    """What Student's t is below, with that probability."""
    return float(special.stdtrit(freedom, level))


def ratio(first: Floats, second: Floats) -> Estimate:
    """Geometric mean of the ratios of paired positive numbers [pairs], first over second.

    The 95% interval is the t interval of the logarithms; the p value is one-sided, for a ratio below 1.
    """
    logs = np.log(first) - np.log(second)
    if len(logs) < 2:
        return Estimate(float(np.exp(logs.mean())) if len(logs) else NAN, NAN, NAN, NAN)
    mean, low, high = np.exp(mean_with_interval(logs, CONFIDENCE))
    return Estimate(float(mean), float(low), float(high), above(-logs, 0.0))


def smallest_detectable(differences: Floats) -> float:
    """The smallest true mean difference that a two-sided paired t test finds with power 0.8, given this spread.

    It is what so many seeds could have shown: a claim about less cannot fail or hold by a significance test.

    Source: statsmodels, to six digits.
    """
    pairs = len(differences)
    if pairs < 2:
        return NAN
    size = TTestPower().solve_power(effect_size=None, nobs=pairs, alpha=SIGNIFICANCE, power=POWER)
    return float(size * differences.std(ddof=1))


def welch(first: tuple[float, float, int], second: tuple[float, float, int]) -> Estimate:
    """Difference of two independent means, each given as (mean, standard deviation, runs): first minus second.

    The 95% interval and p value are Welch's, with Satterthwaite's degrees of freedom; NaN where a deviation is missing
    or both are zero.
    """
    (mean, std, runs), (other, other_std, other_runs) = first, second
    parts = std**2 / runs, other_std**2 / other_runs
    variance = sum(parts)
    if not variance > 0 or min(runs, other_runs) < 2:
        return Estimate(mean - other, NAN, NAN, NAN)
    freedom = variance**2 / (parts[0] ** 2 / (runs - 1) + parts[1] ** 2 / (other_runs - 1))
    half = t_quantile((1 + CONFIDENCE) / 2, freedom) * math.sqrt(variance)
    p_value = 2 * t_above(abs(mean - other) / math.sqrt(variance), freedom)
    return Estimate(mean - other, mean - other - half, mean - other + half, p_value)


def spread_ratio(first: Floats, second: Floats, bound: float = 1.0) -> Estimate:
    """Ratio of the standard deviations of paired scores [pairs], first over second, with the 90% interval.

    The p value is one-sided, for a ratio above `bound`. Pitman and Morgan: the deviations are equal exactly where sums
    and differences do not correlate. Needs three pairs. Without any spread on one side the ratio is 0 or infinite, on
    both it is 1, and decides by itself.

    Source: Pitman, 1939; Morgan, 1939.
    """
    pairs = len(first)
    if pairs < 3:
        return Estimate(NAN, NAN, NAN, NAN)
    constant = [np.ptp(np.round(scores, RESOLUTION)) == 0 for scores in (first, second)]
    deviations = [0.0 if same else scores.std(ddof=1) for same, scores in zip(constant, (first, second), strict=True)]
    if min(deviations) == 0:
        ratio = 1.0 if max(deviations) == 0 else 0.0 if deviations[0] == 0 else math.inf
        return Estimate(ratio, ratio, ratio, 0.0 if ratio > bound else 1.0)
    ratio, freedom = deviations[0] / deviations[1], pairs - 2
    remaining = max(0.0, 1 - float(np.corrcoef(first, second)[0, 1]) ** 2)
    critical = t_quantile(1 - SIGNIFICANCE, freedom)
    centre = 1 + 2 * remaining * critical**2 / freedom
    factor = np.sqrt(centre + np.sqrt(centre**2 - 1))
    beyond = ratio / bound
    size = np.sqrt(freedom / (4 * remaining)) if remaining else np.inf
    statistic = (beyond - 1 / beyond) * size if beyond != 1 else 0.0
    return Estimate(float(ratio), float(ratio / factor), float(ratio * factor), t_above(statistic, freedom))


@dataclass(frozen=True)
class Friedman:
    """Friedman's test across datasets; `average_ranks` [methods], 1 is best."""

    statistic: float
    p_value: float
    average_ranks: Floats


def friedman(scores: Floats) -> Friedman:
    """Do methods rank alike on all datasets? `scores` [datasets, methods], higher is better, no NaN.

    The p value is that of the chi-squared approximation, which is rough below ten datasets and means nothing on two or
    three. It needs three methods and four datasets; otherwise there are ranks alone.

    Source: Friedman, 1937; scipy.
    """
    ranks = stats.rankdata(-np.round(scores, RESOLUTION), axis=1)
    enough = scores.shape[0] >= LEAST_DATASETS and scores.shape[1] >= 3
    result = stats.friedmanchisquare(*ranks.T) if enough else (NAN, NAN)
    return Friedman(float(result[0]), float(result[1]), ranks.mean(axis=0))
