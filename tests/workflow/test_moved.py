"""Where the project lies decides nothing; what Snakemake remembers decides nothing that shows another configuration."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project import Project


@pytest.fixture
def copied(finished, tmp_path) -> Project:
    """The finished project at another place, as rsync would bring it."""
    return Project.at(shutil.copytree(finished.folder, tmp_path / "copy", symlinks=True))


def planned_from(place: Path, snakefile: Path) -> str:
    """What is planned in a working folder, with results of its own, by the Snakefile of another one."""
    words = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--dry-run", "--cores", "2"]
    words += ["--configfile", str(snakefile.parents[1] / "config" / "tiny.yaml")]
    made = subprocess.run(words, cwd=place, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout + made.stderr


def test_a_copied_project_has_nothing_to_do(copied):
    assert copied.planned() == []


def test_a_moved_project_has_nothing_to_do(copied, tmp_path):
    copied.folder.rename(tmp_path / "it's my proj ü")
    assert Project.at(tmp_path / "it's my proj ü").planned() == []


def test_a_link_to_the_project_has_nothing_to_do(finished, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(finished.folder)
    assert Project.at(link).planned() == []
    assert "Nothing to be done" in planned_from(finished.folder, link / "workflow" / "Snakefile")


def test_results_elsewhere_do_not_know_where_the_project_lies(copied, tmp_path):
    """The results of one checkout, with those of another one that took its place."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    arguments = ["--snakefile", str(copied.folder / "workflow" / "Snakefile"), "--directory", str(place)]
    target = "results/tiny/tables/cells/MUTAG/graclus.csv"
    made = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", target, *arguments, "--cores", "2"),
            *("--configfile", str(copied.folder / "config" / "tiny.yaml")),
        ],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    moved = tmp_path / "moved"
    copied.folder.rename(moved)
    words = [sys.executable, "-m", "snakemake", target, "--dry-run", "--cores", "2"]
    words += ["--snakefile", str(moved / "workflow" / "Snakefile"), "--configfile", str(moved / "config" / "tiny.yaml")]
    said = subprocess.run(words, cwd=place, capture_output=True, text=True).stdout
    assert "Nothing to be done" in said, said


@pytest.mark.parametrize("arguments", [[], ["--rerun-triggers", "mtime"]], ids=["no memory", "by time alone"])
def test_records_of_another_configuration_are_trained_again_not_shown(copied, arguments):
    """Results that were copied without `.snakemake`: nothing remembers how they were made."""
    shutil.rmtree(copied.folder / ".snakemake")
    with copied.configured(methods={"complement": {"training": {"learning_rate": 0.01}}}):
        jobs = copied.planned("results/tiny/tables/table_1.csv", *arguments)
    assert [name for rule, name in jobs if rule == "train_block"] == ["MUTAG/complement"]
    assert ("collect_cell", "MUTAG/complement") in jobs
    assert ("tabulate_artifact", "table_1") in jobs


def test_an_older_configuration_again_trains_nothing_that_is_still_there(copied):
    shutil.rmtree(copied.folder / ".snakemake")
    assert [job for job in copied.planned() if job[0] == "train_block"] == []


def test_a_record_that_was_changed_by_hand_does_not_reach_a_table(copied):
    folder = copied.folder / "results" / "tiny"
    record = folder / "runs" / "MUTAG" / "graclus" / "seed-00.json"
    trained = record.read_bytes()
    record.write_text(record.read_text().replace('"seed": 0', '"seed":  0'))
    (folder / "tables" / "cells" / "MUTAG" / "graclus.csv").unlink()
    made = copied.snakemake("results/tiny/tables/cells/MUTAG/graclus.csv", "--cores", "1")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "rule train_block" in made.stdout + made.stderr
    assert record.read_bytes() == trained
