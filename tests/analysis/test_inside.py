"""What networks do inside: shares of variance by layer, and the activations of three graphs."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made import make_card, make_record

from repool.artifacts.activations.table import Matrix, matrices
from repool.cli import main

ROOT = Path(__file__).parents[2]
PUBLISHED = ["--published", str(ROOT / "config" / "published.yaml")]


def run(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments]) == 0


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def layer(rows: float, share: float | None, share_of_matrix: float | None) -> dict[str, float | None]:
    return {"rows": rows, "share": share, "share_of_matrix": share_of_matrix}


def cell(folder: Path, method: str, seeds: list[list[dict]]) -> Path:
    """The cell table of records that looked into these layers."""
    records = [
        make_record(folder, seed, 0.5, method=method, inside={"homogeneity": layers})
        for seed, layers in enumerate(seeds)
    ]
    out = folder / "cells" / f"{method}.csv"
    run("collect", "--records", *records, "--card", make_card(folder), "--out", out)
    return out


def test_shares_are_means_over_the_runs_that_have_one(tmp_path):
    gmn = [[layer(30, 0.5, 0.25), layer(10, 0.2, None)], [layer(32, 0.7, 0.35), layer(10, None, None)]]
    cells = [cell(tmp_path, "gmn", gmn), cell(tmp_path, "global-mean", [[layer(30, 0.5, 0.25)]])]
    out = tmp_path / "homogeneity.csv"
    methods = "gmn,global-mean,graclus"
    run(
        "tabulate",
        "homogeneity",
        "--cells",
        *cells,
        "--methods",
        methods,
        "--datasets",
        "NCI1",
        *PUBLISHED,
        "--out",
        out,
    )
    found = [[row[name] for name in row if name not in ("dataset", "status")] for row in read(out)]
    assert found == [
        ["gmn", "0", "2", "31", "0.6", "0.141421", "0.3", "0.0707107"],
        ["gmn", "1", "1", "10", "0.2", "", "", ""],
        ["global-mean", "0", "1", "30", "0.5", "", "0.25", ""],
        ["graclus", "", "0", "", "", "", "", ""],
    ]
    assert [row["status"] for row in read(out)] == ["exact", "exact", "exact", "pending"]


def test_records_of_a_network_without_layers_have_none(tmp_path):
    record = make_record(tmp_path, 0, 0.5)
    run("collect", "--records", record, "--card", make_card(tmp_path), "--out", tmp_path / "cell.csv")
    out = tmp_path / "homogeneity.csv"
    run("tabulate", "homogeneity", "--cells", tmp_path / "cell.csv", *PUBLISHED, "--out", out)
    (row,) = read(out)
    assert (row["layer"], row["runs"], row["status"]) == ("", "0", "pending")


def test_pairs_are_tested_by_their_share_within_columns(tmp_path):
    seeds = {"graclus": 0.5, "complement": 0.75}
    cells = [cell(tmp_path, name, [[layer(30, 0.1, share)]] * 6) for name, share in seeds.items()]
    run("test", "homogeneity", "--cells", *cells, "--pairs", "graclus:complement", "--out", tmp_path / "tests.csv")
    (row,) = read(tmp_path / "tests.csv")
    assert (row["metric"], row["number_of_pairs"], row["mean_paired_difference"]) == (
        "matrix_share_before",
        "6",
        "-0.25",
    )


def activations(folder: Path, method: str, layers: list[tuple[int, int]]) -> tuple[Path, dict[str, np.ndarray]]:
    """The file that training leaves, for graphs 7 and 3."""
    random = np.random.default_rng(len(layers))
    arrays = {
        f"activations_{graph}_{number}": random.normal(size=(rows + graph, width)).astype(np.float32)
        for graph in range(2)
        for number, (rows, width) in enumerate(layers)
    }
    path = folder / "runs" / "NCI1" / method / "seed-04.activations.npz"
    path.parent.mkdir(parents=True)
    np.savez_compressed(path, graphs=np.array([7, 3]), **arrays)
    return path, arrays


def tabulate(folder: Path, artifact: str, *files: Path, methods: str) -> Path:
    out = folder / "tables" / f"{artifact}.csv"
    grid = ["--methods", methods, "--datasets", "NCI1", "--cards", make_card(folder)]
    run("tabulate", artifact, "--activations", *files, *grid, *PUBLISHED, "--out", out)
    return out


@pytest.mark.parametrize(("artifact", "layers"), [("figure_5", 2), ("figure_s6", 3)])
def test_activations_are_those_of_the_file_as_far_as_the_figure_shows_them(tmp_path, artifact, layers):
    path, arrays = activations(tmp_path, "gmn", [(5, 8), (3, 4), (1, 4)])
    rows = read(tabulate(tmp_path, artifact, path, methods="gmn,gmn-random"))
    assert rows[-1] == {**dict.fromkeys(rows[0], ""), "dataset": "NCI1", "method": "gmn-random", "status": "pending"}
    assert {row["seed"] for row in rows[:-1]} == {"4"}
    assert {row["status"] for row in rows[:-1]} == {"exact"}
    for position, graph in enumerate(("7", "3")):
        for number in range(3):
            own = [row["values"].split() for row in rows if (row["graph"], row["layer"]) == (graph, str(number))]
            if number < layers:
                np.testing.assert_allclose(np.array(own, float), arrays[f"activations_{position}_{number}"], rtol=1e-3)
            else:
                assert own == []


@pytest.mark.parametrize("content", [None, b"not an archive"])
def test_a_file_without_activations_is_named(tmp_path, capsys, content):
    path = tmp_path / "runs" / "NCI1" / "gmn" / "seed-00.activations.npz"
    path.parent.mkdir(parents=True)
    if content is None:
        np.savez(path, other=np.zeros(1))
    else:
        path.write_bytes(content)
    arguments = ["--activations", str(path), *PUBLISHED, "--out", str(tmp_path / "x.csv")]
    assert main(["tabulate", "figure_5", *arguments]) == 1
    assert f"{path} does not hold activations" in capsys.readouterr().err


def test_variance_within_columns_by_its_definition():
    values = np.random.default_rng(0).normal(size=(6, 9)) + np.arange(9)
    within = sum(((column - column.mean()) ** 2).sum() for column in values.T)
    assert Matrix(0, 0, values).within_columns == pytest.approx(within / ((values - values.mean()) ** 2).sum())
    assert Matrix(0, 0, np.tile(np.arange(4.0), (3, 1))).within_columns == 0
    assert np.isnan(Matrix(0, 0, np.ones((3, 4))).within_columns)


def test_numbers_name_layers_and_matrices(tmp_path):
    path, arrays = activations(tmp_path, "gmn", [(5, 8), (3, 4)])
    cells = cell(tmp_path, "gmn", [[layer(30, 0.5, 0.25)], [layer(32, 0.7, 0.35)]])
    out = tmp_path / "tables" / "homogeneity.csv"
    grid = ["--methods", "gmn,graclus", "--datasets", "NCI1"]
    run("tabulate", "homogeneity", "--cells", cells, *grid, *PUBLISHED, "--out", out)
    tables = [out, tabulate(tmp_path, "figure_6", path, methods="gmn,graclus")]
    run("numbers", "--tables", *tables, "--out", tmp_path / "numbers.json")
    numbers = json.loads((tmp_path / "numbers.json").read_text())["numbers"]
    share = numbers["homogeneity.NCI1.gmn.layer-0.share"]
    assert (share["text"], share["sources"]) == ("0.600", {"table": "tables/homogeneity.csv", "cells": ["NCI1/gmn"]})
    matrix = "figure_6.NCI1.gmn.graph-3.layer-1"
    assert numbers[f"{matrix}.matrix_rows"]["text"] == "4"
    assert numbers[f"{matrix}.least"]["value"] == pytest.approx(arrays["activations_1_1"].min(), rel=1e-3)
    assert not [name for name in numbers if "nan" in name]


def test_the_table_of_a_figure_gives_its_matrices_back(tmp_path):
    path, _ = activations(tmp_path, "gmn", [(5, 8), (3, 4)])
    rows = pd.read_csv(tabulate(tmp_path, "figure_6", path, methods="gmn"))
    assert [(one.graph, one.layer, one.values.shape) for one in matrices(rows)] == [
        (7, 0, (5, 8)), (7, 1, (3, 4)), (3, 0, (6, 8)), (3, 1, (4, 4)),
    ]  # fmt: skip
