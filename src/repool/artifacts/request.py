"""What one call of `tabulate` is asked for: the files and the configuration's words about an artifact."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repool.analysis.grid import Grid


@dataclass(frozen=True)
class Request:
    """The input of every kind of table.

    Attributes:
        artifact: its name.
        grid: methods and datasets as configured.
        published: the paper's numbers (published.yaml).
        cells: cell tables, a row a seed.
        cards: cards of the datasets.
        curves: tables of curves, for kind `curves`.
        summaries: JSON of the cells (spec, devices), for kinds `hyperparameters` and `times`.
        activations: embeddings of three graphs, a file a cell, for kind `activations`.
        sizes: combinations of a grid, `{"layers", "hidden", "first", "second"}`, for kind `gaps`.
        margins: by measure, for kinds that hold something against one.
        out: the table to write.
    """

    artifact: str
    grid: Grid
    published: Path
    cells: Sequence[Path]
    cards: Sequence[Path]
    curves: Sequence[Path]
    summaries: Sequence[Path]
    activations: Sequence[Path]
    sizes: Sequence[dict[str, Any]]
    margins: dict[str, float]
    out: Path
