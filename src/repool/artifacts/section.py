"""What the view of a kind is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.states import Seeds
from repool.artifacts.table import Cell, Group, Row, Table, Text
from repool.words import phrases


@dataclass(frozen=True)
class About:
    """What a view is made from: a table, how many seeds each cell should have, and the scores of each cell's runs."""

    name: str
    rows: pd.DataFrame
    seeds: Seeds
    runs: dict[tuple[str, str], Text]

    def row(self, row: dict[str, Any], *last: str, methods: tuple[str, ...] | None = None) -> Row:
        """How the numbers of a row of the table are named, and the cells behind them.

        `last` ends the name, the row's method if nothing is given; the cells are those of `methods`, or of that method.
        """
        dataset, method = str(row["dataset"]), str(row.get("method", ""))
        names = methods if methods is not None else (method,)
        return Row(
            ".".join([self.name, dataset, *(last or ([method] if method else []))]),
            tuple(f"{dataset}/{name}" for name in names if name),
            row,
            str(row.get("metric", "")),
        )


@dataclass(frozen=True)
class View:
    """The table of a section, and its figure in words; empty for a table."""

    table: Table
    description: str = ""


def by_dataset(about: About, cells: Callable[[About, dict[str, Any]], list[Cell]]) -> list[Group]:
    """The rows of a table, a group a dataset, which names its score, which way that is better, and its data."""
    return [of_dataset(about, part.to_dict("records"), cells) for _, part in about.rows.groupby("dataset", sort=False)]


def of_dataset(about: About, rows: list[dict[str, Any]], cells: Callable[[About, dict[str, Any]], list[Cell]]) -> Group:
    """One of them."""
    metric, data = rows[0]["metric"], phrases.data_words(row["status"] for row in rows)
    score = f"{phrases.label(metric)}, {phrases.better(metric)}"
    return Group([cells(about, row) for row in rows], rows[0]["dataset"], ". ".join(filter(None, [score, data])))
