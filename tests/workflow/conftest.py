"""A small copy of the project, run once for real."""

import pytest
from project import Project


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """The project after a whole run."""
    project = Project(tmp_path_factory.mktemp("project"))
    result = project.snakemake("--cores", "2")
    assert result.returncode == 0, result.stdout + result.stderr
    return project
