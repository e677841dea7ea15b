"""A small copy of the project, run once for real."""

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from project import Project


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """The project after a whole run; one process makes it, and each has a copy of its own."""
    own = tmp_path_factory.getbasetemp()
    whole = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "finished"
    with FileLock(f"{whole}.lock"):
        if not whole.is_dir():
            run_whole(tmp_path_factory.mktemp("project")).folder.rename(whole)
    return Project.at(shutil.copytree(whole, tmp_path_factory.mktemp("finished") / "project", symlinks=True))


def run_whole(folder: Path) -> Project:
    project = Project(folder)
    result = project.snakemake("--cores", "2")
    assert result.returncode == 0, result.stdout + result.stderr
    return project
