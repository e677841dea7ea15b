"""Our cells beside the paper's, and which of them are off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.comparison import view as comparison
from repool.artifacts.section import About
from repool.artifacts.table import Cell, Row, Text
from repool.paper import kind
from repool.report.inputs import Inputs
from repool.report.sections import seeds_of
from repool.report.seeds import anchor
from repool.words.numerals import Kind, known

# What the headings of the deviations call the methods whose names begin so.
CALLED = {
    "graclus": ("graclus",),
    "complement": ("graclus", "complement"),
    "global-mean": ("global mean",),
    "graphsage": ("graphsage",),
    "gin": ("gin",),
    "diffpool": ("diffpool",),
    "gmn": ("graph memory",),
    "mincut": ("mincut",),
}


@dataclass(frozen=True)
class Compared:
    """A published cell that was run.

    Attributes:
        apart: whether the interval of the difference leaves out 0; None without one.
        off: the difference in margins; None where its score has no margin.
        anchor: the cell's place on the page.
        tried: headings of the deviations that speak of the method.
    """

    dataset: str
    method: Text
    published: Text
    replicated: Text
    difference: Text
    interval: Text
    apart: bool | None
    off: float | None
    anchor: str
    tried: list[str]


@dataclass(frozen=True)
class Counts:
    """How many cells are beside a published number: in all, off by more than the margin, and those with an interval, of
    which some leave out zero."""

    compared: Text
    far: Text
    intervals: Text
    apart: Text


def compared(inputs: Inputs) -> tuple[list[Compared], Counts]:
    """Every cell that has runs and a published score, once, with its table's numbers; and how many there are."""
    tables = {name: table.rows for name, table in inputs.tables.items()}
    abouts = {name: About(name, rows, seeds_of(inputs), {}) for name, rows in tables.items()}
    margins = margins_of(table.rows for table in inputs.tests.values())
    found = beside(tables, inputs.run.cells)
    shown = [one(abouts[name], row, margins, inputs) for name, row in found]
    return shown, counts([row for _, row in found], margins)


def beside(tables: Mapping[str, pd.DataFrame], cells: Mapping[str, list[str]]) -> list[tuple[str, dict[str, Any]]]:
    """The row of every configured cell that has runs and a published score, and the artifact of its table.

    That is the table where the paper prints it, if it is here.
    """
    found: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    scores = {name: rows for name, rows in tables.items() if kind(name) == "comparison"}
    for elsewhere in (False, True):
        for name, rows in scores.items():
            for row in rows[(rows["runs"] > 0) & rows["published_mean"].notna()].to_dict("records"):
                if (row["published_in"] not in ("", name)) is elsewhere:
                    found.setdefault((row["dataset"], row["method"]), (name, row))
    configured = [(dataset, method) for dataset, methods in cells.items() for method in methods]
    return [found[cell] for cell in configured if cell in found]


def counts(rows: Sequence[dict[str, Any]], margins: Mapping[str, float]) -> Counts:
    """How many of the rows are off, and how many by more than chance."""
    row = Row("compared", tuple(f"{row['dataset']}/{row['method']}" for row in rows))
    offs = [off for one in rows if (off := in_margins(one, margins)) is not None]
    leaving = [left for one in rows if (left := apart(one)) is not None]
    return Counts(
        compared=row.number("cells", Kind.COUNT, "cells with runs and a published score", len(rows)),
        far=row.number("far", Kind.COUNT, "of those, off by more than the margin", sum(abs(off) > 1 for off in offs)),
        intervals=row.number("intervals", Kind.COUNT, "of those, with a Welch interval", len(leaving)),
        apart=row.number("apart", Kind.COUNT, "Welch intervals of the difference that leave out zero", sum(leaving)),
    )


def one(about: About, row: dict[str, Any], margins: Mapping[str, float], inputs: Inputs) -> Compared:
    """One cell, with the numbers that its table prints."""
    method, published, replicated, difference = comparison.cells(about, row)
    return Compared(
        dataset=row["dataset"],
        method=method.text,
        published=noted(published),
        replicated=noted(replicated),
        difference=difference.text,
        interval=difference.note,
        apart=apart(row),
        off=in_margins(row, margins),
        anchor=anchor(row["dataset"], row["method"]),
        tried=tried(row["method"], inputs),
    )


def apart(row: dict[str, Any]) -> bool | None:
    """Whether the interval of the difference leaves out 0; None without one."""
    low, high = row["difference_low"], row["difference_high"]
    return bool(low > 0 or high < 0) if known(low) else None


def in_margins(row: dict[str, Any], margins: Mapping[str, float]) -> float | None:
    """The difference in margins of its score; None where that has none."""
    margin = margins.get(row["metric"])
    return row["difference"] / margin if margin else None


def noted(cell: Cell) -> Text:
    """A field with its note in brackets."""
    return (*cell.text, " (", *cell.note, ")") if cell.note else cell.text


def far(cells: Sequence[Compared]) -> list[Compared]:
    """Those that are off the paper's number by more than the margin, the farthest first."""
    off = [cell for cell in cells if cell.off is not None and abs(cell.off) > 1]
    return sorted(off, key=lambda cell: -abs(cell.off or 0.0))


def margins_of(tests: Iterable[pd.DataFrame]) -> dict[str, float]:
    """The margin of each score, from the paired tests that name one."""
    return {
        str(row["metric"]): float(row["margin"])
        for rows in tests
        for row in rows.to_dict("records")
        if known(row["margin"])
    }


def tried(method: str, inputs: Inputs) -> list[str]:
    """The headings of the deviations that speak of a method, or of what it is a variant of."""
    names = [name.casefold() for family, called in CALLED.items() if method.startswith(family) for name in called]
    parts = inputs.deviations.parts if inputs.deviations else []
    return [part.heading for part in parts if any(name in part.heading.casefold() for name in names)]
