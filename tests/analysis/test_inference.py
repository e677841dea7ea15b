"""Equivalence, power, Welch's interval, spreads and ranks, each against somebody else's implementation or by hand."""

import itertools

import numpy as np
import pytest
from scipy import optimize, stats
from statsmodels.stats.power import TTestPower
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW, ttost_paired

from repool.analysis.rank_tests import effect_found, friedman, smallest_detectable
from repool.analysis.statistics import (
    equivalence,
    error_for_new_data,
    not_worse,
    probability_within,
    ratio,
    spread_ratio,
    welch,
)


def drawn(pairs: int, mean: float = 0.2) -> np.ndarray:
    return np.random.default_rng(pairs).normal(mean, 1, pairs)


@pytest.mark.parametrize("pairs", [3, 5, 20, 50])
@pytest.mark.parametrize("margin", [0.3, 1.0])
def test_equivalence_equals_statsmodels(pairs, margin):
    differences = drawn(pairs)
    expected, *_ = ttost_paired(differences, np.zeros(pairs), -margin, margin)
    result = equivalence(differences, margin)
    assert result.p_value == pytest.approx(expected, rel=1e-6)
    low, high = DescrStatsW(differences).tconfint_mean(alpha=0.1)
    assert (result.low, result.high) == pytest.approx((low, high))
    assert (result.p_value < 0.05) == (-margin < result.low and result.high < margin)


def test_equivalence_by_hand():
    # Mean 0, deviation 1, standard error 1 / sqrt(4): t = 2 on 3 degrees of freedom, on either side.
    differences = np.array([-1.0, -1.0, 1.0, 1.0]) * np.sqrt(0.75)
    assert equivalence(differences, 1.0).p_value == pytest.approx(stats.t.sf(2, 3))


@pytest.mark.parametrize(("value", "expected"), [(0.5, 0.0), (1.0, 1.0), (-2.0, 1.0)])
def test_equal_differences_decide_by_themselves(value, expected):
    assert equivalence(np.full(4, value), 1.0).p_value == expected


def test_one_pair_tests_nothing():
    result = equivalence(np.array([0.3]), 1.0)
    assert result.value == 0.3
    assert np.isnan([result.low, result.high, result.p_value]).all()
    assert np.isnan(not_worse(np.array([0.3]), 1.0).p_value)
    assert np.isnan(smallest_detectable(np.array([0.3])))


@pytest.mark.parametrize("pairs", [3, 20])
def test_not_worse_equals_scipys_one_sided_test_of_shifted_differences(pairs):
    differences = drawn(pairs)
    expected = stats.ttest_1samp(differences + 0.5, 0, alternative="greater").pvalue
    assert not_worse(differences, 0.5).p_value == pytest.approx(expected)
    assert not_worse(-differences, 0.5).p_value > not_worse(differences, 0.5).p_value


@pytest.mark.parametrize("pairs", [2, 3, 5, 20, 100])
def test_the_smallest_detectable_difference_equals_statsmodels(pairs):
    differences = drawn(pairs)
    expected = TTestPower().solve_power(None, nobs=pairs, alpha=0.05, power=0.8) * differences.std(ddof=1)
    assert smallest_detectable(differences) == pytest.approx(expected, rel=1e-4)


def test_an_effect_is_found_by_any_number_of_pairs_and_by_more_of_them_a_smaller_one():
    effects = [effect_found(pairs) for pairs in range(2, 400)]
    assert all(0 < after < before for before, after in itertools.pairwise(effects))
    assert effect_found(120) == pytest.approx(0.25783539, rel=1e-5)


def test_the_smallest_detectable_difference_is_found_eight_times_in_ten():
    random = np.random.default_rng(0)
    samples = random.normal(0, 1, (4000, 10))
    effect = smallest_detectable(samples[0]) / samples[0].std(ddof=1)
    found = stats.ttest_1samp(samples + effect, 0, axis=1).pvalue < 0.05
    assert found.mean() == pytest.approx(0.8, abs=0.02)


def sample_of(mean: float, std: float, runs: int) -> np.ndarray:
    """Numbers with exactly that mean and deviation."""
    raw = np.random.default_rng(runs).normal(size=runs)
    return mean + std * (raw - raw.mean()) / raw.std(ddof=1)


@pytest.mark.parametrize(("first", "second"), [((79.5, 2.0, 5), (80.1, 1.6, 20)), ((0.42, 0.01, 20), (0.43, 0.02, 20))])
def test_welch_equals_statsmodels_on_samples_with_those_moments(first, second):
    means = CompareMeans(DescrStatsW(sample_of(*first)), DescrStatsW(sample_of(*second)))
    result = welch(first, second)
    assert result.value == pytest.approx(first[0] - second[0])
    assert (result.low, result.high) == pytest.approx(means.tconfint_diff(usevar="unequal"))
    assert result.p_value == pytest.approx(means.ttest_ind(usevar="unequal")[1])


def test_welch_without_a_deviation_has_a_difference_alone():
    for first in ((80.0, float("nan"), 5), (80.0, 0.0, 5), (80.0, 1.0, 1)):
        result = welch(first, (79.0, 0.0, 20))
        assert result.value == 1.0
        assert np.isnan(result.p_value)


