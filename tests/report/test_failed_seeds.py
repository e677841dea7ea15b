"""A seed that failed is counted wherever its cell is shown, with its reason, and is a number nowhere."""

import csv
import re
from pathlib import Path

import made_kinds
import pytest
from digits import unnamed
from made_page import make_page

from repool.artifacts.states import Seeds

BROKEN = {"NCI1": {"broken": {"graclus": 1, "complement": 3}}}
WHY = "the training loss is nan in epoch 4, batch 3 of 12"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    make_page(folder, BROKEN)
    return folder


@pytest.fixture(scope="module")
def page(folder) -> str:
    return (folder / "paper.html").read_text()


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def section(page: str, name: str) -> str:
    return page.partition(f'<section id="{name.replace("_", "-")}"')[2].partition("</section>")[0]


@pytest.mark.parametrize("artifact", ["figure_1", "table_1"])
def test_an_artifact_counts_failed_seeds_and_opens_to_the_reason(page, artifact):
    shown = section(page, artifact)
    assert re.search(r"2 of 3, 1 failed", shown)
    assert "failed (3 of 3)" in shown
    assert "pending" not in shown
    assert f"seed 2 failed: {WHY}" in shown.partition("<details")[2]


def test_the_top_of_the_page_counts_them(page):
    shown = re.sub(r"</?data[^>]*>", "", section(page, "what-was-run"))
    assert "5 of 9 configured runs are on this page; 4 failed." in shown
    assert "<summary>2 of 3, 1 failed</summary>" in shown
    assert "<summary>failed (3 of 3)</summary>" in shown
    assert f"seed 0 failed: {WHY}" in shown


def test_every_cell_names_its_failed_seeds(page):
    shown = section(page, "cells")
    assert "NCI1, GRACLUS: 2 of 3, 1 failed" in shown
    assert f"Seed 2 failed: {WHY}. It counts nowhere as a score." in shown
    assert "<code>python -m repool retry NCI1 graclus --configuration " in shown


def test_a_failure_is_no_number_and_needs_no_name(page):
    assert unnamed(page) == []


def test_a_table_of_scores_says_failed_and_has_no_number(folder):
    score = {row["method"]: row for row in rows(folder / "tables" / "table_1.csv") if row["dataset"] == "NCI1"}
    assert (score["complement"]["status"], score["complement"]["runs"], score["complement"]["mean"]) == (
        "failed",
        "0",
        "",
    )
    assert (score["graclus"]["status"], score["graclus"]["runs"]) == ("exact", "2")


def test_a_distribution_has_a_row_without_a_score_for_each_of_them(folder):
    found = [
        (row["method"], row["seed"], row["status"])
        for row in rows(folder / "tables" / "figure_1.csv")
        if not row["test"]
    ]
    assert found == [("graclus", "2", "failed"), *(("complement", str(seed), "failed") for seed in range(3))]
    picture = (folder / "figures" / "figure_1.svg").read_text()
    assert "n = 2, 1 failed" in picture
    assert "3 failed" in picture


def test_paired_tests_have_no_pair_with_them(folder):
    (row,) = rows(folder / "tests" / "table_1.csv")
    assert (row["number_of_pairs"], row["status"], row["verdict_allowed"]) == ("0", "failed", "False")
    assert (row["first_failed"], row["second_failed"]) == ("1", "3")


def test_a_cell_that_did_not_run_is_pending_beside_one_that_failed(tmp_path):
    make_page(tmp_path, {"NCI1": {"failed": ["complement"], "broken": {"graclus": 3}}})
    score = {
        row["method"]: row["status"] for row in rows(tmp_path / "tables" / "table_1.csv") if row["dataset"] == "NCI1"
    }
    assert (score["graclus"], score["complement"]) == ("failed", "pending")
    (row,) = rows(tmp_path / "tests" / "table_1.csv")
    assert row["status"] == "pending", "complement has still to run"


def test_ranks_name_the_seeds_that_failed(tmp_path, monkeypatch):
    of_the_table = [line for line in made_kinds.RANKS.splitlines() if not line.startswith("global-mean")]
    monkeypatch.setattr(made_kinds, "RANKS", "\n".join([*of_the_table, ""]))
    shown = make_page(tmp_path, {"NCI1": {"broken": {"graclus": 1}}}, kinds=True).read_text()
    assert "Seeds that failed and are in no rank: 1 of GRACLUS on NCI1." in shown


def test_pairs_count_the_seeds_that_failed_with_either_method():
    seeds = Seeds(3, {("NCI1", "graclus"): 2})
    assert (
        "".join(seeds.paired(("1",), "NCI1", {"graclus": "GRACLUS", "gin": "GIN"})) == "1 pair, 2 failed with GRACLUS"
    )
