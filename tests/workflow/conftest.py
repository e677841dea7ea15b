"""A small copy of the project, run once for real, and what Snakemake plans in it after a change."""

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]

TINY = {
    "name": "tiny",
    "seeds": 2,
    "seeds_per_job": 1,
    "training": {"max_epochs": 1},
    "artifacts": {
        "figure_1": {"datasets": ["MUTAG"]},
        "table_1": {"datasets": ["MUTAG"]},
        "table_3": {"datasets": []},
        "global_mean_pooling": {"datasets": ["MUTAG"]},
        "table_s1": {"datasets": ["MUTAG"]},
    },
}


class Project:
    """A checkout of its own with the tiny configuration."""

    def __init__(self, folder: Path):
        self.folder = folder
        for part in ("workflow", "config", "src", "report", "envs"):
            ignored = shutil.ignore_patterns("__pycache__", "*.html")
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        self.write_config({})

    def write_config(self, changes: dict) -> None:
        text = yaml.safe_dump({**TINY, **changes})
        (self.folder / "config" / "tiny.yaml").write_text(text)

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "snakemake", *arguments, "--configfile", "config/tiny.yaml"]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True)

    def planned(self, *targets: str) -> list[tuple[str, str]]:
        """(rule, method or dataset or artifact) of every job that Snakemake would run, sorted."""
        result = self.snakemake(*targets, "--dry-run", "--cores", "2")
        assert result.returncode == 0, result.stdout + result.stderr
        jobs: list[list[str]] = []
        for line in (result.stdout + result.stderr).splitlines():
            if rule := re.fullmatch(r"\s*(?:local)?rule (\w+):", line):
                jobs.append([rule[1]])
            elif jobs and (wildcards := re.match(r"\s+wildcards: (.*)", line)):
                values = dict(pair.split("=") for pair in wildcards[1].split(", "))
                jobs[-1] += [values[name] for name in ("dataset", "method", "artifact") if name in values]
        return sorted((rule, "/".join(identity)) for rule, *identity in jobs)

    @contextlib.contextmanager
    def edited(self, path: str, old: str, new: str) -> Iterator[None]:
        """Replace text in a file, and put it back afterwards."""
        file = self.folder / path
        original = file.read_text()
        assert old in original, f"{path} does not hold {old!r}"
        file.write_text(original.replace(old, new))
        try:
            yield
        finally:
            file.write_text(original)

    @contextlib.contextmanager
    def configured(self, **changes: object) -> Iterator[None]:
        """Change the configuration, and put it back afterwards."""
        self.write_config(changes)
        try:
            yield
        finally:
            self.write_config({})


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """The project after a whole run."""
    project = Project(tmp_path_factory.mktemp("project"))
    result = project.snakemake("--cores", "2")
    assert result.returncode == 0, result.stdout + result.stderr
    return project
