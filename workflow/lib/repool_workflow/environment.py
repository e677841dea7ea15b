"""What every job inherits: this Python and this package, and what keeps the machine's own settings out of it."""

import os
import sys
from pathlib import Path
from typing import Any

from repool_workflow.places import PROJECT


def export(config: dict[str, Any], typed_in: Path) -> None:
    """Set the environment of the jobs (where and how they run, never what they compute).

    Rules say `python`: it is the one that runs Snakemake, whether or not its environment is activated, or that of a
    conda environment; either way it finds this checkout's package, and no module of the working folder. A mirror that
    is already in the environment wins over the configuration's.
    """
    _put_first("PATH", Path(sys.executable).parent)
    _put_first("PYTHONPATH", PROJECT / "src")
    os.environ["REPOOL_PROJECT"] = str(PROJECT)
    os.environ["PYTHONSAFEPATH"] = "1"
    mirror = os.environ.get("REPOOL_MIRROR") or config["mirror"]
    if mirror:
        os.environ["REPOOL_MIRROR"] = _folder(mirror, typed_in)


def typed_in(workflow: Any) -> Path:
    """The folder where the command was typed: after `--directory` only the shell's variable knows it."""
    return Path(os.environ.get("PWD", "")).absolute() if workflow.overwrite_workdir else Path.cwd()


def _folder(named: str, typed_in: Path) -> str:
    """The folder that was meant: relative to where the command was typed, or to the working folder.

    It need not be there: what takes raw files from it says so, and everything else goes on without.
    """
    try:
        path = Path(named).expanduser()
    except RuntimeError:
        return named
    meant = [typed_in / path, path.absolute()]
    return str(next((folder.resolve() for folder in meant if folder.is_dir()), meant[0]))


def _put_first(variable: str, folder: Path) -> None:
    """Put a folder before the others of a search path, once."""
    others = [path for path in os.environ.get(variable, "").split(os.pathsep) if path and path != str(folder)]
    os.environ[variable] = os.pathsep.join([str(folder), *others])
