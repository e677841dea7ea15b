"""Appendix C: a check that is computed rather than estimated."""

from typing import Any

from repool.artifacts.section import About, View
from repool.artifacts.table import Cell, Column, Group, Row, Table, absent, words
from repool.words import phrases
from repool.words.names import NO, YES, method_label
from repool.words.numerals import Kind, known

WORDS = {YES: "invariant", NO: "not invariant", "": "not stated"}
COLUMNS = [
    *(Column("Method", 0.2), Column("Largest difference", 0.14, right=True), Column("Measured", 0.14)),
    *(Column("By the paper", 0.24), Column("Agree", 0.08), Column("Runs", 0.15)),
]


def view(about: About) -> View:
    """Methods, dataset by dataset, and what their numbers are held against."""
    groups = [
        Group([cells(about, row) for row in part.to_dict("records")], str(dataset), phrases.data_words(part["status"]))
        for dataset, part in about.rows.groupby("dataset", sort=False)
    ]
    tolerance = Row(about.name, values=about.rows.iloc[0]).number("tolerance", Kind.SIGNIFICANT, "as configured")
    return View(Table(COLUMNS, groups, below=("Tolerance: ", *tolerance, ".")))


def cells(about: About, row: dict[str, Any]) -> list[Cell]:
    """One method."""
    named, ran = about.row(row), known(row["largest"])
    difference = named.number("largest", Kind.SIGNIFICANT, "largest difference over the runs, computed")
    measured = [Cell(difference), words(WORDS[row["invariant"]])]
    if not ran:
        measured = [absent(about.seeds.missing(row["dataset"], row["method"]), span=2)]
    return [
        words(method_label(row["method"])),
        *measured,
        words(WORDS[row["expected"]], below=(row["source"],) if row["source"] else ()),
        words(row["agrees"], strong=row["agrees"] == NO),
        Cell(about.seeds.behind(named, row["dataset"], row["method"], row["runs"]) if ran else ()),
    ]
