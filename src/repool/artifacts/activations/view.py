"""Matrices of activations, in numbers."""

from collections.abc import Iterator

import pandas as pd

from repool.artifacts.activations.table import Matrix, matrices
from repool.artifacts.section import About, View
from repool.artifacts.table import Cell, Column, Group, Table, absent, plain, words
from repool.words import phrases
from repool.words.names import layer_label, method_label
from repool.words.numerals import Kind

COLUMNS = [
    *(Column("Dataset", 0.2), Column("Method", 0.14), Column("Graph", 0.12), Column("Pooling", 0.09)),
    *(Column(head, 0.08, right=True) for head in ("Rows", "Features", "Least", "Greatest")),
    Column("Variance within columns", 0.12, right=True),
]
FIRST = "Matrices with a row for each node or cluster and a column for each feature, darker where lower."


def view(about: About) -> View:
    """A row a matrix."""
    parts = about.rows.groupby(["dataset", "method"], sort=False)
    rows = [row for (dataset, method), part in parts for row in cells(about, str(dataset), str(method), part)]
    return View(Table(COLUMNS, [Group(rows)]), " ".join([FIRST, *map(sentence, rows)]))


def cells(about: About, dataset: str, method: str, part: pd.DataFrame) -> Iterator[list[Cell]]:
    """The matrices of one cell, or that it has none."""
    data = phrases.data_words(part["status"])
    head = [words(dataset, below=(data,) if data else ()), words(method_label(method))]
    found = matrices(part)
    if not found:
        yield [*head, absent(str(part["status"].iloc[0]), span=7)]
    for matrix in found:
        yield [*head, *shown(about, dataset, method, matrix)]
        head = [words(dataset), head[1]]


def shown(about: About, dataset: str, method: str, matrix: Matrix) -> list[Cell]:
    """One matrix."""
    ends = [f"graph-{matrix.graph}", f"layer-{matrix.layer}"]
    row = about.row({"dataset": dataset, "method": method}, method, *ends)
    height, width = matrix.values.shape
    within = row.number("within_columns", Kind.AVERAGE, "share of the variance of its entries", matrix.within_columns)
    return [
        words(f"graph {matrix.graph}"),
        words(layer_label(matrix.layer)),
        Cell(row.number("matrix_rows", Kind.COUNT, "nodes or clusters", height)),
        Cell(row.number("matrix_width", Kind.COUNT, "features", width)),
        Cell(row.number("least", Kind.SIGNIFICANT, "least entry", float(matrix.values.min()))),
        Cell(row.number("greatest", Kind.SIGNIFICANT, "greatest entry", float(matrix.values.max()))),
        Cell(within),
    ]


def sentence(row: list[Cell]) -> str:
    """One matrix in words, for those who cannot see the figure."""
    dataset, method, graph, *rest = (plain(cell.text) for cell in row)
    if not rest:
        return f"{dataset}, {method}: {graph}."
    layer, height, _, least, greatest, within = rest
    rows = "1 row" if height == "1" else f"{height} rows"
    return (
        f"{dataset}, {method}, {graph}, {layer}: {rows}, from {least} to {greatest}; "
        f"of the variance, {within or 'none'} lies within columns."
    )
