"""Several datasets together: the mean that weighs them alike, against formulas by hand and by simulation."""

import numpy as np
import pytest
from scipy import stats
from test_claims import cells, judged, scores

from repool.analysis.over_datasets import Part, heterogeneity, overall, part

FOUR = ["NCI1", "IMDB-B", "SMNIST", "DD"]
POOLED = {"test": "not worse", "pairs": ["complement:graclus"], "datasets": FOUR, "pooled": True}


def test_two_datasets_are_welchs_test_of_a_mean_of_two():
    random = np.random.default_rng(0)
    first, second = random.normal(0.3, 1, 12), random.normal(0.1, 3, 20)
    found = overall([part(first), part(second)])
    assert found.value == pytest.approx((first.mean() + second.mean()) / 2)
    # The mean of two is half the difference of the one and minus the other.
    expected = stats.ttest_ind(first, -second, equal_var=False, alternative="greater")
    assert found.above(0.0) == pytest.approx(expected.pvalue)
    interval = stats.ttest_ind(first, -second, equal_var=False).confidence_interval(0.9)
    assert found.interval(0.9) == pytest.approx((interval.low / 2, interval.high / 2))


def test_one_dataset_is_its_own_t_test():
    sample = np.random.default_rng(1).normal(0.3, 1, 9)
    expected = stats.ttest_1samp(sample, -0.2, alternative="greater").pvalue
    assert overall([part(sample)]).above(-0.2) == pytest.approx(expected)


def test_datasets_without_any_spread_decide_by_themselves():
    found = overall([part(np.full(5, 0.5)), part(np.full(5, 1.5))])
    assert (found.value, found.interval(0.9), found.above(0.9), found.above(1.0)) == (1.0, (1.0, 1.0), 0.0, 1.0)


def test_heterogeneity_by_hand():
    # Weights 1 and 1/4, their mean 1 + 0.2 * 5 = 2: Q = 1 * 1 + 16 / 4 = 5, on one degree of freedom.
    found = heterogeneity([Part(1.0, 1.0, 19), Part(6.0, 2.0, 19)])
    assert found.p_value == pytest.approx(stats.chi2.sf(5, 1))
    # (5 - 1) / (1.25 - (1 + 1/16) / 1.25) = 10.
    assert found.deviation == pytest.approx(np.sqrt(10))
    assert heterogeneity([Part(1.0, 1.0, 19), Part(1.1, 2.0, 19)]).deviation == 0
    assert heterogeneity([Part(1.0, 1.0, 19)]) is None
    assert heterogeneity([Part(1.0, 0.0, 19), Part(1.0, 1.0, 19)]) is None


def made(folder, **lower: float):
    """COMPLEMENT as good as GRACLUS, or lower by so many points on some dataset, with the deviations of real runs."""
    spread = {"NCI1": 0.016, "IMDB-B": 0.037, "SMNIST": 0.003, "DD": 0.044}
    return cells(
        folder,
        {
            name: {
                "graclus": scores(0.80, own, key=2 * place),
                "complement": scores(0.80 - lower.get(name, 0) / 100, own, key=2 * place + 1),
            }
            for place, (name, own) in enumerate(spread.items())
        },
    )


def test_four_datasets_decide_together_what_none_decides_alone(tmp_path):
    claim = judged(tmp_path, made(tmp_path), POOLED)
    together, *alone = claim["tests"]
    assert (claim["verdict"], together["dataset"], together["over"], together["decides"]) == (
        "replicated", "all 4", FOUR, True,
    )  # fmt: skip
    assert [test["holds"] for test in alone] == [True, None, True, None]
    assert not any(test["decides"] for test in alone)
    assert (together["metric"], together["margin"], together["seeds"]) == ("margins", 1.0, 20)
    assert together["estimate"] == pytest.approx(0, abs=1e-9)
    assert together["between_datasets"] is not None
    assert "The one test holds on NCI1, IMDB-B, SMNIST and DD; over NCI1, IMDB-B, SMNIST and DD, " in claim["reason"]


def test_one_dataset_on_which_it_is_worse_refutes_whatever_the_others_are(tmp_path):
    claim = judged(tmp_path, made(tmp_path, SMNIST=3), POOLED)
    assert claim["verdict"] == "not replicated"
    assert claim["reason"].startswith("1 of 5 tests fails: SMNIST, advantage of COMPLEMENT over GRACLUS: −3.0")


