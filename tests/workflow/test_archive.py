"""Runs that come back from the archive are up to date; a page is made from it where torch is not installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project import Project

from repool.archive.add import add
from repool.archive.store import Archive

GIN = "results/tiny/tables/cells/MUTAG/gin.csv"


@pytest.fixture(scope="module")
def kept(finished, tmp_path_factory) -> Path:
    """The archive of the finished project."""
    folder = tmp_path_factory.mktemp("kept") / "archive"
    assert add(Archive(folder), [finished.folder / "results" / "tiny"]).refused == []
    return folder


@pytest.fixture
def elsewhere(kept, tmp_path, monkeypatch) -> Project:
    """A fresh checkout with the archive in it."""
    project = Project(tmp_path / "elsewhere")
    shutil.copytree(kept, project.folder / "results" / "archive")
    monkeypatch.setenv("PYTHONPATH", str(project.folder / "src"))
    return project


def restore(project: Project, *arguments: str) -> str:
    command = [sys.executable, "-m", "repool", "archive", "restore", "--configfile", "config/tiny.yaml", *arguments]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_restored_runs_are_up_to_date(elsewhere):
    assert ", 0 were there, 0 are to be trained" in restore(elsewhere)
    assert not {"train_block", "prepare_dataset"} & {rule for rule, _ in elsewhere.planned()}


def test_more_seeds_train_only_what_is_missing(elsewhere, finished):
    shutil.copytree(finished.folder / "results" / "tiny" / "data", elsewhere.folder / "results" / "tiny" / "data")
    with elsewhere.configured(seeds=2):
        assert "are to be trained" in restore(elsewhere)
        assert elsewhere.planned(GIN) == [("collect_cell", "MUTAG/gin"), ("train_block", "MUTAG/gin")]


def test_the_page_needs_neither_torch_nor_data(elsewhere, finished, tmp_path, monkeypatch):
    missing = tmp_path / "missing"
    missing.mkdir()
    for package in ("torch", "numba", "rdkit", "skimage", "grakel", "torch_geometric"):
        (missing / f"{package}.py").write_text(f"raise ImportError('{package} is not installed')\n")
    monkeypatch.setenv("PYTHONPATH", str(missing))
    with elsewhere.configured(archive=True):
        made = elsewhere.snakemake("--cores", "2")
        assert made.returncode == 0, made.stdout + made.stderr
        assert "restore_block" in made.stderr + made.stdout
        assert elsewhere.planned() == []
    theirs, ours = (project.folder / "results" / "tiny" / "tables" for project in (finished, elsewhere))
    for table in theirs.glob("*.csv"):
        if table.stem not in ("figure_5", "figure_s2"):  # of activations in half precision
            assert (ours / table.name).read_bytes() == table.read_bytes(), table.name
    assert "configured runs are on this page" in (elsewhere.folder / "report" / "paper.html").read_text()


def test_an_archive_that_was_changed_is_a_sentence(elsewhere):
    cell = next((elsewhere.folder / "results" / "archive" / "records").rglob("*.xz"))
    cell.write_bytes(cell.read_bytes()[:-10])
    with elsewhere.configured(archive=True):
        made = elsewhere.snakemake("--dry-run")
    assert made.returncode == 1
    assert f"{cell.relative_to(elsewhere.folder)} is cut" in made.stdout + made.stderr
    assert "Traceback" not in made.stdout + made.stderr
