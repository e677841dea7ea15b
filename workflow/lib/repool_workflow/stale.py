"""Tables that stand for other runs than this configuration's, where nothing that Snakemake remembers says so.

Snakemake makes a missing file only for a job that has to run, and a job has to run by what `.snakemake` remembers. So
results that came from elsewhere, or rerun triggers that go by time alone, would be shown as they are. A training whose
file is missing (its name says what trains, by which code) while its cell has tables is therefore asked for by name.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from repool_workflow import grid


def runs_of(workflow: Any, config: dict[str, Any]) -> Callable[[Any], list[str]]:
    """The input function of what is collected from the runs of a cell."""

    def runs(wildcards: Any) -> list[str]:
        return runs_of_cell(workflow, config, wildcards.dataset, wildcards.method)

    return runs


def runs_of_dataset(workflow: Any, config: dict[str, Any]) -> Callable[[Any], list[str]]:
    """The input function of what is collected from the runs of a dataset."""

    def runs(wildcards: Any) -> list[str]:
        methods = grid.trained_methods(config, wildcards.dataset)
        return [file for method in methods for file in runs_of_cell(workflow, config, wildcards.dataset, method)]

    return runs


def runs_of_cell(workflow: Any, config: dict[str, Any], dataset: str, method: str) -> list[str]:
    """What holds the runs of a cell; asked for by name where it is missing and the cell has tables."""
    files = grid.run_files(config, dataset, method)
    if any(Path(table).exists() for table in grid.cell_tables(config, dataset, method)):
        workflow.dag.forcefiles.update(file for file in files if not Path(file).exists())
    return files
