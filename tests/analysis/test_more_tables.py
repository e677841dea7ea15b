"""Tables beyond those of scores: one convolution against many, curves, gaps, hyper-parameters, times."""

import csv
import json
from pathlib import Path

import pytest
from made import make_card, make_cell, make_record, make_timing

from repool.cli import main

PUBLISHED = """
table_2:
  graclus: {NCI1: {one: 76.6, many: 80.1}, ZINC: {one: 0.458, many: 0.429}}
table_s4:
  NCI1: {memory_keys: [10, 1], heads: 5, layers: 2, hidden: 100, batch: 128}
  DD: {memory_keys: [32, 8, 1], heads: 5, layers: 3, hidden: 64, batch: 128}
epoch_times:
  gmn-random: {SMNIST: 0.1}
"""


@pytest.fixture
def published(tmp_path) -> Path:
    path = tmp_path / "published.yaml"
    path.write_text(PUBLISHED)
    return path


def tabulate(folder: Path, artifact: str, published: Path, *arguments: object) -> list[dict[str, str]]:
    out = folder / f"{artifact}.csv"
    more = [str(argument) for argument in arguments]
    assert main(["tabulate", artifact, "--published", str(published), *more, "--out", str(out)]) == 0
    with out.open(newline="") as file:
        return list(csv.DictReader(file))


def test_table_2_a_drop_is_positive_where_one_convolution_is_worse(tmp_path, published):
    cells = [
        make_cell(tmp_path, "NCI1", "graclus", {0: 0.80, 1: 0.82}),
        make_cell(tmp_path, "NCI1", "graclus-one", {0: 0.76, 1: 0.76}),
        make_cell(tmp_path, "MOLECULES", "graclus", {0: 0.4}, metric="mae", status="embedded"),
        make_cell(tmp_path, "MOLECULES", "graclus-one", {0: 0.5}, metric="mae", status="embedded"),
    ]
    arguments = ["--cells", *cells, "--methods", "graclus,graclus-one,gmn,gmn-one", "--datasets", "NCI1,MOLECULES"]
    rows = tabulate(tmp_path, "table_2", published, *arguments)
    assert [(row["dataset"], row["method"], row["status"]) for row in rows] == [
        ("NCI1", "graclus", "exact"),
        ("NCI1", "gmn", "pending"),
        ("MOLECULES", "graclus", "embedded"),
        ("MOLECULES", "gmn", "pending"),
        ("ZINC", "graclus", "not-configured"),
    ]
    nci1, _, molecules, _, zinc = rows
    assert (nci1["one_mean"], nci1["many_mean"], nci1["drop"]) == ("76", "81", "5")
    assert float(nci1["published_drop"]) == pytest.approx(3.5)
    # Drops of 4 and 6: a deviation of 2 / sqrt(2), and 12.706 standard errors of 1 on either side.
    assert [float(nci1[name]) for name in ("drop_low", "drop_high")] == pytest.approx(
        [5 - 12.706, 5 + 12.706], abs=1e-3
    )
    assert (molecules["drop"], molecules["drop_low"], molecules["published_drop"]) == ("0.1", "", "")
    assert float(zinc["published_drop"]) == pytest.approx(0.029)


def test_a_drop_and_its_interval_are_of_the_same_seeds(tmp_path, published):
    cells = [
        make_cell(tmp_path, "NCI1", "graclus", {0: 0.80, 1: 0.82, 2: 0.10}),
        make_cell(tmp_path, "NCI1", "graclus-one", {0: 0.76, 1: 0.77, 3: 0.99}),
    ]
    arguments = ["--cells", *cells, "--methods", "graclus,graclus-one", "--datasets", "NCI1"]
    row = tabulate(tmp_path, "table_2", published, *arguments)[0]
    assert (row["pairs"], row["one_runs"], row["many_runs"]) == ("2", "3", "3")
    assert float(row["drop"]) == pytest.approx(4.5)
    assert float(row["drop_low"]) < 4.5 < float(row["drop_high"])


def test_networks_without_a_seed_in_common_have_no_drop(tmp_path, published):
    cells = [
        make_cell(tmp_path, "NCI1", "graclus", {0: 0.80}),
        make_cell(tmp_path, "NCI1", "graclus-one", {1: 0.76}),
    ]
    arguments = ["--cells", *cells, "--methods", "graclus,graclus-one", "--datasets", "NCI1"]
    row = tabulate(tmp_path, "table_2", published, *arguments)[0]
    assert (row["one_mean"], row["many_mean"], row["drop"], row["pairs"]) == ("76", "80", "", "")


