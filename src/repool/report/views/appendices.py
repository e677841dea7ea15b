"""Appendices C and D: checks that are computed rather than estimated."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.analysis.names import EXACT, FAILED, NO, PENDING, YES, method_label
from repool.report import format as numbers
from repool.report.views.states import Seeds

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


@dataclass(frozen=True)
class Divergence:
    """One dataset of appendix D; `state` says that it has not run."""

    dataset: str
    method: str
    learned: str
    least: str
    identical: str
    zero: str
    runs: str
    state: str
    status: str


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


def divergences(rows: pd.DataFrame, seeds: Seeds) -> list[Divergence]:
    """The view of appendix D."""
    return [divergence(row, seeds) for row in rows.to_dict("records")]


def divergence(row: dict[str, Any], seeds: Seeds) -> Divergence:
    """One row."""
    ran = numbers.known(row["identical"])
    learned, least, identical = (
        numbers.significant(row[name]) if ran else "" for name in ("learned", "learned_least", "identical")
    )
    return Divergence(
        dataset=row["dataset"],
        method=method_label(row["method"]),
        learned=learned,
        least=least,
        identical=identical,
        zero=row["zero"],
        runs=seeds.behind(row["dataset"], row["method"], int(row["runs"])) if ran else "",
        state="" if ran else seeds.state(row["dataset"], row["method"], 0),
        status=row["status"],
    )


def tolerance(rows: pd.DataFrame) -> str:
    """What the numbers of a table are held against."""
    return numbers.significant(float(rows["tolerance"].iloc[0]))
