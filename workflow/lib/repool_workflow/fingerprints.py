"""Which modules each kind of job starts from; what they pick by name at run time is named here."""

from typing import Any

from repool.analysis.artifacts import MODULES, kind
from repool.figures.command import FIGURES
from repool.fingerprint import fingerprint, is_module


def reader_code(source: dict[str, Any]) -> str:
    """Code that prepares a dataset: what describes and writes it, and the reader of its format, if there is one.

    Not how its files are fetched: they are verified by their content, whatever way they came.
    """
    reader = f"datasets.{source['format']}"
    return fingerprint("datasets.card", "datasets.arrays", *([reader] if is_module(reader) else []))


def analysis_code(artifact: str) -> str:
    """Code that makes the table of an artifact."""
    return fingerprint(f"analysis.{MODULES[kind(artifact)]}")


def figure_code(artifact: str) -> str:
    """Code that draws a figure."""
    return fingerprint(f"figures.{FIGURES[artifact]}", "figures.style")
