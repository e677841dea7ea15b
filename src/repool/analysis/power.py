"""How many seeds decide a claim: those that are there, those that are needed, and the hours of what is lacking."""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.power import TTestPower

from repool.analysis.cells import in_paper_units, read_cells
from repool.analysis.published import Published
from repool.analysis.statistics import POWER, SIGNIFICANCE
from repool.schemas.claims import Claims, Row, read_claims
from repool.schemas.names import split_pair
from repool.words.names import PAPER_METRICS, method_label

# Tests of scores that more seeds decide where two methods are equal, and the power that each of their sides must have,
# so that the whole test has POWER.
SIDES = {"not worse": POWER, "equivalent": (1 + POWER) / 2}
# The paper's deviations do not say what methods share by seed: something where the split is redrawn, nothing elsewhere.
CORRELATION = 0.5
FIXED_SPLITS = ("SMNIST", "ZINC", "MOLHIV")
# Where more than this many are needed no number of seeds helps: nobody trains them.
MOST = 500


@dataclass(frozen=True)
class Need:
    """What one pair needs on some datasets, together or on each.

    Attributes:
        there: seeds that both have, on the dataset that has the fewest.
        needed: pairs of seeds on each dataset; None where no deviation is known.
        hours: of what is lacking, on one core; NaN where no run tells how long one takes.
        measured: whether deviations are of runs, or the paper's.
    """

    claim: str
    pair: tuple[str, str]
    datasets: tuple[str, ...]
    there: int
    needed: int | None
    hours: float
    measured: bool


class Runs:
    """What is known of the deviations of differences and of durations."""

    def __init__(self, rows: pd.DataFrame, paper: Published, margins: dict[str, float], minimum_seeds: int):
        """Rows are of cell tables, of runs with a score."""
        self._scores = rows.assign(score=in_paper_units(rows)).set_index(["dataset", "method", "seed"])
        self._paper, self._margins, self._least = paper, margins, minimum_seeds

    def margin(self, row: Row, dataset: str) -> float:
        """The margin of a row on a dataset."""
        return row.margin if row.margin is not None else self._margins[PAPER_METRICS.get(dataset, "accuracy")]

    def differences(self, dataset: str, pair: tuple[str, str]) -> np.ndarray:
        """Of the seeds that both methods have."""
        known = [self._of(dataset, method) for method in pair]
        return (known[0] - known[1]).dropna().to_numpy(dtype=float)

    def _of(self, dataset: str, method: str) -> pd.Series:
        found = self._scores["score"]
        here = (found.index.get_level_values(0) == dataset) & (found.index.get_level_values(1) == method)
        return found[here].droplevel([0, 1])

    def deviation(self, dataset: str, pair: tuple[str, str]) -> tuple[float, bool]:
        """Of the differences, and whether it was measured; NaN where neither runs nor the paper tell."""
        found = self.differences(dataset, pair)
        if len(found) >= self._least:
            return float(found.std(ddof=1)), True
        first, second = (self._paper.deviation(method, dataset) for method in pair)
        if first is None or second is None:
            return math.nan, False
        together = 0.0 if dataset in FIXED_SPLITS else CORRELATION
        return math.sqrt(first**2 + second**2 - 2 * together * first * second), False

    def hours(self, dataset: str, method: str) -> float:
        """Of one run, by the median of those that are there."""
        table = self._scores[["seconds"]].reset_index()
        seconds = table.loc[(table["dataset"] == dataset) & (table["method"] == method), "seconds"].dropna()
        return float(seconds.median()) / 3600 if len(seconds) else math.nan


def pairs_needed(size: float, power: float, least: int) -> int:
    """Pairs with which a one-sided paired t test finds a difference of `size` deviations; `MOST` + 1 for more.

    Source: statsmodels.
    """
    known = TTestPower()
    return bisect_left(
        range(MOST + 1), power, lo=least, key=lambda pairs: known.power(size, pairs, SIGNIFICANCE, alternative="larger")
    )


def needs(rules: Claims, runs: Runs) -> Iterator[Need]:
    """For each claim, its pairs by datasets: over all at once where they are pooled, else on each."""
    for name, claim in rules.claims.items():
        for row in claim.tests:
            if row.test not in SIDES or row.measure != "test" or row.margin == 0:
                continue
            for pair in map(split_pair, row.pairs):
                for group in [tuple(row.datasets)] if row.pooled else [(dataset,) for dataset in row.datasets]:
                    yield need(name, row, pair, group, runs, rules.minimum_seeds)


def need(name: str, row: Row, pair: tuple[str, str], datasets: tuple[str, ...], runs: Runs, least: int) -> Need:
    """The seeds with which the mean over datasets, all on equally many, is within its margin."""
    known = [(runs.deviation(dataset, pair), runs.margin(row, dataset)) for dataset in datasets]
    squares = [(deviation / margin) ** 2 for (deviation, _), margin in known]
    together = math.sqrt(sum(squares)) / len(squares)
    needed = None if math.isnan(together) else pairs_needed(1 / together, SIDES[row.test], least)
    there = [len(runs.differences(dataset, pair)) for dataset in datasets]
    lacking = [(dataset, max(0, (needed or 0) - count)) for dataset, count in zip(datasets, there, strict=True)]
    hours = sum(count * runs.hours(dataset, method) for dataset, count in lacking if count for method in pair)
    return Need(name, pair, datasets, min(there), needed, hours, all(measured for (_, measured), _ in known))


def power(claims: Path, published: Path, cells: Sequence[Path]) -> str:
    """A line for each pair of each claim."""
    rules = read_claims(claims)
    runs = Runs(read_cells(cells), Published(published), rules.margins, rules.minimum_seeds)
    rows = [["claim", "pair", "datasets", "there", "needed", "hours", "deviations"], *map(line, needs(rules, runs))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)) for row in rows)


def line(one: Need) -> list[str]:
    """One of them in words."""
    where = one.datasets[0] if len(one.datasets) == 1 else f"{len(one.datasets)} together"
    few = one.needed is None or one.there < one.needed
    needed = "?" if one.needed is None else f"> {MOST}" if one.needed > MOST else str(one.needed)
    known = one.needed is not None and one.needed <= MOST and not math.isnan(one.hours)
    hours = f"{one.hours:.1f}" if few and known else "?" if few else "0"
    pair = " - ".join(map(method_label, one.pair))
    return [one.claim, pair, where, str(one.there), needed, hours, "measured" if one.measured else "the paper's"]
