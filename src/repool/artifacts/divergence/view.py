"""Appendix D: a check that is computed rather than estimated."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.states import Seeds
from repool.words import numerals as numbers
from repool.words.names import method_label


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


def view(about: About) -> View:
    """Rows, and what their numbers are held against."""
    return View({"rows": divergences(about.rows, about.seeds), "tolerance": tolerance(about.rows)})


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
