"""From a row of claims.yaml to tests on the runs that there are."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from repool.analysis.blocks import by_block
from repool.analysis.cells import SCORES, measured
from repool.analysis.claims.tests import ALONE, COMPUTED, NAN, ON_PAR, TESTS, Answer, Question
from repool.analysis.published import RUNS, Published
from repool.analysis.statistics import mean_interval, welch
from repool.errors import UserError
from repool.schemas.claims import Numbers, Row
from repool.schemas.names import split_pair
from repool.words.names import METRICS, allows_verdict


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


@dataclass
class Asked:
    """One test and its answer, of a column of the cell tables (`measure`, in words) that counts as `metric` says.

    `holds` is decided later, over all tests of the claim.
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

    @property
    def counts(self) -> bool:
        """Whether its data count for or against the paper."""
        return allows_verdict(self.status)


@dataclass
class Group:
    """Tests of which all, or one, must hold; `missing` are pairs on datasets of the paper without runs."""

    need: str
    tests: list[Asked] = field(default_factory=list)
    numbers: list[Asked] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)  # dataset, first:second

    def holds(self) -> bool | None:
        """Whether it does, as far as the data of the paper say; None where they do not decide."""
        found = [asked.holds for asked in self.tests if asked.counts]
        best, worst = (True, False) if self.need == "any" else (False, True)
        if best in found:
            return best
        return None if None in found else worst


def ask(row: Row, asking: Asking) -> list[Group]:
    """The tests of one row of a claim: a group for each pair of methods where one of the datasets is enough."""
    if row.test == "gap":
        return [gaps(row, asking)]
    if row.test == "some higher":
        return [some_higher(row, asking)]
    if row.test in (*ALONE, *COMPUTED):
        return list(alone(row, asking))
    groups = []
    for pair in row.pairs:
        group = Group(row.need)
        first, second = split_pair(pair)
        for dataset in datasets(row, asking):
            scores = paired(asking.runs, dataset, [first, second], measure_of(row))
            if len(scores):
                group.tests.append(one(row, dataset, scores, asking))
                if row.published is not None:
                    group.numbers.append(ratio_with_published(group.tests[-1], row.published))
            elif dataset in row.datasets:
                group.missing.append((dataset, pair))
        groups += [group] if group.need == "any" else singles(group)
    return groups


def singles(group: Group) -> list[Group]:
    """A group for each test, where all must hold; what is missing counts once."""
    numbers: list[list[Asked]] = [[number] for number in group.numbers] or [[] for _ in group.tests]
    parts = [Group("all", [test], own) for test, own in zip(group.tests, numbers, strict=True)]
    return [*parts, Group("all", missing=group.missing)] if group.missing else parts


def margin_of(row: Row, metric: str, asking: Asking) -> float:
    """A row's own margin, or that of the metric; UserError if neither has one."""
    margin = asking.margins.get(metric) if row.margin is None else row.margin
    if margin is None:
        raise UserError(f"{metric} has no margin: the claims of config/claims.yaml need one under margins.")
    return float(margin)


def measure_of(row: Row) -> str:
    """The column that a row compares."""
    return "seconds_per_epoch" if row.test == "faster" else row.measure


def datasets(row: Row, asking: Asking) -> list[str]:
    """The paper's datasets of a row, and the embedded ones that stand in for them."""
    stand_ins = [name for name in asking.runs["dataset"].unique() if not allows_verdict(status_of(asking.runs, name))]
    return list(dict.fromkeys([*row.datasets, *stand_ins]))


def paired(runs: pd.DataFrame, dataset: str, methods: Sequence[str], measure: str) -> pd.DataFrame:
    """Scores of methods on a dataset, a row a seed that all of them have."""
    here = runs[(runs["dataset"] == dataset) & runs["method"].isin(methods)]
    scores = here.assign(score=measured(here, measure)).pivot(index="seed", columns="method", values="score")
    return scores.reindex(columns=list(methods)).dropna()


def metric_of(runs: pd.DataFrame, dataset: str, measure: str) -> str:
    """The metric of a measure: the dataset's own for scores."""
    return str(runs.loc[runs["dataset"] == dataset, "metric"].iloc[0]) if measure in SCORES else measure


def status_of(runs: pd.DataFrame, dataset: str) -> str:
    """What the data of a dataset are."""
    return str(runs.loc[runs["dataset"] == dataset, "status"].iloc[0])


def one(row: Row, dataset: str, scores: pd.DataFrame, asking: Asking) -> Asked:
    """One test of two methods on one dataset."""
    metric = metric_of(asking.runs, dataset, measure_of(row))
    margin = margin_of(row, metric, asking) if row.test in ON_PAR else NAN if row.margin is None else row.margin
    first, second = scores.columns
    better = 1 if metric in METRICS and METRICS[metric].higher_is_better else -1
    seeds = len(scores)
    if row.test == "faster":  # the seeds of a block trained together: they are one measurement
        scores = by_block(asking.runs[asking.runs["dataset"] == dataset], [first, second]).dropna()
    values = [scores[name].to_numpy(dtype=float) for name in (first, second)]
    answer = TESTS[row.test](Question(values[0], values[1], better, margin))
    return asked(asking, dataset, (first, second), row.test, measure_of(row), answer, margin, seeds)


