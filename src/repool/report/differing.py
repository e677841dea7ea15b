"""Our cells beside the paper's, and which of them are off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from repool.artifacts.comparison import view as comparison
from repool.artifacts.section import About
from repool.artifacts.table import Cell, Text
from repool.paper import kind
from repool.report.inputs import Inputs
from repool.report.sections import seeds_of
from repool.report.seeds import anchor
from repool.words.numerals import known

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


def compared(inputs: Inputs) -> list[Compared]:
    """Every cell that has runs and a published score, once, from the table where the paper prints it if it is here."""
    found: dict[tuple[str, str], Compared] = {}
    tables = {name: table.rows for name, table in inputs.tables.items() if kind(name) == "comparison"}
    for elsewhere in (False, True):
        for name, rows in tables.items():
            about = About(name, rows, seeds_of(inputs), {})
            for row in rows[(rows["runs"] > 0) & rows["published_mean"].notna()].to_dict("records"):
                if (row["published_in"] not in ("", name)) is elsewhere:
                    found.setdefault((row["dataset"], row["method"]), one(about, row, inputs))
    configured = [(dataset, method) for dataset, methods in inputs.run.cells.items() for method in methods]
    return [found[cell] for cell in configured if cell in found]


def one(about: About, row: dict[str, Any], inputs: Inputs) -> Compared:
    """One cell, with the numbers that its table prints."""
    method, published, replicated, difference = comparison.cells(about, row)
    low, high = row["difference_low"], row["difference_high"]
    return Compared(
        dataset=row["dataset"],
        method=method.text,
        published=noted(published),
        replicated=noted(replicated),
        difference=difference.text,
        interval=difference.note,
        apart=bool(low > 0 or high < 0) if known(low) else None,
        off=row["difference"] / margin if (margin := margins(inputs).get(row["metric"])) else None,
        anchor=anchor(row["dataset"], row["method"]),
        tried=tried(row["method"], inputs),
    )


def noted(cell: Cell) -> Text:
    """A field with its note in brackets."""
    return (*cell.text, " (", *cell.note, ")") if cell.note else cell.text


def far(cells: Sequence[Compared]) -> list[Compared]:
    """Those that are off the paper's number by more than the margin, the farthest first."""
    off = [cell for cell in cells if cell.off is not None and abs(cell.off) > 1]
    return sorted(off, key=lambda cell: -abs(cell.off or 0.0))


def margins(inputs: Inputs) -> dict[str, float]:
    """The margin of each score, from the paired tests that name one."""
    return {
        str(row["metric"]): float(row["margin"])
        for table in inputs.tests.values()
        for row in table.rows.to_dict("records")
        if known(row["margin"])
    }


def tried(method: str, inputs: Inputs) -> list[str]:
    """The headings of the deviations that speak of a method, or of what it is a variant of."""
    names = [name.casefold() for family, called in CALLED.items() if method.startswith(family) for name in called]
    parts = inputs.deviations.parts if inputs.deviations else []
    return [part.heading for part in parts if any(name in part.heading.casefold() for name in names)]
