"""Tests of ranks, what a t test could have shown, and the correction of a family of tests."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from repool.analysis.statistics import NAN, POWER, RESOLUTION, SIGNIFICANCE, Floats

# Fewer datasets have ranks, and no test of them.
LEAST_DATASETS = 4


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


def smallest_detectable(differences: Floats) -> float:
    """The smallest true mean difference that a two-sided paired t test finds with power 0.8, given this spread.

    It is what so many seeds could have shown: a claim about less cannot fail or hold by a significance test.

    Source: the power of statsmodels.
    """
    pairs = len(differences)
    return NAN if pairs < 2 else float(effect_found(pairs) * differences.std(ddof=1))


def effect_found(pairs: int) -> float:
    """The effect size that a two-sided paired t test finds with power 0.8, to five digits at least.

    The tail on the other side adds less than one in a million to that power. It is left out: scipy has no number for it
    at some effects, where the search of statsmodels loses its way (73 pairs: a negative effect; 120 pairs: an array).
    """

    def lacking(effect: float) -> float:
        return float(TTestPower().power(effect, pairs, SIGNIFICANCE / 2, alternative="larger")) - POWER

    most = 1.0
    while lacking(most) < 0:
        most *= 2
    return float(optimize.brentq(lacking, 0.0, most))


def holm(p_values: Floats) -> Floats:
    """Holm's step-down correction of a family of p values [tests], in the order given.

    Source: Holm, 1979; statsmodels.
    """
    if len(p_values) == 0:
        return p_values
    adjusted: Any = multipletests(p_values, method="holm")[1]
    return np.asarray(adjusted, dtype=float)