def asked(
    asking: Asking,
    dataset: str,
    pair: tuple[str, str],
    test: str,
    measure: str,
    answer: Answer,
    margin: float,
    seeds: int,
    holds: bool | None = None,
) -> Asked:
    """A test with its answer, its metric and the status of its data."""
    metric, status = metric_of(asking.runs, dataset, measure), status_of(asking.runs, dataset)
    return Asked(dataset, *pair, test, asking.measures.get(measure, ""), metric, answer, margin, seeds, status, holds)


def alone(row: Row, asking: Asking) -> Iterator[Group]:
    """A group for each method and dataset of a row that asks about methods by themselves."""
    missing = Group("all")
    for method in row.methods:
        for dataset in datasets(row, asking):
            scores = paired(asking.runs, dataset, [method], row.measure)
            if len(scores):
                margin = margin_of(row, row.measure, asking)
                values, holds = scores[method].to_numpy(dtype=float), None
                if row.test in COMPUTED:
                    answer = COMPUTED[row.test](values)
                    holds = answer.estimate < margin
                else:
                    answer = ALONE[row.test](values, margin)
                parts = (dataset, (method, ""), row.test, row.measure, answer, margin, len(scores), holds)
                yield Group("all", [asked(asking, *parts)])
            elif dataset in row.datasets:
                missing.missing.append((dataset, method))
    if missing.missing:
        yield missing


def some_higher(row: Row, asking: Asking) -> Group:
    """On each dataset, the first with the best average against the second; as observed, without a p value."""
    group = Group("all")
    firsts = [split_pair(pair)[0] for pair in row.pairs]
    second = split_pair(row.pairs[0])[1]
    for dataset in datasets(row, asking):
        scores = paired(asking.runs, dataset, [*firsts, second], "test")
        if scores.empty:
            group.missing += [(dataset, pair) for pair in row.pairs if dataset in row.datasets]
            continue
        metric = metric_of(asking.runs, dataset, "test")
        sign = 1 if METRICS[metric].higher_is_better else -1
        advantages = {name: sign * (scores[name] - scores[second]).to_numpy(dtype=float) for name in firsts}
        best = max(firsts, key=lambda name, found=advantages: found[name].mean())  # type: ignore[misc]
        estimate, (low, high) = float(advantages[best].mean()), mean_interval(advantages[best])
        holds = (True if estimate > 0 else None if high > 0 else False) if len(scores) >= asking.minimum_seeds else None
        answer = Answer(estimate, low, high, NAN, NAN)
        group.tests.append(asked(asking, dataset, (best, second), row.test, "test", answer, NAN, len(scores), holds))
    return group


def gaps(row: Row, asking: Asking) -> Group:
    """On each dataset, the combination of the grid with the largest gap, as a share or MAE; single runs will do."""
    group = Group("all")
    for dataset in datasets(row, asking):
        found = list(grid_gaps(dataset, asking))
        if not found:
            group.missing += [(dataset, "")] if dataset in row.datasets else []
            continue
        gap, size, seeds = max(found, key=lambda entry: abs(entry[0]))
        holds = False if abs(gap) > row.margin else True if len(found) == len(asking.sizes) else None
        answer = Answer(gap, NAN, NAN, NAN, NAN)
        pair = size["first"], size["second"]
        group.tests.append(asked(asking, dataset, pair, "gap", "test", answer, row.margin, seeds, holds))
    return group


def grid_gaps(dataset: str, asking: Asking) -> Iterator[tuple[float, dict[str, Any], int]]:
    """First minus second of every combination that has run, as a share or MAE."""
    for size in asking.sizes:
        scores = paired(asking.runs, dataset, [size["first"], size["second"]], "test")
        if len(scores):
            scale = METRICS[metric_of(asking.runs, dataset, "test")].scale
            yield float((scores[size["first"]] - scores[size["second"]]).mean() / scale), size, len(scores)


def ratio_with_published(ratio: Asked, best: float) -> Asked:
    """Whether a ratio of times comes down to what the paper says of it at best."""
    shifted = [value - best for value in (ratio.answer.estimate, ratio.answer.low, ratio.answer.high)]
    against = NAN if math.isnan(shifted[1]) else 0.0 if shifted[1] > 0 else 1.0
    answer = Answer(shifted[0], shifted[1], shifted[2], NAN, against)
    return replace(ratio, test="published", metric="ratio", answer=answer, margin=0.0, holds=None)


def compare_with_published(rule: Numbers, asking: Asking) -> list[Asked]:
    """Our means against the paper's own numbers of these tables and methods, where both have a deviation."""
    found = []
    for table in rule.tables:
        for method in rule.methods:
            for dataset in asking.paper.datasets(table):
                score = asking.paper.score(table, method, dataset)
                here = asking.runs[(asking.runs["dataset"] == dataset) & (asking.runs["method"] == method)]
                if len(here) and score and score.mean is not None and score.std is not None:
                    ours = measured(here, "test").to_numpy(dtype=float)
                    std = float(np.std(ours, ddof=1)) if len(ours) > 1 else NAN
                    result = welch((float(ours.mean()), std, len(ours)), (score.mean, score.std, RUNS))
                    answer = Answer(result.value, result.low, result.high, result.p_value, result.p_value)
                    margin = asking.margins[metric_of(asking.runs, dataset, "test")]
                    found.append(asked(asking, dataset, (method, ""), "published", "test", answer, margin, len(ours)))
    return found
