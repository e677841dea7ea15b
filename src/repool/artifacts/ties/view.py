"""What page and PDF show of best epochs that tie."""

from typing import Any

from repool.analysis.statistics import CONFIDENCE
from repool.artifacts.section import About, View, by_dataset
from repool.artifacts.table import Cell, Column, Table, absent, words
from repool.words import phrases
from repool.words.names import method_label
from repool.words.numerals import Kind

COLUMNS = [
    *(Column("Method", 0.2), Column("Seeds", 0.18), Column("With a tie", 0.12, right=True)),
    *(Column("First", 0.14, right=True), Column("Last", 0.14, right=True), Column("Change", 0.22, aligned=True)),
]
INTERVAL = f"{phrases.percent(CONFIDENCE)} t interval of the change, over seeds"


def view(about: About) -> View:
    """Cells, dataset by dataset."""
    return View(Table(COLUMNS, by_dataset(about, cells)))


def cells(about: About, row: dict[str, Any]) -> list[Cell]:
    """One method."""
    named, dataset, method = about.row(row), row["dataset"], row["method"]
    if not row["runs"]:
        return [words(method_label(method)), absent(about.seeds.missing(dataset, method), span=5)]
    return [
        words(method_label(method)),
        Cell(about.seeds.state(named, dataset, method, row["runs"])),
        Cell(named.number("tied_runs", Kind.COUNT, "runs with more than one epoch of the best validation score")),
        Cell(named.number("first_mean", Kind.SCORE, "mean of the test scores at the first best epoch")),
        Cell(named.number("last_mean", Kind.SCORE, "mean of the test scores at the last best epoch")),
        Cell(
            named.number("change", Kind.DIFFERENCE, "last minus first, mean of the runs"),
            note=named.between("change_low", "change_high", Kind.DIFFERENCE, INTERVAL),
        ),
    ]