def pitman_morgan_by_correlation(first: np.ndarray, second: np.ndarray, ratio: float) -> float:
    """One-sided p of the hypothesis that the deviations have this ratio, from sums and differences."""
    scaled = first / ratio
    return float(stats.pearsonr(scaled + second, scaled - second, alternative="greater").pvalue)


@pytest.mark.parametrize("pairs", [4, 20])
def test_spreads_are_compared_by_the_correlation_of_sums_and_differences(pairs):
    random = np.random.default_rng(pairs)
    common = random.normal(size=pairs)
    first, second = common + random.normal(0, 1.5, pairs), common + random.normal(0, 0.8, pairs)
    result = spread_ratio(first, second)
    assert result.value == pytest.approx(np.std(first) / np.std(second))
    assert result.p_value == pytest.approx(pitman_morgan_by_correlation(first, second, 1.0))
    bounds = [
        optimize.brentq(
            lambda ratio, level=level: pitman_morgan_by_correlation(first, second, ratio) - level, 1e-3, 1e3
        )
        for level in (0.05, 0.95)
    ]
    assert [result.low, result.high] == pytest.approx(bounds)


def test_scores_that_do_not_vary_are_a_spread_of_nothing():
    same, varied = np.full(5, 80.1), np.arange(5.0)
    both = spread_ratio(same, same + 1)
    assert (both.value, both.low, both.high, both.p_value) == (1, 1, 1, 1)
    assert spread_ratio(same, same, bound=0.5).p_value == 0
    assert (spread_ratio(same, varied).value, spread_ratio(same, varied).p_value) == (0, 1)
    assert (spread_ratio(varied, same).value, spread_ratio(varied, same).p_value) == (np.inf, 0)


def test_a_spread_needs_three_pairs():
    assert np.isnan(spread_ratio(np.array([1.0, 2.0]), np.array([1.0, 3.0])).value)
    proportional = spread_ratio(2 * np.arange(5.0), np.arange(5.0))
    shown = [proportional.value, proportional.low, proportional.high, proportional.p_value]
    assert shown == pytest.approx([2, 2, 2, 0], abs=1e-6)


def test_friedman_by_hand():
    # Ranks by dataset: 1 2 3, 1 2 3, 1 3 2, 2 1 3; sums 5, 8, 11. 12 / (4 * 3 * 4) * (25 + 64 + 121) - 3 * 4 * 4 = 4.5.
    scores = np.array([[0.9, 0.8, 0.7], [0.6, 0.5, 0.4], [0.9, 0.7, 0.8], [0.5, 0.6, 0.4]])
    result = friedman(scores)
    assert result.average_ranks.tolist() == [1.25, 2.0, 2.75]
    assert result.statistic == pytest.approx(4.5)
    assert result.p_value == pytest.approx(stats.chi2.sf(4.5, 2))


@pytest.mark.parametrize(("datasets", "tested"), [(2, False), (3, False), (4, True)])
def test_friedmans_approximation_is_not_asked_of_two_or_three_datasets(datasets, tested):
    result = friedman(np.tile([0.9, 0.8, 0.7], (datasets, 1)))
    assert result.average_ranks.tolist() == [1, 2, 3]
    assert np.isnan(result.p_value) != tested


def test_friedman_ties_share_their_ranks_and_two_methods_are_ranked_without_a_test():
    result = friedman(np.array([[0.5, 0.5], [0.4, 0.6]]))
    assert result.average_ranks.tolist() == [1.75, 1.25]
    assert np.isnan(result.p_value)


def test_a_ratio_is_the_geometric_mean_with_the_interval_of_its_logarithm():
    random = np.random.default_rng(0)
    first, second = random.uniform(1, 2, 6), random.uniform(3, 4, 6)
    logs = np.log(first / second)
    result = ratio(first, second)
    assert result.value == pytest.approx(stats.gmean(first / second))
    assert np.log([result.low, result.high]) == pytest.approx(DescrStatsW(logs).tconfint_mean())
    assert result.p_value == pytest.approx(stats.ttest_1samp(logs, 0, alternative="less").pvalue)
    assert np.isnan(ratio(first[:1], second[:1]).low)


def test_splits_of_one_dataset_leave_an_error_for_new_data_however_many_they_are():
    sample = np.random.default_rng(0).normal(0, 2, 20)
    assert error_for_new_data(sample) == pytest.approx(sample.std(ddof=1) * np.sqrt(1 / 20 + 1 / 8))
    many = np.tile(sample, 1000)
    assert error_for_new_data(many) == pytest.approx(many.std() * np.sqrt(1 / 8), rel=1e-3)


def test_the_probability_of_a_difference_within_the_margin_is_that_of_students_t_about_the_mean():
    expected = np.diff(stats.t.cdf([-1, 1], 19, loc=0.3, scale=0.5)).item()
    assert probability_within(0.3, 0.5, 19, 1.0) == pytest.approx(expected)
    assert [probability_within(mean, 0.0, 19, 1.0) for mean in (0.5, 1.5)] == [1.0, 0.0]
