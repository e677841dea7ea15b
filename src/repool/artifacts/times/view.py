"""Seconds per epoch of methods beside what the paper says of them."""

from typing import Any

from repool.analysis.statistics import CONFIDENCE
from repool.artifacts.section import About, View
from repool.artifacts.table import Cell, Column, Group, Table, absent, words
from repool.words import phrases
from repool.words.names import method_label
from repool.words.numerals import Kind, known

COLUMNS = [
    *(Column("Dataset", 0.14), Column("Method", 0.14)),
    *(Column("Seconds per epoch", 0.17, right=True), Column("Relative to the first", 0.17, right=True)),
    *(Column("Paper, at best", 0.1, right=True), Column("Runs", 0.2)),
]
INTERVAL = f"{phrases.percent(CONFIDENCE)} t interval of the logarithms, over blocks of seeds"


def view(about: About) -> View:
    """A row a method and dataset."""
    return View(Table(COLUMNS, [Group([cells(about, row) for row in about.rows.to_dict("records")])]))


def cells(about: About, row: dict[str, Any]) -> list[Cell]:
    """One method on one dataset; pending or failed where it has no time."""
    named, dataset, method = about.row(row), row["dataset"], row["method"]
    data = phrases.data_words([row["status"]])
    head = [words(dataset, below=(data,) if data else ()), words(method_label(method))]
    paper = Cell(named.number("published_relative", Kind.SIGNIFICANT, "share of the first, at best, by the text"))
    if not known(row["seconds_per_epoch"]):
        return [*head, absent(about.seeds.missing(dataset, method), span=2), paper, words("")]
    seconds = named.number("seconds_per_epoch", Kind.SIGNIFICANT, "seconds, median over blocks")
    relative = named.number("relative", Kind.SIGNIFICANT, "ratio to the first, geometric mean over blocks")
    blocks = named.number("blocks", Kind.COUNT, "blocks of seeds, a measurement each")
    behind = about.seeds.behind(named, dataset, method, row["runs"])
    return [
        *head,
        Cell(seconds, below=named.between("low", "high", Kind.SIGNIFICANT, "fastest and slowest block")),
        Cell(relative, below=named.between("relative_low", "relative_high", Kind.SIGNIFICANT, INTERVAL)),
        paper,
        Cell(
            (*behind, ", ", *blocks, " block" if int(row["blocks"]) == 1 else " blocks"),
            below=(row["devices"],) if row["devices"] else (),
        ),
    ]
