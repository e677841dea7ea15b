"""How alike the rows of a graph's embedding are, layer by layer."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.table import RUNS, Cell, Column, Group, Row, Table, Text, absent, plain, words
from repool.words import phrases
from repool.words.names import layer_label, method_label
from repool.words.numerals import Kind, known

TRIVIAL = "one row a graph: alike by itself"
COLUMNS = [
    *(Column("Method", 0.18), Column("Pooling", 0.12), Column("Rows", 0.1, right=True)),
    *(Column(head, 0.2, right=True) for head in ("Within columns", "Within graphs")),
    Column("Runs", 0.16),
]


def view(about: About) -> View:
    """Methods with their layers, dataset by dataset."""
    groups = [
        Group(list(layers(about, part)), str(dataset), phrases.data_words(part["status"]))
        for dataset, part in about.rows.groupby("dataset", sort=False)
    ]
    return View(Table(COLUMNS, groups))


def layers(about: About, part: pd.DataFrame) -> Iterator[list[Cell]]:
    """The methods on one dataset, each named once, with its layers in order."""
    for method, rows in part.groupby("method", sort=False):
        head = [words(method_label(str(method)), rows=len(rows))]
        for row in rows.to_dict("records"):
            yield [*head, *layer(about, row)]
            head = []


def layer(about: About, row: dict[str, Any]) -> list[Cell]:
    """One layer, or that there is none."""
    if not known(row["layer"]):
        return [absent(about.seeds.missing(row["dataset"], row["method"]), span=5)]
    named = about.row(row, row["method"], f"layer-{row['layer']:.0f}")
    shares = [Cell(share(name, named)) for name in ("matrix_share", "share")]
    if row["rows"] <= 1:
        shares = [absent(TRIVIAL, span=2)]
    return [
        words(layer_label(int(row["layer"]))),
        Cell(named.number("rows", Kind.ROWS, "rows of a graph's embedding, on average")),
        *shares,
        Cell(about.seeds.behind(named, row["dataset"], row["method"], row["runs"])),
    ]


def share(name: str, named: Row) -> Text:
    """A mean with its deviation, as far as they are known; none where a share is next to nothing."""
    found = named.spread(name, f"{name}_std", Kind.SHARE, RUNS) or ("no variance",)
    return found[:1] if plain(found).startswith("<") else found
