"""Claims that compare datasets, measures of the same runs, grids and numbers of parameters."""

import numpy as np
import pytest
from made import make_cell
from scipy import stats
from test_claims import judged, scores

LIKE = {"test": "not significantly different", "methods": ["graclus"], "datasets": ["IMDB-C"], "against": "IMDB-B"}
WIDER = {**LIKE, "test": "wider", "methods": ["graclus", "gmn"]}


@pytest.mark.parametrize(("there", "verdict"), [(0.705, "replicated"), (0.60, "not replicated")])
def test_a_method_is_compared_with_itself_on_another_dataset(tmp_path, there, verdict):
    here, other = scores(0.70, 0.05, key=1), scores(there, 0.04, seeds=15, key=2)
    tables = [make_cell(tmp_path, name, "graclus", of) for name, of in (("IMDB-C", here), ("IMDB-B", other))]
    claim = judged(tmp_path, tables, LIKE)
    (found,) = claim["tests"]
    assert claim["verdict"] == verdict
    assert (found["dataset"], found["over"], found["seeds"]) == ("IMDB-C against IMDB-B", ["IMDB-C", "IMDB-B"], 15)
    expected = stats.ttest_ind(
        *(100 * np.array(list(of.values())) for of in (here, other)), equal_var=False
    ).confidence_interval()
    assert (found["low"], found["high"]) == pytest.approx(tuple(expected))
    assert "IMDB-C against IMDB-B, GRACLUS: " in claim["reason"]


def test_no_other_dataset_stands_in_for_one_of_two(tmp_path):
    tables = [make_cell(tmp_path, "MUTAG", "graclus", scores(0.7), status="embedded")]
    tables += [make_cell(tmp_path, "IMDB-B", "graclus", scores(0.7))]
    claim = judged(tmp_path, tables, LIKE)
    assert (claim["verdict"], claim["tests"], claim["reason"]) == ("not run", [], "No run on IMDB-C.")


def pseudo_values(table: np.ndarray) -> np.ndarray:
    """Miller's, of the mean log deviation over methods [seeds, methods]."""
    seeds = len(table)
    whole = np.mean([np.log(np.std(column, ddof=1)) for column in table.T])
    rest = [np.mean([np.log(np.std(np.delete(column, i), ddof=1)) for column in table.T]) for i in range(seeds)]
    return seeds * whole - (seeds - 1) * np.array(rest)


@pytest.mark.parametrize(
    ("spread", "verdict"), [(0.09, "replicated"), (0.045, "inconclusive"), (0.02, "not replicated")]
)
def test_deviations_are_compared_between_datasets_over_all_methods(tmp_path, spread, verdict):
    drawn = {
        (dataset, method): scores(0.7, wide, key=key)
        for key, (dataset, method, wide) in enumerate(
            [
                ("IMDB-C", "graclus", spread),
                ("IMDB-C", "gmn", spread),
                ("IMDB-B", "graclus", 0.04),
                ("IMDB-B", "gmn", 0.04),
            ]
        )
    }
    tables = [make_cell(tmp_path, *where, of) for where, of in drawn.items()]
    claim = judged(tmp_path, tables, WIDER)
    (found,) = claim["tests"]
    assert claim["verdict"] == verdict
    assert (found["first"], found["others"]) == ("graclus", ["gmn"])
    here, there = (
        pseudo_values(np.array([list(drawn[name, method].values()) for method in ("graclus", "gmn")]).T)
        for name in ("IMDB-C", "IMDB-B")
    )
    expected = stats.ttest_ind(here, there, equal_var=False, alternative="greater")
    assert found["p"] == pytest.approx(expected.pvalue, abs=1e-9)
    assert found["estimate"] == pytest.approx(np.exp(here.mean() - there.mean()))
    assert "averaged with 1 more method, deviation of the scores" in claim["reason"]


def test_deviations_of_methods_without_any_are_not_compared(tmp_path):
    tables = [
        make_cell(tmp_path, dataset, method, dict.fromkeys(range(20), 0.7))
        for dataset in ("IMDB-C", "IMDB-B")
        for method in ("graclus", "gmn")
    ]
    claim = judged(tmp_path, tables, WIDER)
    assert (claim["verdict"], claim["tests"][0]["estimate"]) == ("inconclusive", None)


@pytest.mark.parametrize(("after", "verdict"), [(0.2, "replicated"), (0.3001, "inconclusive"), (0.4, "not replicated")])
def test_a_measure_is_compared_with_another_one_of_the_same_runs(tmp_path, after, verdict):
    noise = np.random.default_rng(0).normal(scale=0.02, size=20)
    layers = {seed: ("20; 5", "nan; nan", f"0.3; {after + each}") for seed, each in enumerate(noise - noise.mean())}
    tables = [make_cell(tmp_path, "ZINC", "gmn", scores(0.4), metric="mae", layers=layers)]
    test = {"test": "lower", "measure": "matrix_share_after", "than": "matrix_share_before"}
    claim = judged(tmp_path, tables, {**test, "methods": ["gmn"], "datasets": ["ZINC"]})
    (found,) = claim["tests"]
    assert (claim["verdict"], found["estimate"]) == (verdict, pytest.approx(0.3 - after))
    assert "columns before the first pooling minus variance within columns after the first pooling" in claim["reason"]


