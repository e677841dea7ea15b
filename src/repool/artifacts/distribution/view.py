"""A figure of distributions: its numbers, and what it shows in words."""

from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.table import Cell, Column, Group, Table, absent, plain, words
from repool.words import phrases
from repool.words.names import method_label
from repool.words.numerals import Kind

# What is printed of the runs of a cell: its column in numbers.json, how it is computed, and what it is.
STATISTICS = {
    "Least": ("low", "min"),
    "Median": ("median", "median"),
    "Mean": ("mean", "mean"),
    "Greatest": ("high", "max"),
}
COLUMNS = [
    *(Column("Dataset", 0.28), Column("Method", 0.18), Column("Seeds", 0.15)),
    *(Column(name, 0.085, right=True) for name in STATISTICS),
]


def view(about: About) -> View:
    """Five numbers a cell."""
    rows, sentences = [], []
    for (dataset, method), cell in about.rows.groupby(["dataset", "method"], sort=False):
        shown = cells(about, {"dataset": dataset, "method": method, "metric": cell["metric"].iloc[0]}, cell)
        rows.append(shown)
        sentences.append(sentence(shown))
    return View(Table(COLUMNS, [Group(rows)]), " ".join(sentences))


def cells(about: About, head: dict[str, Any], cell: pd.DataFrame) -> list[Cell]:
    """The fields of one cell."""
    row, values = about.row(head), cell["test"].dropna()
    label = ". ".join(filter(None, [phrases.label(head["metric"]), phrases.data_words(cell["status"])]))
    shown = [words(head["dataset"], below=(label,)), words(method_label(head["method"]))]
    if values.empty:
        return [*shown, absent(about.seeds.missing(head["dataset"], head["method"]), span=5)]
    state = about.seeds.state(row, head["dataset"], head["method"], len(values))
    return [
        *(*shown, Cell(state)),
        *(
            Cell(row.number(column, Kind.SCORE, f"{name.lower()} of the runs", values.agg(how)))
            for name, (column, how) in STATISTICS.items()
        ),
    ]


def sentence(shown: list[Cell]) -> str:
    """One cell in words, for those who cannot see the figure."""
    dataset, method, state, *numbers = shown
    what = f"{plain(dataset.text)} ({plain(dataset.below)}), {plain(method.text)}"
    if not numbers:
        return f"{what}: {plain(state.text)}."
    least, median, _, greatest = (plain(number.text) for number in numbers)
    return f"{what}: median {median}, from {least} to {greatest}, {plain(state.text)} runs."
