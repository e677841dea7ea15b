"""What a page is made of, read and checked: a page shows whatever there is, and refuses what it does not know."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from repool.analysis import comparison, dataset_table, paired, scores
from repool.analysis.files import read_json, read_table
from repool.errors import UserError, nearest

DISTRIBUTION, COMPARISON, DATASETS = "distribution", "comparison", "datasets"
# In the order of the paper.
ARTIFACTS = {
    "figure_1": DISTRIBUTION,
    "table_1": COMPARISON,
    "global_mean_pooling": COMPARISON,
    "table_3": COMPARISON,
    "table_s1": DATASETS,
}
COLUMNS = {
    DISTRIBUTION: (scores.COLUMNS, scores.TEXT),
    COMPARISON: (comparison.COLUMNS, comparison.TEXT),
    DATASETS: (dataset_table.COLUMNS, dataset_table.TEXT),
}
RUN_INFO = ("configuration", "file", "seeds", "cells", "rebuild")


@dataclass(frozen=True)
class Table:
    """A table as read, and the bytes of its file, which the page offers for download."""

    rows: pd.DataFrame
    content: bytes


@dataclass(frozen=True)
class RunInfo:
    """What the configuration asks for.

    Attributes:
        configuration, file: its name and path.
        seeds: all of them.
        cells: methods of each dataset, in order.
        rebuild: the command that rebuilds ARTIFACT.
    """

    configuration: str
    file: str
    seeds: list[int]
    cells: dict[str, list[str]]
    rebuild: str


@dataclass(frozen=True)
class Caption:
    """A title and paragraphs of plain text."""

    title: str
    paragraphs: list[str]


@dataclass(frozen=True)
class Inputs:
    """All inputs by artifact; cards by dataset; cell summaries by dataset and method."""

    tables: dict[str, Table]
    tests: dict[str, Table]
    figures: dict[str, str]
    pdfs: dict[str, bytes]
    cards: dict[str, dict[str, Any]]
    cells: dict[tuple[str, str], dict[str, Any]]
    run: RunInfo
    captions: dict[str, Caption]


def read_inputs(
    *,
    tables: Sequence[Path],
    tests: Sequence[Path],
    figures: Sequence[Path],
    cards: Sequence[Path],
    cells: Sequence[Path],
    run_info: str,
    captions: Path,
) -> Inputs:
    """Read all files; UserError names a file that is missing, broken, or of an artifact that no page has."""
    found = {artifact(path): path for path in tables}
    summaries = [read_json(path) for path in cells]
    return Inputs(
        tables={name: table(path, *COLUMNS[ARTIFACTS[name]]) for name, path in found.items()},
        tests={artifact(path): table(path, paired.COLUMNS, paired.TEXT) for path in tests},
        figures={artifact(path): read_text(path) for path in figures if path.suffix == ".svg"},
        pdfs={artifact(path): path.read_bytes() for path in figures if path.suffix == ".pdf"},
        cards={card["dataset"]: card for card in map(read_json, cards)},
        cells={(cell["dataset"], cell["method"]): cell for cell in summaries},
        run=read_run_info(run_info),
        captions={name: read_caption(captions / f"{name}.txt") for name in found},
    )


def artifact(path: Path) -> str:
    """The artifact that a file is named after."""
    if path.stem not in ARTIFACTS:
        raise UserError(f"{path} is not named after an artifact. {nearest(path.stem, ARTIFACTS)}")
    return path.stem


def table(path: Path, columns: Sequence[str], text: Sequence[str]) -> Table:
    """A table and its bytes."""
    return Table(read_table(path, columns, text), path.read_bytes())


def read_text(path: Path) -> str:
    """The text of a file."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None


def read_run_info(source: str) -> RunInfo:
    """What was configured, from a JSON file or from the JSON text itself."""
    try:
        given = json.loads(source) if source.lstrip().startswith("{") else read_json(Path(source))
    except ValueError as error:
        raise UserError(f"--run-info is not valid JSON ({error}).") from None
    for key in given:
        if key not in RUN_INFO:
            raise UserError(f"{key} is not a key of --run-info. {nearest(key, RUN_INFO)}")
    missing = [key for key in RUN_INFO if key not in given]
    if missing:
        raise UserError(f"--run-info has no {', '.join(missing)}.")
    cells = {cell["dataset"]: list(cell["methods"]) for cell in given["cells"]}
    return RunInfo(given["configuration"], given["file"], list(given["seeds"]), cells, given["rebuild"])


def read_caption(path: Path) -> Caption:
    """A caption: the first paragraph is the title, the others are the text."""
    paragraphs = [" ".join(part.split()) for part in read_text(path).split("\n\n") if part.strip()]
    if not paragraphs:
        raise UserError(f"{path} is empty: its first paragraph is the title of the artifact.")
    return Caption(paragraphs[0], paragraphs[1:])
