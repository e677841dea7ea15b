"""Which modules each kind of job starts from; what they pick by name at run time is named here."""

from typing import Any

from repool.datasets.brought import version_of
from repool.fingerprint import fingerprint, is_module
from repool.paper import kind
from repool_workflow.mistakes import for_snakemake


@for_snakemake
def reader_code(source: dict[str, Any]) -> str:
    """Code that prepares a dataset: what describes and writes it, and the reader of its format, if there is one.

    Not how its files are fetched: they are verified by their content, whatever way they came. Of graphs that somebody
    brings also the content of the file, or the version of the package.
    """
    reader = f"datasets.{source['format']}"
    code = fingerprint("datasets.card", "datasets.arrays", *([reader] if is_module(reader) else []))
    return f"{code} {version_of(source)}" if source["format"] == "pyg" else code


def analysis_code(artifact: str) -> str:
    """Code that makes the table of an artifact."""
    return fingerprint(f"artifacts.{kind(artifact)}.table")


def page_code(artifacts: list[str], *modules: str) -> str:
    """Code that prints these artifacts: the modules, and the view and the table (its columns) of every kind."""
    names = dict.fromkeys(map(kind, artifacts))
    of_kinds = [f"artifacts.{name}.{part}" for name in names for part in ("table", "view")]
    return fingerprint(*modules, "report.inputs", *of_kinds)


def figure_code(artifact: str) -> str:
    """Code that draws a figure."""
    return fingerprint(f"artifacts.{kind(artifact)}.figure", "figures.picture")
