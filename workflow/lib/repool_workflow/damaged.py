"""Files that are not as they were written: Snakemake goes by time and would let them stand, so it is told to make them.

Forced are files, not jobs: those whose job nothing asks for stay as they are.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, wraps
from pathlib import Path
from typing import Any

from repool import campaign, outputs
from repool.schemas.block import is_as_trained
from repool_workflow import grid

Inputs = Callable[[Any], Any]


def mending(workflow: Any, config: dict[str, Any]) -> Callable[[Inputs], Inputs]:
    """What wraps the input functions of a plan: before the first of them is asked, all is compared once.

    A job's own process, which plans too, compares nothing.
    """
    found = cache(lambda: damaged(config))

    def mends(function: Inputs) -> Inputs:
        @wraps(function)
        def inputs(wildcards: Any) -> Any:
            if workflow.is_main_process:
                workflow.dag.forcefiles.update(found())
            return function(wildcards)

        return inputs

    return mends


def damaged(config: dict[str, Any]) -> list[str]:
    """Outputs that are not as they were written, and files of blocks whose records are not what was trained."""
    results = Path("results") / config["name"]
    files = outputs.damaged([*outputs.outputs(results), *outputs.papers(Path("report"), [config["name"]])])
    # A partial configuration trains nothing, and says itself which records it leaves out.
    return [*map(str, files), *(() if config["partial"] else _not_as_trained(config))]


def _not_as_trained(config: dict[str, Any]) -> list[str]:
    blocks = [path for cell in campaign.all_cells(config) for path in grid.run_files(config, *cell)]
    there = [path for path in blocks if Path(path).exists()]
    with ThreadPoolExecutor() as pool:
        return [path for path, whole in zip(there, pool.map(is_as_trained, map(Path, there)), strict=True) if not whole]
