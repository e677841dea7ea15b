"""A figure of distributions: its picture, what it shows in words, and its numbers."""

from dataclasses import dataclass

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.states import Seeds
from repool.words import numerals as numbers
from repool.words.names import method_label


@dataclass(frozen=True)
class Spread:
    """The runs of one cell in five numbers; all empty where none has a score."""

    dataset: str
    score: str
    method: str
    runs: str
    least: str
    median: str
    mean: str
    greatest: str


def view(about: About) -> View:
    """Box plots: five numbers a cell."""
    found = spreads(about.rows, about.seeds)
    return View({"spreads": found}, description(found))


def spreads(rows: pd.DataFrame, seeds: Seeds) -> list[Spread]:
    """A summary of each cell of a table made by analysis.scores."""
    return [
        spread(str(dataset), str(method), cell, seeds)
        for (dataset, method), cell in rows.groupby(["dataset", "method"], sort=False)
    ]


def spread(dataset: str, method: str, cell: pd.DataFrame, seeds: Seeds) -> Spread:
    """One cell."""
    name = cell["metric"].iloc[0]
    label = numbers.label(name)
    values = cell["test"].dropna()
    if values.empty:
        return Spread(dataset, label, method_label(method), seeds.state(dataset, method, 0), "", "", "", "")
    least, median, mean, greatest = (
        numbers.score(value, name) for value in (values.min(), values.median(), values.mean(), values.max())
    )
    return Spread(
        dataset, label, method_label(method), seeds.state(dataset, method, len(values)), least, median, mean, greatest
    )


def description(cells: list[Spread]) -> str:
    """The figure in words, for those who cannot see it."""
    sentences = []
    for cell in cells:
        what = f"{cell.dataset} ({cell.score}), {cell.method}"
        if cell.median:
            sentences.append(f"{what}: median {cell.median}, from {cell.least} to {cell.greatest}, {cell.runs} runs.")
        else:
            sentences.append(f"{what}: {cell.runs}.")
    return " ".join(sentences)
