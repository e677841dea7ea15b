"""Claims about methods by themselves, and the words that claims.yaml gives to tests and measures."""

import numpy as np
import pytest
from made import make_cell
from scipy import stats
from test_claims import CLAIMS, EQUIVALENT, judged, scores

from repool.words.numerals import Kind, numeral


@pytest.mark.parametrize(("share", "verdict"), [(0.3, "replicated"), (0.7, "not replicated"), (0.5, "inconclusive")])
def test_a_share_of_variance_is_held_against_its_threshold_method_by_method(tmp_path, share, verdict):
    shares = 0.1 * np.random.default_rng(0).normal(size=20)
    layers = {seed: ("20; 5", "nan; nan", f"0.9; {value + share}") for seed, value in enumerate(shares - shares.mean())}
    tables = [make_cell(tmp_path, "ZINC", "gmn", scores(0.4), metric="mae", layers=layers)]
    test = {"test": "homogeneous", "measure": "matrix_share_after", "methods": ["gmn"], "datasets": ["ZINC"]}
    claim = judged(tmp_path, tables, {**test, "margin": 0.5})
    assert claim["verdict"] == verdict
    (found,) = claim["tests"]
    assert (found["first"], found["second"], found["estimate"]) == ("gmn", "", pytest.approx(share))
    assert found["measure"] == "variance within columns after the first pooling"
    expected = stats.ttest_1samp(shares - shares.mean() + share, 0.5, alternative="less").pvalue
    assert found["p"] == pytest.approx(expected, abs=1e-9)
    assert f"ZINC, GMN, variance within columns after the first pooling: {share:.3f} (" in claim["reason"]


def test_one_row_a_graph_is_alike_by_itself_and_counts_for_nothing(tmp_path):
    tables = [
        make_cell(
            tmp_path,
            "ZINC",
            "gmn",
            scores(0.4),
            metric="mae",
            layers=dict.fromkeys(range(20), ("20; 1", "0.9; 0", "0.9; 0")),
        )
    ]
    test = {
        "test": "homogeneous",
        "measure": "matrix_share_after",
        "methods": ["gmn"],
        "datasets": ["ZINC"],
        "margin": 0.5,
    }
    claim = judged(tmp_path, tables, test)
    assert claim["verdict"] == "not run"
    assert claim["reason"] == "Nothing to compare, for no seed has what is needed: GMN on ZINC."


@pytest.mark.parametrize(("largest", "verdict"), [(2e-6, "replicated"), (0.02, "not replicated")])
def test_what_is_computed_holds_or_fails_by_a_single_run(tmp_path, largest, verdict):
    checks = {0: (1e-7, "", ""), 1: (largest, "", "")}
    tables = [make_cell(tmp_path, "ZINC", "gmn-distance", {0: 0.4, 1: 0.4}, metric="mae", checks=checks)]
    test = {"test": "below", "measure": "permutation", "methods": ["gmn-distance"], "datasets": ["ZINC"]}
    claim = judged(tmp_path, tables, {**test, "margin": 0.0001})
    (found,) = claim["tests"]
    assert (claim["verdict"], found["estimate"], found["p"]) == (verdict, largest, None)
    assert claim["reason"].endswith("Computed, not estimated: one run suffices.")
    assert f"by another order of nodes: {numeral(largest, Kind.SIGNIFICANT)}, margin 0.0001" in claim["reason"]


def test_a_run_where_it_could_not_be_computed_leaves_open_what_the_others_do_not_refute(tmp_path):
    test = {"test": "below", "measure": "permutation", "methods": ["gmn-distance"], "datasets": ["ZINC"]}
    verdicts = {}
    for largest in (2e-6, 0.02):
        checks = {0: (largest, "", ""), 1: ("nan", "", "")}
        tables = [make_cell(tmp_path, "ZINC", "gmn-distance", {0: 0.4, 1: 0.4}, metric="mae", checks=checks)]
        verdicts[largest] = judged(tmp_path, tables, {**test, "margin": 0.0001})["verdict"]
    assert verdicts == {2e-6: "inconclusive", 0.02: "not replicated"}


def test_a_measure_without_words_is_named(tmp_path, capsys):
    with pytest.raises(AssertionError):
        judged(tmp_path, [], {**EQUIVALENT, "measure": "permuted_men"})
    assert "permuted_men is not a measure. Did you mean permuted_mean?" in capsys.readouterr().err


def test_a_check_without_a_margin_is_named(tmp_path, capsys):
    tables = [make_cell(tmp_path, "ZINC", "gmn", {0: 0.4}, metric="mae", checks={0: (1e-7, "", "")})]
    with pytest.raises(AssertionError):
        judged(tmp_path, tables, {"test": "below", "measure": "permutation", "methods": ["gmn"], "datasets": ["ZINC"]})
    assert "permutation has no margin" in capsys.readouterr().err


# What tests compare that name no measure.
OF_THEIR_TESTS = {"seconds_per_epoch", "parameters", "deviations", "grid_layers", "grid_hidden"}


@pytest.mark.parametrize("name", ["tests", "measures"])
def test_what_claims_name_has_words_and_nothing_else_has(name):
    rows = [row for claim in CLAIMS["claims"].values() for row in claim["tests"]]
    used = (
        {row["test"] for row in rows} | {"published"}
        if name == "tests"
        else {row[key] for row in rows for key in ("measure", "than") if key in row} | OF_THEIR_TESTS
    )
    assert used == set(CLAIMS[name])
