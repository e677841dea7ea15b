"""Tests of claims with their answers, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from repool.analysis.cells import measured
from repool.analysis.claims.tests import NAN, Answer
from repool.analysis.columns import SCORES
from repool.analysis.over_datasets import Heterogeneity
from repool.analysis.published import Published
from repool.analysis.statistics import Beyond
from repool.errors import UserError
from repool.schemas.claims import Row
from repool.words.names import allows_verdict


@dataclass(frozen=True)
class Asking:
    """What every question needs.

    Attributes:
        runs: all cell tables in one.
        margins: by metric.
        minimum_seeds: a test with fewer decides nothing.
        sizes: combinations of figure 8's grid.
        paper: its numbers.
        measures: what tests compare where it is not the test score, in words.
    """

    runs: pd.DataFrame
    margins: dict[str, float]
    minimum_seeds: int
    sizes: list[dict[str, Any]]
    paper: Published
    measures: dict[str, str]

    def margin(self, row: Row, metric: str) -> float:
        """A row's own margin, or that of the metric; UserError if neither has one."""
        margin = self.margins.get(metric) if row.margin is None else row.margin
        if margin is None:
            raise UserError(f"{metric} has no margin: the claims of config/claims.yaml need one under margins.")
        return float(margin)

    def datasets(self, row: Row) -> list[str]:
        """The paper's datasets of a row, and the embedded ones that stand in for them."""
        stand_ins = [name for name in self._first_runs if not allows_verdict(self.status(name))]
        return list(dict.fromkeys([*row.datasets, *stand_ins]))

    def scores(self, dataset: str, methods: Sequence[str], measure: str) -> pd.DataFrame:
        """A measure of methods on a dataset, a row a seed that all of them have."""
        if not all(self.ran(dataset, method) for method in methods):
            return pd.DataFrame(columns=list(methods), dtype=float)
        return pd.DataFrame({method: self.values(dataset, method, measure) for method in methods}).dropna()

    def values(self, dataset: str, method: str, measure: str) -> pd.Series:
        """A measure of every run of a cell that has runs, by seed."""
        key = dataset, method, measure
        if key not in self._values:
            own = self._cells[dataset, method]
            self._values[key] = measured(own, measure).set_axis(own["seed"])
        return self._values[key]

    def ran(self, dataset: str, method: str) -> int:
        """How many runs a cell has."""
        return len(self._cells.get((dataset, method), ()))

    def metric(self, dataset: str, measure: str) -> str:
        """The metric of a measure: the dataset's own for scores."""
        return str(self._first_runs[dataset]["metric"]) if measure in SCORES else measure

    def status(self, dataset: str) -> str:
        """What the data of a dataset are."""
        return str(self._first_runs[dataset]["status"])

    @cached_property
    def _values(self) -> dict[tuple[str, str, str], pd.Series]:
        """What `values` has found so far."""
        return {}

    @cached_property
    def _cells(self) -> dict[tuple[str, str], pd.DataFrame]:
        """The runs by dataset and method: they are asked for many times."""
        return {(str(name), str(method)): own for (name, method), own in self.runs.groupby(["dataset", "method"])}

    @cached_property
    def _first_runs(self) -> dict[str, dict[str, Any]]:
        """One run of each dataset, which says what all of them have in common."""
        return {row["dataset"]: row for row in self.runs.drop_duplicates("dataset").to_dict("records")}

    def lacking(self, dataset: str, methods: Sequence[str]) -> "Missing":
        """Which of some methods have no run on a dataset; all, where they have runs and no seed in common."""
        absent = tuple(method for method in methods if method and not self.ran(dataset, method))
        return Missing(dataset, absent or tuple(methods), shared=not absent, alone=len(absent) < len(methods))

    def asked(
        self, dataset: str, pair: tuple[str, str], test: str, measure: str, answer: Answer, margin: float, seeds: int
    ) -> "Asked":
        """A test with its answer, its metric and the status of its data."""
        words, metric = self.measures.get(measure, ""), self.metric(dataset, measure)
        return Asked(dataset, *pair, test, words, metric, answer, margin, seeds, self.status(dataset))


class Missing(NamedTuple):
    """What a dataset of the paper lacks for a test.

    Attributes:
        methods: those without a run there.
        shared: whether all of them have runs, and only no seed in common.
        alone: whether others of the test have runs there.
    """

    dataset: str
    methods: tuple[str, ...]
    shared: bool = False
    alone: bool = False


@dataclass
class Asked:
    """One test and its answer, of a column of the cell tables (`measure`, in words) that counts as `metric` says.

    `holds` and `better` are decided later, over all tests of the claim.

    Attributes:
        over: the datasets of a test of several, whose `dataset` is what they are called together.
        decides: whether the claim needs it to hold; otherwise it can only fail the claim.
        heterogeneity: how much the datasets of such a test differ, in its unit.
        better: whether the first is shown to be better, by however much.
        others: further pairs, where the test is of the average over several.
        size: what the paper says the estimate is, where it does.
        blocks: how many blocks of seeds were measured, where the seeds of one are one measurement; else 0.
        beyond: what the seeds say beyond their splits, of a difference of two methods on one dataset.
    """

    dataset: str
    first: str
    second: str
    test: str
    measure: str
    metric: str
    answer: Answer
    margin: float
    seeds: int
    status: str
    holds: bool | None = None
    over: tuple[str, ...] = ()
    decides: bool = True
    heterogeneity: Heterogeneity | None = None
    better: bool = False
    others: tuple[tuple[str, str], ...] = ()
    size: float = NAN
    blocks: int = 0
    beyond: Beyond | None = None

    @property
    def counts(self) -> bool:
        """Whether its data count for or against the paper."""
        return allows_verdict(self.status)

    @property
    def within(self) -> float:
        """The far end of its interval: within so much of each other two methods were shown to be."""
        return max(abs(self.answer.low), abs(self.answer.high))

    @property
    def cells(self) -> list[tuple[str, str]]:
        """(dataset, method) of every cell behind it."""
        names = [name for pair in ((self.first, self.second), *self.others) for name in pair if name]
        return [(dataset, name) for dataset in self.over or (self.dataset,) for name in names]


@dataclass
class Group:
    """Tests of which all, or one, must hold; `missing` is what datasets of the paper lack."""

    need: str
    tests: list[Asked] = field(default_factory=list)
    numbers: list[Asked] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def holds(self) -> bool | None:
        """Whether it does, as far as the data of the paper say; None where they do not decide."""
        found = [asked.holds for asked in self.tests if asked.counts and (asked.decides or asked.holds is False)]
        best, worst = (True, False) if self.need == "any" else (False, True)
        if best in found:
            return best
        return None if None in found else worst
