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
from repool.analysis.claims.grids import LEAST_SEEDS
from repool.analysis.claims.methods import OF_GRID
from repool.analysis.claims.tests import WITHOUT_ERROR
from repool.analysis.published import Published
from repool.analysis.statistics import POWER, SIGNIFICANCE
from repool.schemas.claims import SCORE, Claims, Row, read_claims
from repool.schemas.names import split_pair
from repool.words.names import FIXED_SPLITS, METRICS, ONE, PAPER_METRICS, method_label

# The power that each side of a test must have, so that the whole test has POWER where what it says is true.
SIDES = {"not worse": POWER, "better": POWER, "equivalent": (1 + POWER) / 2, "by about": (1 + POWER) / 2}
# Where a need comes from.
MEASURED, PRINTED, COMPUTED, AGREED = "measured", "the paper's", "computed: one run suffices", "as agreed"
UNKNOWN = "none known beforehand"
# The paper's deviations do not say what methods share by seed: something where the split is redrawn, nothing elsewhere.
CORRELATION = 0.5
# Where more than this many are needed no number of seeds helps: nobody trains them.
MOST = 500


@dataclass(frozen=True)
class Need:
    """What one test needs on some datasets, together or on each.

    Attributes:
        what: its pair, pairs or methods.
        there: seeds that all of them have, on the dataset that has the fewest.
        needed: seeds on each dataset; None where nothing says how many.
        hours: of what is lacking, on one core; NaN where no run tells how long one takes.
        source: whether deviations are of runs or the paper's, or what else the number is from.
    """

    claim: str
    what: str
    datasets: tuple[str, ...]
    there: int
    needed: int | None
    hours: float
    source: str


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

    def advantage(self, dataset: str, pair: tuple[str, str]) -> float:
        """By how much the first is better as the paper prints both; NaN where it does not."""
        first, second = (self._printed(dataset, method) for method in pair)
        sign = 1 if METRICS[PAPER_METRICS.get(dataset, "accuracy")].higher_is_better else -1
        return sign * (first - second)

    def _printed(self, dataset: str, method: str) -> float:
        if method.endswith(ONE):
            return self._paper.ablation().get(method.removesuffix(ONE), {}).get(dataset, {}).get("one", math.nan)
        score = self._paper.score("table_s5", method, dataset)
        return math.nan if score is None or score.mean is None else score.mean

    def there(self, dataset: str, methods: Sequence[str]) -> int:
        """How many seeds all of some methods have; 0 where none is named."""
        known = [set(self._of(dataset, method).index) for method in methods]
        return len(set.intersection(*known)) if known else 0

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
    """What each test of each claim needs, pair by pair: over all datasets where they are pooled, else on each."""
    for name, claim in rules.claims.items():
        for row in claim.tests:
            if row.test in SIDES and row.measure == SCORE:
                pairs = (
                    [list(map(split_pair, row.pairs))]
                    if row.test == "by about"
                    else [[split_pair(pair)] for pair in row.pairs]
                )
                groups = [tuple(row.datasets)] if row.pooled else [(dataset,) for dataset in row.datasets]
                yield from (need(name, row, own, group, runs, rules.minimum_seeds) for own in pairs for group in groups)
            else:
                yield without_derivation(name, row, runs)


def need(
    name: str, row: Row, pairs: Sequence[tuple[str, str]], datasets: tuple[str, ...], runs: Runs, least: int
) -> Need:
    """The seeds with which the mean over datasets, all on equally many, is on the right side of its bound.

    Two methods are taken for equal, or for as far apart as the paper prints or says; the average of several pairs for
    as wide as its widest.
    """
    each = [[runs.deviation(dataset, pair) for pair in pairs] for dataset in datasets]
    widest = [max(found, key=wideness)[0] for found in each]
    room = [room_of(row, dataset, pairs[0], runs) for dataset in datasets]
    squares = [(deviation / own) ** 2 if own > 0 else math.nan for deviation, own in zip(widest, room, strict=True)]
    together = math.sqrt(sum(squares)) / len(squares)
    needed = None if math.isnan(together) else pairs_needed(1 / together, SIDES[row.test], least)
    methods = list(dict.fromkeys(method for pair in pairs for method in pair))
    there = [runs.there(dataset, methods) for dataset in datasets]
    lacking = [(dataset, max(0, (needed or 0) - count)) for dataset, count in zip(datasets, there, strict=True)]
    hours = sum(count * runs.hours(dataset, method) for dataset, count in lacking if count for method in methods)
    source = MEASURED if all(measured for found in each for _, measured in found) else PRINTED
    return Need(name, said(pairs), datasets, min(there), needed, hours, source)


def wideness(found: tuple[float, bool]) -> float:
    """A deviation as far as it is known: what is not known is wider than all."""
    return math.inf if math.isnan(found[0]) else found[0]


def room_of(row: Row, dataset: str, pair: tuple[str, str], runs: Runs) -> float:
    """How far what is taken for true is from the bound of a test."""
    margin = runs.margin(row, dataset)
    if row.test == "better" or (row.test == "not worse" and margin == 0):
        return runs.advantage(dataset, pair) - margin
    return margin


def without_derivation(name: str, row: Row, runs: Runs) -> Need:
    """A test that needs one run, or as many as were agreed, or of which no deviation is known beforehand."""
    methods = list(
        dict.fromkeys([*(row.methods or []), *(name for pair in row.pairs or [] for name in split_pair(pair))])
    )
    there = min(runs.there(dataset, methods) for dataset in row.datasets)
    needed, source = (
        (1, COMPUTED)
        if row.test in WITHOUT_ERROR
        else (LEAST_SEEDS, AGREED)
        if row.test in OF_GRID
        else (None, UNKNOWN)
    )
    what = f"{row.test}: {len(methods)} methods" if methods else f"{row.test}: a grid"
    return Need(name, what, tuple(row.datasets), there, needed, math.nan, source)


def said(pairs: Sequence[tuple[str, str]]) -> str:
    """A pair, or several of which the average is asked."""
    first = " - ".join(map(method_label, pairs[0]))
    return first if len(pairs) == 1 else f"{first}, and {len(pairs) - 1} more"


def power(claims: Path, published: Path, cells: Sequence[Path]) -> str:
    """A line for each test of each claim."""
    rules = read_claims(claims)
    runs = Runs(read_cells(cells), Published(published), rules.margins, rules.minimum_seeds)
    heads = ["claim", "compared", "datasets", "there", "needed", "hours", "deviations"]
    rows = [heads, *map(line, needs(rules, runs))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def line(one: Need) -> list[str]:
    """One of them in words."""
    where = one.datasets[0] if len(one.datasets) == 1 else f"{len(one.datasets)} together"
    few = one.needed is None or one.there < one.needed
    needed = "?" if one.needed is None else f"> {MOST}" if one.needed > MOST else str(one.needed)
    known = one.needed is not None and one.needed <= MOST and not math.isnan(one.hours)
    hours = f"{one.hours:.1f}" if few and known else "?" if few else "0"
    return [one.claim, one.what, where, str(one.there), needed, hours, one.source]
