"""Table 2: one convolution before the first pooling beside many."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.states import Seeds
from repool.words import numerals as numbers
from repool.words.names import EXACT, FAILED, NOT_CONFIGURED, PENDING, method_label

Runs = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Side:
    """One of the two networks; `published` or `replicated` is None where there is no such number.

    `seeds` names the runs behind it, seed by seed.
    """

    method: str
    published: numbers.Score | None
    replicated: numbers.Score | None
    state: str
    seeds: str


@dataclass(frozen=True)
class Row:
    """One network on one dataset; drops are positive where a single convolution is worse."""

    method: str
    one: Side
    many: Side
    published_drop: str
    drop: str
    interval: str


@dataclass(frozen=True)
class Group:
    """One dataset, how it is scored, and what its data are (empty: the paper's own)."""

    dataset: str
    score: str
    status: str
    rows: list[Row]


def view(about: About) -> View:
    """Groups of networks."""
    return View({"groups": ablation(about.rows, about.seeds, about.runs)})


def ablation(rows: pd.DataFrame, seeds: Seeds, runs: Runs) -> list[Group]:
    """The view of the table, dataset by dataset."""
    return [group(part.to_dict("records"), seeds, runs) for _, part in rows.groupby("dataset", sort=False)]


def group(rows: list[dict[str, Any]], seeds: Seeds, runs: Runs) -> Group:
    """One dataset."""
    metric = rows[0]["metric"]
    other = {row["status"] for row in rows} - {EXACT, PENDING, FAILED, NOT_CONFIGURED}
    return Group(
        dataset=rows[0]["dataset"],
        score=f"{numbers.label(metric)}, {numbers.better(metric)}",
        status=", ".join(sorted(other)),
        rows=[shown_row(row, seeds, runs) for row in rows],
    )


def shown_row(row: dict[str, Any], seeds: Seeds, runs: Runs) -> Row:
    """One row."""
    places = numbers.decimals(row["metric"])
    return Row(
        method=method_label(row["method"]),
        one=side(row, "one", row["one_method"], seeds, runs),
        many=side(row, "many", row["method"], seeds, runs),
        published_drop=numbers.signed(row["published_drop"], places) if numbers.known(row["published_drop"]) else "",
        drop=numbers.signed(row["drop"], places) if numbers.known(row["drop"]) else "",
        interval=numbers.interval(row["drop_low"], row["drop_high"], places + 1),
    )


def side(row: dict[str, Any], which: str, method: str, seeds: Seeds, runs: Runs) -> Side:
    """One or many convolutions."""
    published, mean, metric = row[f"published_{which}"], row[f"{which}_mean"], row["metric"]
    ran = numbers.known(mean)
    count = int(row[f"{which}_runs"]) if ran else 0
    return Side(
        method=method,
        published=numbers.published(published, float("nan"), metric) if numbers.known(published) else None,
        replicated=numbers.replicated(mean, row[f"{which}_std"], metric) if ran else None,
        state=words(row, method, count, seeds),
        seeds=runs.get((row["dataset"], method), ""),
    )


def words(row: dict[str, Any], method: str, count: int, seeds: Seeds) -> str:
    """How many runs stand behind a score, or why there is none."""
    if count:
        return seeds.behind(row["dataset"], method, count)
    return "not configured" if row["status"] == NOT_CONFIGURED else seeds.state(row["dataset"], method, 0)
