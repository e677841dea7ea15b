"""Where this project's own files are, whatever the working directory is; results and the page are of that directory."""

from pathlib import Path

PROJECT = Path(__file__).parents[2]


def here(path: str) -> str:
    """A file of this project; relative where Snakemake runs in it, so that commands name no path of a machine."""
    return path if Path.cwd() == PROJECT else str(PROJECT / path)