def test_a_dataset_that_has_not_run_leaves_it_open(tmp_path):
    claim = judged(tmp_path, made(tmp_path), {**POOLED, "datasets": [*FOUR, "ZINC"]})
    assert claim["verdict"] == "inconclusive"
    assert claim["reason"].endswith("No run on ZINC.")


def test_scores_of_other_metrics_count_in_their_margins(tmp_path):
    tables = made(tmp_path)
    tables += cells(tmp_path, {"ZINC": {"graclus": scores(0.40, 0.01), "complement": scores(0.42, 0.01)}}, metric="mae")
    claim = judged(tmp_path, tables, {**POOLED, "datasets": [*FOUR, "ZINC"]})
    # Four are equal, and 0.02 MAE is two margins of 0.01.
    assert claim["tests"][0]["estimate"] == pytest.approx(-2 / 5)


def test_a_better_variant_is_said_to_be_better_and_in_which_direction(tmp_path):
    claim = judged(tmp_path, made(tmp_path, NCI1=-4), POOLED)
    assert claim["verdict"] == "replicated"
    assert "Better, and not only not worse: " in claim["reason"]
    assert "NCI1, advantage of COMPLEMENT over GRACLUS: +4.0" in claim["reason"]
    assert [test["better"] for test in claim["tests"]] == [False, True, False, False, False]


def test_what_stays_open_is_shown_equal_within_the_far_end_of_its_interval(tmp_path):
    claim = judged(tmp_path, made(tmp_path), {**POOLED, "datasets": ["DD"], "pooled": False})
    (found,) = claim["tests"]
    assert claim["verdict"] == "inconclusive"
    assert found["within"] == pytest.approx(max(-found["low"], found["high"]))
    assert f"shown equal within ±{found['within']:.2f}" in claim["reason"]


def test_embedded_data_are_not_in_the_mean(tmp_path):
    tables = made(tmp_path)
    stand_in = {"graclus": scores(0.9), "complement": scores(0.5)}
    tables += cells(tmp_path, {"MUTAG": stand_in}, status="embedded")
    claim = judged(tmp_path, tables, POOLED)
    assert claim["verdict"] == "replicated"
    assert claim["tests"][0]["over"] == FOUR


@pytest.mark.parametrize(("factor", "verdict"), [(1, "replicated"), (5, "not replicated")])
def test_deviations_are_compared_by_the_geometric_mean_of_their_ratios(tmp_path, factor, verdict):
    tables = cells(
        tmp_path,
        {
            name: {
                "graclus": scores(0.8, 0.01, key=2 * place),
                "complement": scores(0.8, factor * 0.01, key=2 * place + 1),
            }
            for place, name in enumerate(FOUR)
        },
    )
    claim = judged(tmp_path, tables, {**POOLED, "test": "similar spread", "margin": 2})
    together, *alone = claim["tests"]
    assert claim["verdict"] == verdict
    assert together["estimate"] == pytest.approx(stats.gmean([test["estimate"] for test in alone]))


def test_the_sizes_that_the_paper_names_are_tested_as_sizes(tmp_path):
    test = {"test": "by about", "pairs": ["graclus:graclus-one", "gmn:gmn-one"], "datasets": ["NCI1"], "size": 4}
    verdicts = {}
    for drop in (0.005, 0.04, 0.08):
        pairs = {"graclus": 0.80, "graclus-one": 0.80 - drop + 0.01, "gmn": 0.80, "gmn-one": 0.80 - drop - 0.01}
        runs = {name: scores(mean, key=place) for place, (name, mean) in enumerate(pairs.items())}
        claim = judged(tmp_path, cells(tmp_path, {"NCI1": runs}), test)
        verdicts[drop] = claim["verdict"]
        assert claim["tests"][0]["estimate"] == pytest.approx(100 * drop)
    assert verdicts == {0.005: "not replicated", 0.04: "replicated", 0.08: "not replicated"}
    assert "averaged with 1 more pair: +8.0" in claim["reason"]
    assert "margin 1.0 around 4.0." in claim["reason"]
