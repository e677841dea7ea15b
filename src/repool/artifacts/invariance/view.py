"""Appendix C: a check that is computed rather than estimated."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.states import Seeds
from repool.words import numerals as numbers
from repool.words.names import EXACT, FAILED, NO, PENDING, YES, method_label

WORDS = {YES: "invariant", NO: "not invariant", "": "not stated"}


@dataclass(frozen=True)
class Invariance:
    """One method of appendix C; `state` says that it has not run."""

    method: str
    largest: str
    measured: str
    expected: str
    source: str
    agrees: str
    runs: str
    state: str


@dataclass(frozen=True)
class Group:
    """The methods on one dataset."""

    dataset: str
    status: str
    rows: list[Invariance]


def view(about: About) -> View:
    """Groups of methods, and what their numbers are held against."""
    return View({"groups": invariances(about.rows, about.seeds), "tolerance": tolerance(about.rows)})


def invariances(rows: pd.DataFrame, seeds: Seeds) -> list[Group]:
    """The view of appendix C, dataset by dataset."""
    return [
        Group(
            str(dataset),
            ", ".join(sorted(set(part["status"]) - {EXACT, PENDING, FAILED})),
            [invariance(row, seeds) for row in part.to_dict("records")],
        )
        for dataset, part in rows.groupby("dataset", sort=False)
    ]


def invariance(row: dict[str, Any], seeds: Seeds) -> Invariance:
    """One row."""
    ran = numbers.known(row["largest"])
    return Invariance(
        method=method_label(row["method"]),
        largest=numbers.significant(row["largest"]) if ran else "",
        measured=WORDS[row["invariant"]] if ran else "",
        expected=WORDS[row["expected"]],
        source=row["source"],
        agrees=row["agrees"],
        runs=seeds.behind(row["dataset"], row["method"], int(row["runs"])) if ran else "",
        state="" if ran else seeds.state(row["dataset"], row["method"], 0),
    )


def tolerance(rows: pd.DataFrame) -> str:
    """What the numbers of a table are held against."""
    return numbers.significant(float(rows["tolerance"].iloc[0]))
