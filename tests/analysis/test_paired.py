"""Paired tests and ranks of an artifact, as the command line writes them."""

import csv

import pytest
from made import make_card, make_cell

from repool.cli import main


def test_tests_are_paired_by_seed_and_corrected_over_the_family(tmp_path):
    scores = {seed: 0.80 + 0.001 * seed for seed in range(8)}
    better = {seed: score - 0.01 * (1 + seed / 10) for seed, score in scores.items()}
    cells = [
        make_cell(tmp_path, "NCI1", "graclus", scores | {99: 0.1}, status="rebuilt"),
        make_cell(tmp_path, "NCI1", "complement", better, status="rebuilt"),
        make_cell(tmp_path, "MUTAG", "graclus", {0: 0.5, 1: 0.6}, status="embedded"),
        make_cell(tmp_path, "MUTAG", "complement", {0: 0.5, 1: 0.6}, status="embedded"),
    ]
    out = tmp_path / "tests" / "figure_1.csv"
    arguments = ["--cells", *map(str, cells), "--pairs", "graclus:complement", "--datasets", "NCI1,MUTAG,DD"]
    assert main(["test", "figure_1", *arguments, "--out", str(out)]) == 0
    with out.open(newline="") as file:
        nci1, mutag, pending = csv.DictReader(file)
    assert (nci1["number_of_pairs"], nci1["number_of_tests_in_family"]) == ("8", "2")
    assert float(nci1["p_value"]) == 2 / 2**8
    assert float(nci1["p_value_holm"]) == 4 / 2**8
    assert float(nci1["mean_paired_difference"]) == pytest.approx(1.35)
    assert float(nci1["matched_pairs_rank_biserial"]) == 1
    assert (nci1["too_few_pairs"], nci1["verdict_allowed"]) == ("False", "True")
    assert float(nci1["interval_lower"]) < 1.35 < float(nci1["interval_upper"])
    assert (mutag["p_value"], mutag["too_few_pairs"], mutag["verdict_allowed"]) == ("1", "True", "False")
    assert (mutag["smallest_attainable_p_value"], mutag["number_of_zero_differences"]) == ("1", "2")
    assert (pending["number_of_pairs"], pending["p_value"], pending["status"]) == ("0", "", "pending")


def test_equivalence_and_power_stand_beside_every_paired_test(tmp_path):
    cells = [
        make_cell(tmp_path, "NCI1", "graclus", {seed: 0.80 + 0.001 * (seed % 3) for seed in range(8)}),
        make_cell(tmp_path, "NCI1", "complement", dict.fromkeys(range(8), 0.80)),
        make_cell(tmp_path, "IMDB-B", "graclus", {0: 0.7}),
        make_cell(tmp_path, "IMDB-B", "complement", {0: 0.7}),
    ]
    out = tmp_path / "tests.csv"
    arguments = ["--cells", *map(str, cells), "--pairs", "graclus:complement", "--margins", '{"accuracy": 0.5}']
    assert main(["test", "figure_1", *arguments, "--out", str(out)]) == 0
    with out.open(newline="") as file:
        nci1, single = csv.DictReader(file)
    assert (nci1["margin"], nci1["equivalent"], single["equivalent"]) == ("0.5", "True", "")
    assert 0 < float(nci1["equivalence_interval_lower"]) < 0.0875 < float(nci1["equivalence_interval_upper"]) < 0.5
    assert 0 < float(nci1["smallest_detectable_difference"]) < 0.2
    assert main(["test", "figure_1", *arguments[:-1], '{"accuracy": 0.1}', "--out", str(out)]) == 0
    assert next(csv.DictReader(out.read_text().splitlines()))["equivalent"] == "False"


def test_curves_are_tested_by_their_lowest_loss(tmp_path):
    low, high = {seed: 0.1 * seed for seed in range(6)}, {seed: 0.1 * seed + 0.5 for seed in range(6)}
    cells = [
        make_cell(tmp_path, "ZINC", "diffpool", dict.fromkeys(range(6), 0.4), metric="mae", losses=low),
        make_cell(tmp_path, "ZINC", "diffpool-lambda-1000", dict.fromkeys(range(6), 0.4), metric="mae", losses=high),
    ]
    out = tmp_path / "tests.csv"
    arguments = ["--cells", *map(str, cells), "--pairs", "diffpool:diffpool-lambda-1000", "--out", str(out)]
    assert main(["test", "figure_7", *arguments]) == 0
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert (row["metric"], row["mean_paired_difference"], row["p_value"]) == ("validation_loss", "-0.5", "0.03125")


