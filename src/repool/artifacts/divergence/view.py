"""Appendix D: a check that is computed rather than estimated."""

from typing import Any

from repool.artifacts.section import About, View
from repool.artifacts.table import Cell, Column, Group, Row, Table, absent, words
from repool.words import phrases
from repool.words.names import method_label
from repool.words.numerals import Kind, known

# What is printed of the runs of a cell, and what it is.
NUMBERS = {
    "learned": ("Learned keys, mean", "divergence of a node, mean of the runs"),
    "learned_least": ("Learned keys, least", "divergence of a node, smallest of the runs"),
    "identical": ("Identical keys, largest", "its largest size with identical keys, computed"),
}
COLUMNS = [
    *(Column("Dataset", 0.19), Column("Method", 0.1)),
    *(Column(head, 0.15, right=True) for head, _ in NUMBERS.values()),
    *(Column("Zero", 0.08), Column("Runs", 0.14)),
]


def view(about: About) -> View:
    """A row a cell, and what its numbers are held against."""
    tolerance = Row(about.name, values=about.rows.iloc[0]).number("tolerance", Kind.SIGNIFICANT, "as configured")
    rows = [cells(about, row) for row in about.rows.to_dict("records")]
    return View(Table(COLUMNS, [Group(rows)], below=("Tolerance for zero: ", *tolerance, ".")))


def cells(about: About, row: dict[str, Any]) -> list[Cell]:
    """One cell."""
    named, dataset, method = about.row(row), row["dataset"], row["method"]
    data = phrases.data_words([row["status"]])
    head = [words(dataset, below=(data,) if data else ()), words(method_label(method))]
    if not known(row["identical"]):
        return [*head, absent(about.seeds.missing(dataset, method), span=5)]
    return [
        *head,
        *(Cell(named.number(name, Kind.SIGNIFICANT, what)) for name, (_, what) in NUMBERS.items()),
        words(row["zero"]),
        Cell(about.seeds.behind(named, dataset, method, row["runs"])),
    ]
