"""Estimates with their intervals: means and differences, equivalence, ratios, spreads.

Every table takes its intervals from here, so nothing here imports scipy's distributions or statsmodels: they take
longer to load than a table takes to make.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

# Scores are ratios of counts, so equal differences differ by rounding alone: below this they are tied.
RESOLUTION = 9
CONFIDENCE = 0.95
SIGNIFICANCE = 0.05
POWER = 0.8
# Of a split's graphs those that test over those that train, 10% over 80%.
OVERLAP = 1 / 8

Floats = NDArray[np.float64]


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


@dataclass(frozen=True)
class Beyond:
    """What seeds say beyond the splits that they drew; what they do not say is NaN.

    Attributes:
        low, high: the 95% interval of the mean difference for new data of the kind.
        inside: the probability that it is within the margin.
    """

    low: float
    high: float
    inside: float


def beyond_this_data(differences: Floats, margin: float, redrawn: bool) -> Beyond:
    """What [pairs] differences say beyond their splits, in their own unit and that of the margin (NaN: no `inside`).

    Where each seed draws a split of one dataset, that is of new data of the kind; on fixed splits it is of networks
    alone, without `low` and `high`. All NaN for fewer than two pairs.

    Source: Nadeau and Bengio, 2003; Corani and Benavoli, 2015.
    """
    if len(differences) < 2:
        return Beyond(NAN, NAN, NAN)
    mean, freedom = float(differences.mean()), len(differences) - 1
    error = error_for_new_data(differences) if redrawn else standard_error(differences)
    half = t_quantile((1 + CONFIDENCE) / 2, freedom) * error if redrawn else NAN
    inside = NAN if math.isnan(margin) else probability_within(mean, error, freedom, margin)
    return Beyond(mean - half, mean + half, inside)


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
