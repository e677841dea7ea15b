"""A page of what there is, while other runs are missing."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from made import write_record
from project import Project

from repool.canonical import digest


@pytest.fixture(scope="module")
def unfinished(finished, tmp_path_factory) -> Project:
    """The finished project after it lost what two methods gave, and records were damaged in every way."""
    project = Project(tmp_path_factory.mktemp("unfinished"))
    for part in ("results", ".snakemake"):
        shutil.copytree(finished.folder / part, project.folder / part, symlinks=True)
    runs = project.folder / "results" / "tiny" / "runs" / "MUTAG"
    shutil.rmtree(runs / "complement")
    shutil.rmtree(runs / "gmn-random")
    change(runs / "gin", code="0" * 16)
    change(runs / "mincut", spec={"dataset": "MUTAG"}, spec_sha256=digest({"dataset": "MUTAG"}))
    change(runs / "mincut-random", data_sha256="0" * 64)
    edited = runs / "graclus-one" / "seed-00.json"
    edited.write_text(edited.read_text().replace('"test": 0.', '"test": 0.0'))
    (runs / "diffpool" / "seed-00.json").write_text("{")
    curves = json.loads((runs / "diffpool-lambda-1000" / "seed-00.json").read_text())["curves"]
    change(runs / "diffpool-lambda-1000", curves={**curves, "validation_loss": []})
    (runs / "global-mean" / "seed-00.timing.json").unlink()
    (runs / "diffpool-normal" / "seed-00.timing.json").write_text('{"seconds": "fast"}')
    (runs / "graclus-layers-2-hidden-16" / "seed-00.activations.npz").write_bytes(b"PK")
    return project


def change(folder: Path, **changes: object) -> None:
    """Another record in place of the first one, as sound as it can be."""
    path = folder / "seed-00.json"
    write_record(path, json.loads(path.read_text()) | changes)


@pytest.fixture(scope="module")
def shown(unfinished) -> str:
    result = unfinished.snakemake("--cores", "2", "--config", "partial=True")
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def test_nothing_is_prepared_or_trained(shown, unfinished):
    assert "train_block" not in shown
    assert "prepare_dataset" not in shown
    assert not (unfinished.folder / "results" / "tiny" / "runs" / "MUTAG" / "complement").exists()


@pytest.mark.usefixtures("shown")
def test_what_is_missing_is_pending(unfinished):
    assert "pending (0 of 1)" in (unfinished.folder / "report" / "paper.html").read_text()
    scores = pd.read_csv(unfinished.folder / "results" / "tiny" / "tables" / "table_1.csv").set_index("method")
    mutag = scores[scores["dataset"] == "MUTAG"]
    assert mutag["status"].to_dict() == {"gin": "pending", "graclus": "embedded", "complement": "pending"}


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(
    ("words", "methods"),
    [
        ("1 record left out: trained by other code", ["GIN"]),
        ("1 record left out: trained with another specification", ["MinCutPool"]),
        ("1 record left out: trained on other data than were prepared", ["N-MinCutPool"]),
        (
            "3 records left out: damaged, or changed after it was written",
            ["GRACLUS, one convolution", "DiffPool", "DiffPool, λ = 1000"],
        ),
        ("1 record left out: its timing is missing", ["Global mean"]),
        ("1 record left out: its timing is damaged", ["N-DiffPool"]),
        ("1 record left out: its activations are damaged", ["GRACLUS (layers 2, hidden 16)"]),
    ],
)
def test_what_is_left_out_is_on_the_page_with_its_cells(unfinished, words, methods):
    page = (unfinished.folder / "report" / "paper.html").read_text()
    _, _, after = page.partition(f"<summary>{words}</summary>")
    listed, _, _ = after.partition("</details>")
    assert sorted(line.strip() for line in listed.splitlines() if "<li>" in line) == sorted(
        f"<li>MUTAG, {method}: seeds 0</li>" for method in methods
    )


def test_a_missing_card_is_named_and_does_not_stop_the_page(finished, tmp_path):
    project = Project(tmp_path)
    results = shutil.copytree(finished.folder / "results", tmp_path / "results", symlinks=True)
    (results / "tiny" / "data" / "MUTAG" / "card.json").unlink()
    result = project.snakemake("--cores", "2", "--config", "partial=True")
    assert result.returncode == 0, result.stdout + result.stderr
    page = (tmp_path / "report" / "paper.html").read_text()
    assert "MUTAG (not there)." in page
    assert re.search(r"\b0 of \d+ configured runs are on this page", re.sub(r"<[^>]*>", "", page))
    assert "left out: the dataset has no card that can be read" in page


def test_all_runs_there_make_the_same_page(finished):
    assert finished.planned("--config", "partial=True") == []