@pytest.mark.parametrize(
    ("mean", "verdict"), [(0.002, "replicated"), (-0.03, "not replicated"), (0.01, "inconclusive")]
)
def test_a_method_by_itself_is_near_zero_or_not(tmp_path, mean, verdict):
    tables = [make_cell(tmp_path, "ZINC", "gmn", scores(0.4), metric="mae", changes=scores(mean, key=3))]
    test = {"test": "near zero", "measure": "permuted_change", "methods": ["gmn"], "datasets": ["ZINC"]}
    claim = judged(tmp_path, tables, test)
    (found,) = claim["tests"]
    assert (claim["verdict"], found["margin"]) == (verdict, 0.01)


@pytest.mark.parametrize(("sizes", "holds"), [((1e-7, 0.02), True), ((1e-7, 1e-6), False), (("", 1e-6), None)])
def test_invariance_is_broken_where_any_run_changes(tmp_path, sizes, holds):
    checks = {seed: (size, "", "") for seed, size in enumerate(sizes)}
    tables = [make_cell(tmp_path, "ZINC", "gmn", {0: 0.4, 1: 0.4}, metric="mae", checks=checks)]
    test = {"test": "breaks", "measure": "permutation", "methods": ["gmn"], "datasets": ["ZINC"], "margin": 1e-5}
    claim = judged(tmp_path, tables, test)
    assert claim["tests"][0]["holds"] is holds
    assert claim["reason"].endswith("Computed, not estimated: one run suffices.")


def test_of_what_must_break_the_narrowest_is_the_smallest(tmp_path):
    tables = [
        make_cell(tmp_path, "ZINC", method, {0: 0.4}, metric="mae", checks={0: (size, "", "")})
        for method, size in (("gmn", 1.4), ("gin", 0.002))
    ]
    test = {"test": "breaks", "measure": "permutation", "methods": ["gmn", "gin"], "datasets": ["ZINC"], "margin": 1e-5}
    reason = judged(tmp_path, tables, test)["reason"]
    assert "the narrowest: ZINC, GIN, largest change of the outputs by another order of nodes: 0.002" in reason


@pytest.mark.parametrize(("parameters", "verdict"), [(900, "replicated"), (1000, "not replicated")])
def test_parameters_are_counted(tmp_path, parameters, verdict):
    tables = [
        make_cell(tmp_path, "NCI1", "gmn", {0: 0.7}),
        make_cell(tmp_path, "NCI1", "gin", {0: 0.7}, parameters=parameters),
    ]
    claim = judged(tmp_path, tables, {"test": "fewer", "pairs": ["gin:gmn"], "datasets": ["NCI1"]})
    (found,) = claim["tests"]
    assert (claim["verdict"], found["estimate"]) == (verdict, parameters / 1000)


SIZES = [
    {"layers": layers, "hidden": hidden, "first": f"g-{layers}-{hidden}", "second": f"c-{layers}-{hidden}"}
    for layers in (2, 3, 5)
    for hidden in (16, 64)
]
TREND = {"test": "trend", "datasets": ["NCI1"], "margin": 0.025}


def grid(folder, by_layer: float, seeds: int = 20) -> list:
    """Gaps that grow by so much (a share) a layer, with a little noise by seed."""
    tables = []
    for key, size in enumerate(SIZES):
        gap = by_layer * size["layers"]
        tables += [
            make_cell(folder, "NCI1", size["first"], scores(0.7 + gap, seeds=seeds, key=key)),
            make_cell(folder, "NCI1", size["second"], scores(0.7, seeds=seeds, key=100 + key)),
        ]
    return tables


@pytest.mark.parametrize(("by_layer", "verdict"), [(0.0, "replicated"), (-0.02, "not replicated")])
def test_a_trend_is_the_change_of_the_gap_from_end_to_end(tmp_path, by_layer, verdict):
    claim = judged(tmp_path, grid(tmp_path, by_layer), TREND, sizes=SIZES)
    layers, hidden = claim["tests"]
    assert claim["verdict"] == verdict
    assert layers["estimate"] == pytest.approx(3 * by_layer)
    assert hidden["estimate"] == pytest.approx(0, abs=1e-9)
    assert (layers["holds"], hidden["holds"]) == (verdict == "replicated", True)
    assert layers["measure"] == "from the fewest layers to the most"


def test_single_runs_show_a_trend_and_decide_nothing(tmp_path):
    claim = judged(tmp_path, grid(tmp_path, -0.02, seeds=1), TREND, sizes=SIZES)
    assert claim["verdict"] == "inconclusive"
    assert claim["tests"][0]["estimate"] == pytest.approx(-0.06)
    assert "Too few seeds: 1, where 10 are the least" in claim["reason"]