def collect_curve(folder: Path, method: str, curves: list[list[float]], name: str = "validation_loss") -> Path:
    records = [make_record(folder, seed, 0.5, method=method, curves={name: curve}) for seed, curve in enumerate(curves)]
    out = folder / f"{method}.csv"
    arguments = ["--records", *map(str, records), "--card", str(make_card(folder)), "--out", str(out)]
    assert main(["collect-curves", name, *arguments]) == 0
    return out


def test_curves_average_over_the_seeds_that_still_train(tmp_path, published):
    curve = collect_curve(tmp_path, "diffpool", [[1.0, 0.5, 0.4], [3.0, 0.7]])
    arguments = ["--curves", curve, "--methods", "diffpool,diffpool-lambda-1000", "--datasets", "NCI1"]
    rows = tabulate(tmp_path, "figure_7", published, *arguments)
    shown = [(row["epoch"], row["runs"], row["seeds"], row["mean"], row["std"]) for row in rows[:3]]
    assert shown == [
        ("1", "2", "2", "2", "1.414213562"),
        ("2", "2", "2", "0.6", "0.1414213562"),
        ("3", "1", "2", "0.4", ""),
    ]
    assert (rows[2]["low"], rows[2]["high"], rows[2]["status"]) == ("0.4", "0.4", "exact")
    assert float(rows[0]["low"]) == pytest.approx(2 - 2**0.5)
    assert [rows[3][name] for name in ("method", "epoch", "runs", "status")] == [
        "diffpool-lambda-1000", "", "0", "pending",
    ]  # fmt: skip


def test_figure_3_shows_scores_on_permuted_graphs_in_the_papers_units(tmp_path, published):
    curve = collect_curve(tmp_path, "diffpool-normal", [[0.5, 0.75], [0.5, 0.25]], name="permuted")
    arguments = ["--curves", curve, "--methods", "diffpool-invariant,diffpool-normal", "--datasets", "NCI1"]
    pending, *rows = tabulate(tmp_path, "figure_3", published, *arguments, "--cards", make_card(tmp_path))
    assert [(row["epoch"], row["mean"], row["metric"], row["curve"]) for row in rows] == [
        ("1", "50", "accuracy", "permuted"),
        ("2", "50", "accuracy", "permuted"),
    ]
    assert float(rows[1]["std"]) == pytest.approx(50 / 2**0.5)
    assert [pending[name] for name in ("method", "epoch", "metric", "curve", "status")] == [
        "diffpool-invariant", "", "accuracy", "permuted", "pending",
    ]  # fmt: skip


def test_a_record_without_the_curve_is_named(tmp_path, capsys):
    record = make_record(tmp_path, 0, 0.5)
    arguments = ["--records", str(record), "--card", str(make_card(tmp_path)), "--out", str(tmp_path / "x.csv")]
    assert main(["collect-curves", "permuted", *arguments]) == 1
    assert "seed-00.json has no curve permuted. Delete it" in capsys.readouterr().err


def test_gaps_are_advantages_of_the_second_method(tmp_path, published):
    sizes = [
        {"layers": layers, "hidden": 16, "first": f"graclus-layers-{layers}", "second": f"complement-layers-{layers}"}
        for layers in (2, 3)
    ]
    cells = [
        make_cell(tmp_path, "NCI1", "graclus-layers-2", {0: 0.80}),
        make_cell(tmp_path, "NCI1", "complement-layers-2", {0: 0.82}),
        make_cell(tmp_path, "ZINC", "graclus-layers-2", {0: 0.40}, metric="mae"),
        make_cell(tmp_path, "ZINC", "complement-layers-2", {0: 0.47}, metric="mae"),
    ]
    rows = tabulate(
        tmp_path, "figure_8", published, "--cells", *cells, "--sizes", json.dumps(sizes), "--datasets", "NCI1,ZINC"
    )
    assert [(row["dataset"], row["layers"], row["runs"], row["advantage"], row["printed"]) for row in rows] == [
        ("NCI1", "2", "1", "2", "0.8"),
        ("NCI1", "3", "0", "", ""),
        ("ZINC", "2", "1", "-0.07", "-0.4"),
        ("ZINC", "3", "0", "", ""),
    ]
    assert [row["status"] for row in rows] == ["exact", "pending", "exact", "pending"]


def summary(folder: Path, method: str, keys: list[int], **more) -> Path:
    spec = {"model": {"memory_keys": keys, "heads": 5, "hidden": 100}, "training": {"batch": 128}}
    path = folder / f"{method}.json"
    path.write_text(json.dumps({"dataset": "NCI1", "method": method, "status": "exact", "spec": spec, **more}))
    return path


