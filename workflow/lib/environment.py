"""What every job inherits: this Python and this package, and the mirror of the configuration."""

import os
import sys
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "src"


def export(config: dict[str, Any]) -> None:
    """Set PATH, PYTHONPATH and REPOOL_MIRROR for the jobs (where and how they run, never what they compute).

    Rules say `python`: it is the one that runs Snakemake, whether or not its environment is activated, or that of a
    conda environment; either way it finds this checkout's package. A mirror that is already in the environment wins
    over the configuration's.
    """
    _put_first("PATH", Path(sys.executable).parent)
    _put_first("PYTHONPATH", SOURCE)
    if config["mirror"]:
        os.environ.setdefault("REPOOL_MIRROR", str(Path(config["mirror"]).resolve()))


def _put_first(variable: str, folder: Path) -> None:
    """Put a folder before the others of a search path, once."""
    others = [path for path in os.environ.get(variable, "").split(os.pathsep) if path and path != str(folder)]
    os.environ[variable] = os.pathsep.join([str(folder), *others])
