"""Where the project's own files are, whatever the working folder is; results and the page are of the working folder."""

import os
from pathlib import Path

# Where the package is not run from a checkout (a wheel, a conda environment) the workflow says where it is.
VARIABLE = "REPOOL_PROJECT"


def project() -> Path:
    """The folder of the project: of the workflow that runs, else this checkout, else the working one."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "config" / "paper.yaml").is_file() else Path.cwd()


def project_file(path: str) -> Path:
    """A file of the project; relative in the project's own folder, so that messages name no path of a machine."""
    folder = project()
    return Path(path) if Path.cwd() == folder.resolve() else folder / path
