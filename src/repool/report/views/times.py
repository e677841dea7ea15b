"""Seconds per epoch of methods beside what the paper says of them."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.analysis.names import method_label
from repool.report import format as numbers
from repool.report.views.states import Seeds


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


def times(rows: pd.DataFrame, seeds: Seeds) -> list[Time]:
    """The view of the table."""
    return [view(row, seeds) for row in rows.to_dict("records")]


def view(row: dict[str, Any], seeds: Seeds) -> Time:
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
