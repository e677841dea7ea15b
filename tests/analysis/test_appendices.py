"""Appendices C and D: what the paper says of a network beside what its runs do."""

import csv
from pathlib import Path

import pytest
from made import make_card, make_cell, make_record

from repool.cli import main

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "config" / "published.yaml"


def tabulate(folder: Path, artifact: str, cells: list[Path], methods: str, margins: str) -> list[dict[str, str]]:
    out = folder / f"{artifact}.csv"
    arguments = ["--cells", *cells, "--methods", methods, "--datasets", "ZINC", "--margins", margins]
    command = ["tabulate", artifact, *arguments, "--published", PUBLISHED, "--out", out]
    assert main([str(part) for part in command]) == 0
    with out.open(newline="") as file:
        return list(csv.DictReader(file))


def cell(folder: Path, method: str, *permutations: float) -> Path:
    checks = {seed: (value, "", "") for seed, value in enumerate(permutations)}
    return make_cell(folder, "ZINC", method, dict.fromkeys(checks, 0.4), metric="mae", checks=checks)


def test_a_network_is_invariant_where_every_run_is_and_agrees_where_the_paper_speaks(tmp_path):
    cells = [
        cell(tmp_path, "diffpool-invariant", 1e-7, 3e-6),
        cell(tmp_path, "gmn-distance", 1e-7, 0.02),
        cell(tmp_path, "diffpool-normal", 0.3, 1e-7),
        cell(tmp_path, "gmn-random", 0.3),
    ]
    methods = "diffpool-invariant,gmn-distance,diffpool-normal,gmn-random,graclus"
    rows = tabulate(tmp_path, "appendix_c", cells, methods, '{"permutation": 0.0001}')
    shown = ("method", "runs", "largest", "invariant", "expected", "agrees", "status")
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("diffpool-invariant", "2", "3e-06", "yes", "yes", "yes", "exact"),
        ("gmn-distance", "2", "0.02", "no", "yes", "no", "exact"),
        ("diffpool-normal", "2", "0.3", "no", "no", "yes", "exact"),
        ("gmn-random", "1", "0.3", "no", "", "", "exact"),
        ("graclus", "0", "", "", "no", "", "pending"),
    ]
    assert rows[0]["source"] == "theorem 1"


def test_identical_keys_leave_zero_whichever_sign_rounding_has(tmp_path):
    checks = {0: ("", 0.2, -2e-6), 1: ("", 0.4, 1e-6)}
    cells = [make_cell(tmp_path, "ZINC", "gmn", {0: 0.4, 1: 0.4}, metric="mae", checks=checks)]
    arguments = (tmp_path, "appendix_d", cells, "gmn,gmn-period-2")
    row, pending = tabulate(*arguments, '{"divergence_identical": 0.0001}')
    assert (row["learned_least"], row["identical"], row["zero"]) == ("0.2", "2e-06", "yes")
    assert float(row["learned"]) == pytest.approx(0.3)
    assert (pending["runs"], pending["zero"], pending["status"]) == ("0", "", "pending")
    row, _ = tabulate(*arguments, '{"divergence_identical": 1e-6}')
    assert row["zero"] == "no"


def test_a_record_gives_its_checks_to_the_cell_table(tmp_path):
    inside = [
        {"homogeneity": [], "permutation": 1.5e-7, "divergence": {"learned": 0.25, "identical": -1e-8}},
        {"homogeneity": [], "permutation": 0.5, "divergence": None},
    ]
    records = [make_record(tmp_path, seed, 0.5, inside=seen) for seed, seen in enumerate(inside)]
    out = tmp_path / "cell.csv"
    command = ["collect", "--records", *records, "--card", make_card(tmp_path), "--out", out]
    assert main([str(part) for part in command]) == 0
    found = [
        tuple(row[name] for name in ("permutation", "divergence_learned", "divergence_identical"))
        for row in csv.DictReader(out.read_text().splitlines())
    ]
    assert found == [("1.5e-07", "0.25", "-1e-08"), ("0.5", "", "")]