def test_figure_3_is_tested_by_the_mean_score_on_permuted_graphs_in_the_papers_units(tmp_path):
    means = {"diffpool-invariant": 0.5, "diffpool-normal": 0.75}
    cells = [
        make_cell(tmp_path, "NCI1", method, dict.fromkeys(range(6), 0.4), permuted=dict.fromkeys(range(6), (0.9, mean)))
        for method, mean in means.items()
    ]
    out = tmp_path / "tests.csv"
    arguments = ["--cells", *map(str, cells), "--pairs", ":".join(means), "--out", str(out)]
    assert main(["test", "figure_3", *arguments]) == 0
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert (row["metric"], row["mean_paired_difference"], row["unit"]) == ("accuracy", "-25", "%")


def test_ranks_are_averages_over_datasets_where_every_method_ran(tmp_path):
    cells = [
        make_cell(tmp_path, dataset, method, {0: score}, metric=metric, status=status)
        for dataset, metric, status, scores in (
            ("NCI1", "accuracy", "exact", {"gmn": 0.8, "gmn-distance": 0.7, "gmn-random": 0.6}),
            ("ZINC", "mae", "substitute", {"gmn": 0.4, "gmn-distance": 0.3, "gmn-random": 0.5}),
            ("DD", "accuracy", "rebuilt", {"gmn": 0.8}),
        )
        for method, score in scores.items()
    ]
    out = tmp_path / "ranks.csv"
    assert main(["rank", "figure_4", "--cells", *map(str, cells), "--out", str(out)]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [(row["method"], row["average_rank"], row["datasets"], row["status"]) for row in rows] == [
        ("gmn", "1.5", "2", "substitute"),
        ("gmn-distance", "1.5", "2", "substitute"),
        ("gmn-random", "3", "2", "substitute"),
    ]
    assert (rows[0]["friedman_statistic"], rows[0]["p_value"]) == ("", "")
    assert main(["rank", "figure_4", "--cells", *map(str, cells), "--minimum-seeds", "2", "--out", str(out)]) == 0
    assert {row["average_rank"] for row in csv.DictReader(out.read_text().splitlines())} == {""}


def test_fewer_seeds_than_the_least_have_an_interval_but_no_p_value_and_no_effect(tmp_path):
    better = {seed: 0.80 + 0.01 * seed for seed in range(9)}
    few = {seed: better[seed] for seed in range(5)}
    cells = [
        make_cell(tmp_path, dataset, method, values)
        for dataset, scores in (("NCI1", better), ("IMDB-B", few))
        for method, values in (("graclus", scores), ("complement", dict.fromkeys(scores, 0.7)))
    ]
    out = tmp_path / "tests.csv"
    arguments = ["--cells", *map(str, cells), "--pairs", "graclus:complement", "--margins", '{"accuracy": 1.0}']
    assert main(["test", "figure_1", *arguments, "--minimum-seeds", "6", "--out", str(out)]) == 0
    nci1, imdb = csv.DictReader(out.read_text().splitlines())
    tested = ("p_value", "p_value_holm", "matched_pairs_rank_biserial", "equivalence_p_value", "equivalent")
    assert all(nci1[name] for name in tested)
    assert not any(imdb[name] for name in tested)
    assert (imdb["number_of_pairs"], imdb["too_few_pairs"], imdb["number_of_tests_in_family"]) == ("5", "True", "1")
    assert float(imdb["interval_lower"]) < float(imdb["mean_paired_difference"]) < float(imdb["interval_upper"])


def test_ranks_of_what_has_not_run_are_pending(tmp_path):
    out = tmp_path / "ranks.csv"
    assert main(["rank", "figure_4", "--methods", "gmn,gmn-random", "--datasets", "NCI1", "--out", str(out)]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [(row["average_rank"], row["datasets"], row["status"]) for row in rows] == [("", "0", "pending")] * 2


def test_intervals_for_new_data_are_given_where_each_seed_draws_a_split(tmp_path):
    scores = {seed: 0.80 + 0.01 * (seed % 3) for seed in range(8)}
    cells = [
        make_cell(tmp_path, dataset, method, values)
        for dataset in ("NCI1", "SMNIST")
        for method, values in (("graclus", scores), ("complement", dict.fromkeys(scores, 0.80)))
    ]
    cards = [make_card(tmp_path), make_card(tmp_path, "SMNIST", split="fixed")]
    out = tmp_path / "tests.csv"
    arguments = ["--cells", *map(str, cells), "--cards", *map(str, cards), "--margins", '{"accuracy": 1.0}']
    assert main(["test", "figure_1", *arguments, "--pairs", "graclus:complement", "--out", str(out)]) == 0
    nci1, smnist = csv.DictReader(out.read_text().splitlines())
    plain, wide = (
        float(nci1[f"{name}_upper"]) - float(nci1["mean_paired_difference"]) for name in ("interval", "new_data")
    )
    # Variances of 1/8 for eight seeds, and of 1/8 + 1/8.
    assert wide / plain == pytest.approx(2**0.5)
    assert (smnist["new_data_lower"], smnist["new_data_upper"]) == ("", "")
    assert 0 < float(nci1["probability_within_margin"]) < 1
    assert float(smnist["probability_within_margin"]) != float(nci1["probability_within_margin"])
