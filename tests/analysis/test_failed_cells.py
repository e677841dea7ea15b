"""A cell whose every seed failed is failed in every kind of table, not pending, and a number in none."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from made import make_card, make_cell, make_failed_record, make_record, make_timing
from test_claims import EQUIVALENT, both, judged

from repool.cli import main

PUBLISHED = Path(__file__).parents[2] / "config" / "published.yaml"
SIZES = [{"layers": 2, "hidden": 16, "first": "graclus", "second": "complement"}]
MARGINS = {"permutation": 1e-5, "divergence_identical": 1e-5}


def failed_cell(folder: Path, method: str, seeds: int = 3) -> Path:
    records = [make_failed_record(folder, seed, "NCI1", method) for seed in range(seeds)]
    out = folder / "tables" / "cells" / "NCI1" / f"{method}.csv"
    command = ["collect", "--records", *records, "--card", make_card(folder), "--out", out]
    assert main([str(part) for part in [*command, "--info", out.with_suffix(".json")]]) == 0
    return out


def tabulate(folder: Path, artifact: str, methods: str, *more: object) -> list[dict[str, str]]:
    out = folder / f"{artifact}.csv"
    grid = ["--methods", methods, "--datasets", "NCI1", "--published", PUBLISHED, "--out", out]
    made = ["--sizes", json.dumps(SIZES), "--margins", json.dumps(MARGINS)]
    assert main([str(part) for part in ["tabulate", artifact, *more, *grid, *made]]) == 0
    return [row for row in csv.DictReader(out.read_text().splitlines()) if row["dataset"] == "NCI1"]


@pytest.mark.parametrize(
    ("artifact", "first", "second"),
    [
        ("figure_1", "graclus", "complement"),
        ("table_1", "graclus", "complement"),
        ("homogeneity", "graclus", "complement"),
        ("epoch_times", "graclus", "complement"),
        ("appendix_c", "graclus", "complement"),
        ("appendix_d", "graclus", "complement"),
    ],
)
def test_a_table_says_failed_of_it_and_pending_of_another(tmp_path, artifact, first, second):
    cell = failed_cell(tmp_path, first)
    summaries = ["--summaries", cell.with_suffix(".json")]
    rows = tabulate(tmp_path, artifact, f"{first},{second}", "--cells", cell, *summaries)
    statuses = {method: {row["status"] for row in rows if row["method"] == method} for method in (first, second)}
    assert statuses == {first: {"failed"}, second: {"pending"}}
    scores = ("test", "mean", "matrix_share", "seconds_per_epoch", "largest", "identical")
    assert not [row[name] for row in rows for name in scores if row.get(name)]


def test_a_pair_of_methods_is_failed_where_nothing_more_is_to_come(tmp_path):
    cells = [failed_cell(tmp_path, "graclus"), make_cell(tmp_path, "NCI1", "complement", {0: 0.5, 1: 0.6})]
    (row,) = tabulate(tmp_path, "figure_8", "", "--cells", *cells)
    assert (row["status"], row["advantage"]) == ("failed", "")
    (row,) = tabulate(tmp_path, "figure_8", "", "--cells", cells[0])
    assert row["status"] == "pending", "complement has still to run"


def test_one_convolution_that_failed_is_failed(tmp_path):
    cells = [failed_cell(tmp_path, "graclus-one"), make_cell(tmp_path, "NCI1", "graclus", {0: 0.5})]
    (row,) = tabulate(tmp_path, "table_2", "graclus,graclus-one", "--cells", *cells)
    assert (row["status"], row["one_mean"], row["many_mean"]) == ("failed", "", "50")


def test_activations_that_are_none_are_failed(tmp_path):
    path = tmp_path / "runs" / "NCI1" / "graclus" / "seed-00.activations.npz"
    path.parent.mkdir(parents=True)
    np.savez_compressed(path, graphs=np.zeros(0, np.int64))
    rows = tabulate(tmp_path, "figure_5", "graclus,complement", "--activations", path)
    assert [(row["method"], row["status"], row["values"]) for row in rows] == [
        ("graclus", "failed", ""),
        ("complement", "pending", ""),
    ]


def test_a_verdict_names_the_seeds_that_failed_in_its_cells(tmp_path):
    tables = [failed_cell(tmp_path, "graclus")]
    claim = judged(tmp_path, tables, EQUIVALENT)
    assert claim["verdict"] == "not run"
    assert claim["failed"] == [{"dataset": "NCI1", "method": "graclus", "seeds": 3}]
    assert "Seeds that failed and do not count: GRACLUS on NCI1 3." in claim["reason"]


def test_a_verdict_over_the_seeds_that_did_not_fail_counts_the_others(tmp_path):
    records = [make_record(tmp_path, seed, score) for seed, score in both(0.80, 0.80)["graclus"].items()]
    records[-1] = make_failed_record(tmp_path, len(records) - 1)
    graclus = tmp_path / "graclus.csv"
    command = ["collect", "--records", *records, "--card", make_card(tmp_path), "--out", graclus]
    assert main([str(part) for part in command]) == 0
    complement = make_cell(tmp_path, "NCI1", "complement", both(0.80, 0.80)["complement"])
    claim = judged(tmp_path, [graclus, complement], {**EQUIVALENT, "datasets": ["NCI1"]})
    assert claim["failed"] == [{"dataset": "NCI1", "method": "graclus", "seeds": 1}]
    assert claim["verdict"] == "replicated"
    assert claim["reason"].endswith("Seeds that failed and do not count: GRACLUS on NCI1 1.")


def test_a_trace_of_a_number_counts_them(tmp_path, capsys):
    records = [make_record(tmp_path, 0, 0.5), make_failed_record(tmp_path, 1)]
    results = tmp_path / "results" / "made"
    cell = results / "tables" / "cells" / "NCI1" / "graclus.csv"
    command = ["collect", "--records", *records, "--card", make_card(tmp_path), "--out", cell]
    assert main([str(part) for part in command]) == 0
    sources = {"table": "t.csv", "cells": ["NCI1/graclus"]}
    number = {"text": "50.0", "unit": "%", "value": 50.0, "about": "mean of the runs", "sources": sources}
    (results / "numbers.json").write_text(json.dumps({"numbers": {"table_1.NCI1.graclus.mean": number}}))
    assert main(["trace", "table_1.NCI1.graclus.mean", "--results", str(results)]) == 0
    said = capsys.readouterr().out
    assert "NCI1/graclus: 1 runs, 1 failed (exact data)" in said
    assert "seed-00.json" in said
    assert "seed-01.json" not in said


def test_the_time_of_a_seed_that_failed_is_of_no_run(tmp_path):
    records = [make_record(tmp_path, 0, 0.5, "NCI1", "gmn"), make_failed_record(tmp_path, 1, "NCI1", "gmn")]
    make_timing(records[0], seconds_per_epoch=2.0)
    make_timing(records[1], seconds_per_epoch=50.0)
    cell = tmp_path / "cells" / "gmn.csv"
    command = ["collect", "--records", *records, "--card", make_card(tmp_path), "--out", cell]
    assert main([str(part) for part in [*command, "--info", cell.with_suffix(".json")]]) == 0
    (row,) = tabulate(tmp_path, "epoch_times", "gmn", "--cells", cell, "--summaries", cell.with_suffix(".json"))
    assert (row["runs"], row["seconds_per_epoch"], row["high"]) == ("1", "2", "2")
