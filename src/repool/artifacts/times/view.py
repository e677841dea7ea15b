"""Seconds per epoch of methods beside what the paper says of them."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.states import Seeds
from repool.words import numerals as numbers
from repool.words.names import method_label


@dataclass(frozen=True)
class Time:
    """One method on one dataset; the numbers are empty where it has not run."""

    dataset: str
    method: str
    runs: str
    seconds: str
    extremes: str
    relative: str
    interval: str
    published: str
    devices: str
    status: str


def view(about: About) -> View:
    """A row a method and dataset."""
    return View({"times": times(about.rows, about.seeds)})


def times(rows: pd.DataFrame, seeds: Seeds) -> list[Time]:
    """The view of the table."""
    return [shown_row(row, seeds) for row in rows.to_dict("records")]


def shown_row(row: dict[str, Any], seeds: Seeds) -> Time:
    """One row."""
    ran = numbers.known(row["seconds_per_epoch"])
    return Time(
        dataset=row["dataset"],
        method=method_label(row["method"]),
        runs=f"{seeds.behind(row['dataset'], row['method'], int(row['runs']))}, {blocks(int(row['blocks']))}"
        if ran
        else seeds.state(row["dataset"], row["method"], 0),
        seconds=amount(row["seconds_per_epoch"]),
        extremes=between(row["low"], row["high"]),
        relative=amount(row["relative"]),
        interval=between(row["relative_low"], row["relative_high"]),
        published=amount(row["published_relative"]),
        devices=row["devices"],
        status=row["status"],
    )


def blocks(number: int) -> str:
    """In how many blocks the runs were measured: the seeds of one share its time."""
    return "1 block" if number == 1 else f"{number} blocks"


def amount(value: float) -> str:
    """A number, or nothing."""
    return numbers.significant(value) if numbers.known(value) else ""


def between(low: float, high: float) -> str:
    """A range, or nothing."""
    return f"{amount(low)} to {amount(high)}" if numbers.known(low) and numbers.known(high) else ""
