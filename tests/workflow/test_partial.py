"""A page of what there is, while other runs are missing."""

import json
import shutil

import pandas as pd
import pytest
from project import Project


@pytest.fixture(scope="module")
def unfinished(finished, tmp_path_factory) -> Project:
    """The finished project after it lost what two methods gave, and got a record of other code."""
    project = Project(tmp_path_factory.mktemp("unfinished"))
    for part in ("results", ".snakemake"):
        shutil.copytree(finished.folder / part, project.folder / part)
    runs = project.folder / "results" / "tiny" / "runs" / "MUTAG"
    shutil.rmtree(runs / "complement")
    shutil.rmtree(runs / "gmn-random")
    record = json.loads((runs / "gin" / "seed-00.json").read_text())
    (runs / "gin" / "seed-00.json").write_text(json.dumps({**record, "code": "0" * 64}))
    return project


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


def test_records_of_other_code_are_left_out_and_counted(shown):
    assert "partial: 1 records of another spec or other training code are left out." in shown


def test_all_runs_there_make_the_same_page(finished):
    assert finished.planned("--config", "partial=True") == []
