"""A small copy of the project, and what Snakemake plans in it after a change."""

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml

from warm_snakemake import snakemake

ROOT = Path(__file__).parents[2]
# What is compiled comes along; not what another process is writing right now, which is gone in a moment.
UNFINISHED = ("*.pyc.*", "*.tmp.*", "*.part")

MUTAG = {"datasets": ["MUTAG"]}
OTHERS = ("IMDB-B", "SMNIST", "ZINC", "IMDB-C", "PROTEINS", "NCI109", "DD", "MOLHIV")
TINY = {
    "name": "tiny",
    "seeds": 1,
    "seeds_per_job": 1,
    "training": {"max_epochs": 1},
    "grids": {"sizes": {"vary": {"layers": [2, 3], "hidden": [16]}}},
    # An artifact that no row below names is left with MUTAG alone, or with nothing: a new one breaks no plan.
    "instead": {"NCI1": "MUTAG", **dict.fromkeys(OTHERS)},
    # Every kind of artifact, and of its methods as few as tell the rebuilds apart.
    "artifacts": {
        "table_1": {"methods": ["gin", "graclus", "complement"], "pairs": ["graclus:gin"]},
        "figure_2": {"methods": ["diffpool", "diffpool-uniform"], "pairs": ["diffpool:diffpool-uniform"]},
        "figure_3": MUTAG,
        "figure_4": {"methods": ["gmn", "gmn-random"], "pairs": ["gmn:gmn-random"]},
        "epoch_times": {**MUTAG, "methods": ["gmn", "gmn-random"]},
        "figure_5": {**MUTAG, "methods": ["complement", "gmn-random"]},
        "homogeneity": {"methods": ["graclus", "complement"], "pairs": ["graclus:complement"]},
        "figure_7": MUTAG,
        "table_2": {"methods": ["graclus", "graclus-one"], "pairs": ["graclus:graclus-one"]},
        "figure_s1": MUTAG,
        **{f"figure_s{number}": {"datasets": []} for number in (3, 6, 7, 10, 11)},
        "appendix_c": {"methods": ["diffpool-invariant", "gmn-random"]},
        "table_s3": {"methods": ["diffpool", "diffpool-uniform"]},
        "global_mean_pooling": {"methods": ["global-mean", "graclus"], "pairs": ["global-mean:graclus"]},
        "table_s5": {"methods": ["mincut", "mincut-random"], "pairs": ["mincut:mincut-random"]},
        "released_code": {"datasets": []},
        "best_epochs": {"methods": ["graclus"]},
    },
}


class Project:
    """A checkout of its own with the tiny configuration."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "Snakefile", folder)
        (folder / "profiles").symlink_to("workflow/profiles")
        ignored = shutil.ignore_patterns("*.html", ".*.sha256", *UNFINISHED)
        for part in ("workflow", "config", "src", "report", "envs", "docs"):
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        self.write_config({})

    @classmethod
    def at(cls, folder: Path) -> "Project":
        """The project that stands in a folder."""
        project = cls.__new__(cls)
        project.folder = Path(folder)
        return project

    def take(self, other: "Project") -> None:
        """Everything that another project made, and what Snakemake remembers of it."""
        for part in ("results", ".snakemake"):
            shutil.copytree(other.folder / part, self.folder / part, symlinks=True)

    def write_config(self, changes: dict) -> None:
        text = yaml.safe_dump({**TINY, **changes})
        (self.folder / "config" / "tiny.yaml").write_text(text)

    def snakemake(self, *arguments: str, configuration: str = "tiny") -> subprocess.CompletedProcess:
        return snakemake([*arguments, "--configfile", f"config/{configuration}.yaml"], self.folder)

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