def test_hyperparameters_are_those_of_the_specs_that_ran(tmp_path, published):
    summaries = [summary(tmp_path, "gmn", [32, 1]), summary(tmp_path, "gmn-random", [32, 1])]
    rows = tabulate(tmp_path, "table_s4", published, "--summaries", *summaries, "--datasets", "NCI1")
    nci1, elsewhere = rows[:5], rows[5:]
    assert [(row["option"], row["value"], row["published"], row["differs"]) for row in nci1] == [
        ("memory_keys", "[32, 1]", "[10, 1]", "yes"),
        ("heads", "5", "5", "no"),
        ("layers", "2", "2", "no"),
        ("hidden", "100", "100", "no"),
        ("batch", "128", "128", "no"),
    ]
    assert nci1[0]["methods"] == "gmn; gmn-random"
    assert {(row["dataset"], row["value"], row["differs"], row["status"]) for row in elsewhere} == {
        ("DD", "", "", "not-configured")
    }


def test_methods_of_one_table_must_share_their_settings(tmp_path, published, capsys):
    summaries = [summary(tmp_path, "gmn", [32, 1]), summary(tmp_path, "gmn-random", [10, 1])]
    arguments = ["--summaries", *map(str, summaries), "--published", str(published), "--out", str(tmp_path / "x.csv")]
    assert main(["tabulate", "table_s4", *arguments]) == 1
    assert "memory_keys differs between methods of one table on NCI1: gmn [32, 1], gmn-random [10, 1]" in (
        capsys.readouterr().err
    )


def test_times_are_medians_of_blocks_and_ratios_to_the_first_method_on_the_same_blocks(tmp_path, published):
    summaries = []
    for method, seconds in {"gmn": [10, 12, 50, 50], "gmn-random": [1, 1.2, 4, 4]}.items():
        records = [make_record(tmp_path, seed, 0.5, "SMNIST", method) for seed in range(4)]
        for seed, (record, amount) in enumerate(zip(records, seconds, strict=True)):
            make_timing(record, seconds_per_epoch=amount, block=[seed // 2 * 2, seed // 2 * 2 + 1])
        cell = tmp_path / "cells" / f"{method}.csv"
        summaries.append(cell.with_suffix(".json"))
        arguments = ["--card", str(make_card(tmp_path, "SMNIST", status="rebuilt")), "--out", str(cell)]
        assert main(["collect", "--records", *map(str, records), *arguments, "--info", str(summaries[-1])]) == 0
    cells = [path.with_suffix(".csv") for path in summaries]
    rows = tabulate(
        tmp_path, "epoch_times", published, "--cells", *cells, "--summaries", *summaries,
        "--methods", "gmn,gmn-distance,gmn-random", "--datasets", "SMNIST",
    )  # fmt: skip
    gmn, distance, random = rows
    assert (gmn["seconds_per_epoch"], gmn["relative"], gmn["relative_low"]) == ("30.5", "1", "")
    assert (distance["runs"], distance["status"], distance["relative"]) == ("0", "pending", "")
    assert (random["seconds_per_epoch"], random["low"], random["high"]) == ("2.55", "1.1", "4")
    # The blocks' ratios are 0.1 and 0.08.
    assert float(random["relative"]) == pytest.approx((0.1 * 0.08) ** 0.5, rel=1e-5)
    assert float(random["relative_low"]) < 0.08 < 0.1 < float(random["relative_high"])
    assert random["published_relative"] == "0.1"
    assert (random["runs"], random["blocks"], random["block"]) == ("4", "2", "2")
    assert (random["devices"], random["status"]) == ("A processor", "rebuilt")


def test_best_epochs_that_tie_have_both_scores(tmp_path, published):
    cells = [make_cell(tmp_path, "IMDB-C", "graclus", {0: 0.70, 1: 0.72, 2: 0.71}, last={0: 0.73, 2: 0.74})]
    arguments = ["--cells", *cells, "--methods", "graclus,gmn", "--datasets", "IMDB-C"]
    graclus, gmn = tabulate(tmp_path, "best_epochs", published, *arguments)
    assert (graclus["runs"], graclus["tied_runs"], gmn["status"]) == ("3", "2", "pending")
    # Changes of 3, 0 and 3 points: a mean of 2, a deviation of sqrt(3), 4.303 standard errors of 1 on either side.
    numbers = [float(graclus[name]) for name in ("first_mean", "last_mean", "change", "change_low", "change_high")]
    assert numbers == pytest.approx([71, 73, 2, 2 - 4.303, 2 + 4.303], abs=1e-3)
