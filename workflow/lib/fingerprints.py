"""Which modules each kind of job starts from; what they pick by name at run time is named here."""

from typing import Any

from repool.analysis.artifacts import MODULES, kind
from repool.figures.command import FIGURES
from repool.fingerprint import fingerprint, is_module


def reader_code(source: dict[str, Any]) -> str:
    """Code that prepares a dataset: the common part and the reader of its format, if this version has one."""
    reader = f"datasets.{source['format']}"
    return fingerprint("datasets.prepare", *([reader] if is_module(reader) else []))


def training_code(config: dict[str, Any], method: str) -> str:
    """Code that trains a method: the trainer and the method's model family."""
    return fingerprint("training.run", f"models.{config['methods'][method]['family'].replace('-', '_')}")


def analysis_code(artifact: str) -> str:
    """Code that makes the table of an artifact."""
    return fingerprint(f"analysis.{MODULES[kind(artifact)]}")


def figure_code(artifact: str) -> str:
    """Code that draws a figure."""
    return fingerprint(f"figures.{FIGURES[artifact]}", "figures.style")
