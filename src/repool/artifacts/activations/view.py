"""Matrices of activations, in numbers."""

from dataclasses import dataclass

import pandas as pd

from repool.artifacts.activations.table import Matrix, matrices
from repool.artifacts.section import About, View
from repool.words import numerals as numbers
from repool.words.names import layer_label, method_label


@dataclass(frozen=True)
class Shown:
    """One matrix; the numbers are empty, and `graph` says so, for a method that has not run."""

    dataset: str
    method: str
    graph: str
    layer: str
    rows: str
    width: str
    least: str
    greatest: str
    within: str
    status: str


def view(about: About) -> View:
    """A row a matrix."""
    found = activations(about.rows)
    return View({"activations": found}, description(found))


def activations(rows: pd.DataFrame) -> list[Shown]:
    """Every matrix of the table."""
    return [
        one
        for (dataset, method), part in rows.groupby(["dataset", "method"], sort=False)
        for one in cell(str(dataset), method_label(str(method)), part)
    ]


def cell(dataset: str, method: str, part: pd.DataFrame) -> list[Shown]:
    """The matrices of one cell, or that it has none."""
    status = str(part["status"].iloc[0])
    found = matrices(part)
    if not found:
        return [Shown(dataset, method, status, "", "", "", "", "", "", status)]
    return [shown(dataset, method, one, status) for one in found]


def shown(dataset: str, method: str, matrix: Matrix, status: str) -> Shown:
    """One matrix."""
    rows, width = matrix.values.shape
    within = matrix.within_columns
    return Shown(
        dataset=dataset,
        method=method,
        graph=f"graph {matrix.graph}",
        layer=layer_label(matrix.layer),
        rows=numbers.count(rows),
        width=numbers.count(width),
        least=numbers.significant(float(matrix.values.min())),
        greatest=numbers.significant(float(matrix.values.max())),
        within=numbers.fixed(within, 2) if numbers.known(within) else "",
        status=status,
    )


def description(found: list[Shown]) -> str:
    """The figure in words, for those who cannot see it."""
    sentences = ["Matrices with a row for each node or cluster and a column for each feature, darker where lower."]
    for one in found:
        if one.rows:
            rows = "1 row" if one.rows == "1" else f"{one.rows} rows"
            sentences.append(
                f"{one.dataset}, {one.method}, {one.graph}, {one.layer}: {rows}, from {one.least} to {one.greatest}; "
                f"of the variance, {one.within or 'none'} lies within columns."
            )
        else:
            sentences.append(f"{one.dataset}, {one.method}: {one.status}.")
    return " ".join(sentences)
