"""Figure 8: the gap between two methods over sizes of the network."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.words import numerals as numbers


@dataclass(frozen=True)
class Gap:
    """One combination; the numbers are empty where it has not run."""

    dataset: str
    score: str
    layers: str
    hidden: str
    first: str
    second: str
    advantage: str
    state: str
    status: str


@dataclass(frozen=True)
class Gaps:
    """All combinations and the two methods."""

    first: str
    second: str
    rows: list[Gap]


def view(about: About) -> View:
    """A row a combination."""
    found = gaps(about.rows)
    return View({"gaps": found}, description(found))


def gaps(rows: pd.DataFrame) -> Gaps:
    """The view of the table."""
    records = rows.to_dict("records")
    first, second = (numbers.base_method(records[0][f"{which}_method"]) for which in ("first", "second"))
    return Gaps(first, second, [shown_row(row) for row in records])


def shown_row(row: dict[str, Any]) -> Gap:
    """One combination."""
    metric = row["metric"]
    scores = [
        numbers.score(row[name], metric) if numbers.known(row[name]) else "" for name in ("first_mean", "second_mean")
    ]
    ran = numbers.known(row["advantage"])
    return Gap(
        dataset=row["dataset"],
        score=numbers.label(metric),
        layers=numbers.count(row["layers"]),
        hidden=numbers.count(row["hidden"]),
        first=scores[0],
        second=scores[1],
        advantage=numbers.signed(row["advantage"], numbers.decimals(metric)) if ran else "",
        state="" if ran else row["status"],
        status=row["status"],
    )


def description(found: Gaps) -> str:
    """The figure in words, for those who cannot see it."""
    sentences = [f"By how much {found.second} is better than {found.first}."]
    for row in found.rows:
        what = f"{row.dataset}, {row.layers} layers of width {row.hidden}"
        sentences.append(f"{what}: {row.advantage or row.state}.")
    return " ".join(sentences)
