"""The kinds of tests that decide claims, one by one: magnitudes, spreads, times, and the gaps of a grid."""

import numpy as np
import pytest
from made import make_cell
from scipy import stats
from test_claims import both, cells, judged, scores

from repool.analysis.claims.tests import Question, better, equivalent, faster, no_wider_spread, similar_spread


def gap_of(layers: int, first: float, second: float, seeds: int) -> dict[str, dict[int, float]]:
    return {f"graclus-{layers}": scores(first, seeds=seeds, key=1), f"complement-{layers}": scores(second, seeds=seeds)}


SIZES = [{"layers": n, "hidden": 16, "first": f"graclus-{n}", "second": f"complement-{n}"} for n in (2, 3)]
GAP = {"test": "gap", "datasets": ["NCI1"], "margin": 0.05}


def test_gaps_of_single_runs_are_shown_and_decide_nothing(tmp_path):
    runs = gap_of(2, 0.80, 0.84, 1) | gap_of(3, 0.80, 0.60, 1)
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": runs}), GAP, sizes=SIZES)
    (found,) = claim["tests"]
    assert (claim["verdict"], found["first"], found["estimate"]) == ("inconclusive", "graclus-3", pytest.approx(0.2))
    assert claim["reason"].startswith("Too few seeds: 1, where 10 are the least; so far NCI1, ")


@pytest.mark.parametrize(("second", "verdict"), [(0.80, "replicated"), (0.70, "not replicated")])
def test_gaps_of_ten_seeds_are_all_within_the_margin_or_one_is_beyond_it(tmp_path, second, verdict):
    runs = gap_of(2, 0.80, 0.84, 10) | gap_of(3, 0.80, second, 10)
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": runs}), GAP, sizes=SIZES)
    assert claim["verdict"] == verdict


def test_gaps_within_the_margin_hold_once_every_combination_has_run(tmp_path):
    runs = gap_of(2, 0.80, 0.84, 10)
    assert judged(tmp_path, cells(tmp_path, {"NCI1": runs}), GAP, sizes=SIZES)["verdict"] == "inconclusive"
    assert judged(tmp_path, cells(tmp_path, {"NCI1": runs}), GAP, sizes=SIZES[:1])["verdict"] == "replicated"


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(4, "replicated"), (8, "deviates from the published number"), (12, "not replicated")],
)
def test_faster_deviates_where_it_is_slower_than_the_papers_best(tmp_path, seconds, verdict):
    noise = np.random.default_rng(0).normal(1, 0.01, 20)
    tables = [
        make_cell(tmp_path, "SMNIST", method, scores(0.9), seconds=dict(enumerate((factor * noise).tolist())))
        for method, factor in (("gmn", 10), ("gmn-distance", seconds))
    ]
    test = {"test": "faster", "pairs": ["gmn-distance:gmn"], "datasets": ["SMNIST"], "published": 0.5}
    claim = judged(tmp_path, tables, test)
    assert claim["verdict"] == verdict
    assert claim["tests"][0]["estimate"] == pytest.approx(seconds / 10)
    assert (claim["tests"][0]["seeds"], claim["tests"][0]["blocks"]) == (20, 4)
    assert "n = 4 blocks)" in claim["reason"]


def question(first, second, better=1, margin=1.0) -> Question:
    return Question(np.array(first, dtype=float), np.array(second, dtype=float), better, margin)


def test_better_is_a_matter_of_the_metric_and_of_more_than_the_margin():
    low, high = 0.4 + 0.001 * np.arange(10), 0.5 + 0.002 * np.arange(10)
    found = better(question(low, high, better=-1, margin=0.01))
    assert found.estimate == pytest.approx((high - low).mean())
    assert found.p == pytest.approx(stats.ttest_1samp(high - low, 0.01, alternative="greater").pvalue)
    assert found.p < 0.001 < 0.99 < found.against
    wrong = better(question(low, high, better=1, margin=0.01))
    assert wrong.against < 0.001 < 0.99 < wrong.p


def test_a_gain_of_half_the_margin_is_not_the_gain_that_was_claimed(tmp_path):
    test = {"test": "better", "pairs": ["graclus:complement"], "datasets": ["NCI1"], "margin": 1.0}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.805, 0.80)}), test)
    assert (claim["verdict"], claim["tests"][0]["holds"]) == ("not replicated", False)
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.815, 0.80)}), test)
    assert claim["verdict"] == "replicated"


def test_a_difference_beyond_the_margin_speaks_against_equivalence():
    noise = np.random.default_rng(0).normal(0, 0.1, 10)
    assert equivalent(question(3 + noise, np.zeros(10))).against < 0.001
    assert equivalent(question(noise, np.zeros(10))).against == 1.0


def test_spreads_are_within_a_factor_or_beyond_it():
    random = np.random.default_rng(0)
    first, second = random.normal(size=60), random.normal(size=60)
    similar = similar_spread(question(first, second, margin=2))
    assert similar.p < 0.05 < similar.against
    beyond = similar_spread(question(first, 5 * second, margin=2))
    assert beyond.against < 0.05 < beyond.p
    constant = similar_spread(question(np.full(20, 80.1), np.full(20, 79.9), margin=2))
    assert (constant.estimate, constant.p, constant.against) == (1, 0, 1)
    assert no_wider_spread(question(first, 5 * second, margin=2)).p < 0.05


def test_one_seed_gives_an_estimate_without_an_interval():
    for test in (equivalent, better, similar_spread, no_wider_spread, faster):
        answer = test(question([2.0], [1.0], margin=2))
        assert np.isnan([answer.low, answer.high, answer.p, answer.against]).all()
