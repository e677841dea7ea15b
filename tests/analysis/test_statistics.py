import itertools

import numpy as np
import pytest
from scipy import stats

from repool.analysis.rank_tests import holm, signed_rank
from repool.analysis.statistics import mean_with_interval


def p_by_enumeration(differences: np.ndarray) -> float:
    """Every pattern of signs of the non-zero differences, one by one."""
    ranks = stats.rankdata(np.abs(differences))[differences != 0]
    observed = abs((ranks * np.sign(differences[differences != 0])).sum())
    sums = [abs((ranks * signs).sum()) for signs in itertools.product((-1, 1), repeat=len(ranks))]
    return float(np.mean([total >= observed for total in sums]))


@pytest.mark.parametrize(
    "differences",
    [
        [1.0, 2.0, 3.0],
        [-1.0, 2.0, 2.0, 5.0],
        [0.0, 0.0, 1.0, -2.0, 3.0, 3.0],
        [0.5, -0.5, 0.5, -0.5, 1.5, 1.5, 0.0],
        [0.0, 4.0],
        [7.0],
    ],
)
def test_p_value_equals_enumeration_of_signs(differences):
    differences = np.array(differences)
    assert signed_rank(differences).p_value == pytest.approx(p_by_enumeration(differences), abs=1e-12)


def test_p_value_by_hand():
    # Ranks 1, 2, 3 all positive: one of eight sign patterns, and its mirror image.
    assert signed_rank(np.array([1.0, 2.0, 3.0])).p_value == 0.25
    # Six pairs are the fewest that can reach 0.05.
    assert signed_rank(np.arange(1.0, 7.0)).p_value == 0.03125
    assert signed_rank(np.arange(1.0, 7.0)).smallest_p_value == 0.03125


@pytest.mark.parametrize("pairs", [3, 10, 20, 40])
def test_p_value_equals_scipy_without_ties(pairs):
    differences = np.random.default_rng(pairs).normal(0.3, 1, pairs)
    expected = stats.wilcoxon(differences, method="exact")
    result = signed_rank(differences)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert result.statistic == expected.statistic


def test_p_value_and_statistic_equal_scipys_permutations_with_ties_and_zeros():
    differences = np.array([0.0, 0.0, 1.0, 1.0, -1.0, 2.0, 2.0, -3.0, 4.0])
    expected = stats.wilcoxon(differences, zero_method="zsplit")
    result = signed_rank(differences)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert result.statistic == expected.statistic
    assert result.zeros == 2


def test_twenty_pairs_with_ties_are_exact_and_near_the_normal_approximation():
    differences = np.round(np.random.default_rng(3).normal(0.4, 1, 20), 1)
    assert len(set(np.abs(differences))) < 20
    expected = stats.wilcoxon(differences, zero_method="zsplit", correction=True, method="asymptotic").pvalue
    assert signed_rank(differences).p_value == pytest.approx(expected, abs=0.01)


def test_no_difference_at_all_gives_p_one_and_no_effect():
    result = signed_rank(np.zeros(5))
    assert (result.p_value, result.rank_biserial, result.zeros) == (1.0, 0.0, 5)


def test_equal_differences_of_ratios_are_tied():
    # 3/411 as four differences of accuracies: as floats they are not all equal.
    before = np.array([10, 50, 200, 300]) / 411 * 100
    differences = np.array([13, 53, 203, 303]) / 411 * 100 - before
    assert len(set(differences)) > 1
    flipped = differences * [1, -1, 1, -1]
    assert signed_rank(flipped).rank_biserial == 0.0


def test_rank_biserial_by_hand():
    # |d| ranks: 1 -> 1, 2 -> 2, 3 -> 3, 4 -> 4; negative only rank 2: (8 - 2) / 10.
    assert signed_rank(np.array([1.0, -2.0, 3.0, 4.0])).rank_biserial == pytest.approx(0.6)
    # One zero has rank 1 and counts for nobody: (2 + 3 + 4) / 10.
    assert signed_rank(np.array([0.0, 2.0, 3.0, 4.0])).rank_biserial == pytest.approx(0.9)
    assert signed_rank(-np.arange(1.0, 5.0)).rank_biserial == -1.0


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.04 times 3, 2, 1 = 0.03, 0.04, 0.04: never below an earlier one, in the order given.
    np.testing.assert_allclose(holm(np.array([0.04, 0.01, 0.02])), [0.04, 0.03, 0.04])
    # 0.03 times 2 = 0.06 lifts the larger 0.04 as well.
    np.testing.assert_allclose(holm(np.array([0.03, 0.04])), [0.06, 0.06])
    np.testing.assert_allclose(holm(np.array([0.9, 0.8])), [1.0, 1.0])
    assert len(holm(np.array([]))) == 0


@pytest.mark.parametrize("pairs", [3, 20])
def test_the_95_percent_interval_of_a_mean_covers_it_as_often_as_it_says(pairs):
    """A percentile bootstrap covers it in 74% of samples of three, and in 92% of samples of twenty."""
    samples = np.random.default_rng(0).normal(0, 1, (2000, pairs))
    covered = [low < 0 < high for _, low, high in (mean_with_interval(sample, 0.95) for sample in samples)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def test_the_interval_of_one_pair_is_not_known_and_of_equal_pairs_is_a_point():
    assert np.isnan(mean_with_interval(np.array([1.0]), 0.95)[1:]).all()
    assert mean_with_interval(np.array([0.5, 0.5, 0.5]), 0.95) == (0.5, 0.5, 0.5)


def test_a_pair_without_a_difference_lets_no_p_be_smaller():
    # Three pairs that differ give 2 / 2^3 at best, however many others are equal.
    result = signed_rank(np.array([0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0]))
    assert (result.smallest_p_value, result.p_value) == (0.25, 0.25)
    assert signed_rank(np.zeros(20)).smallest_p_value == 1.0
