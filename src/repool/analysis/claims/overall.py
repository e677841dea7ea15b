"""Tests over all datasets of a row at once, in which no single dataset may fail."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from repool.analysis.claims.asked import Asked, Asking, Group
from repool.analysis.claims.tests import NAN, ON_PAR, TESTS, Answer, Question, beyond, two_sided
from repool.analysis.over_datasets import Part, heterogeneity, overall, part
from repool.analysis.statistics import SIGNIFICANCE, Floats, spread_ratio
from repool.schemas.claims import Row
from repool.schemas.names import split_pair
from repool.words.names import METRICS, worst

# What the estimates of different scores have in common.
MARGINS = "margins"


@dataclass(frozen=True)
class Pooled:
    """How a kind of test is put together.

    Attributes:
        part: what a dataset says, higher is better for the first.
        bound: above which the mean of the parts must be, given the margin.
        back: from the mean to what is printed.
        metric: of what is printed.
        both: whether the mean must be below minus the bound as well.
    """

    part: Callable[[Question], Part]
    bound: Callable[[float], float]
    back: Callable[[float], float]
    metric: str
    both: bool = False


def in_margins(question: Question) -> Part:
    """By how many margins the first is better."""
    return part(question.advantage / question.margin)


def narrower(question: Question) -> Part:
    """Logarithm of the second's deviation over the first's.

    Its error is that of Pitman and Morgan's test near equal deviations. Not known where just one of them is zero.
    """
    ratio, freedom = spread_ratio(question.first, question.second).value, len(question.first) - 2
    if not 0 < ratio < math.inf:
        return Part(NAN, NAN, 1)
    constant = 0 in (np.ptp(question.first), np.ptp(question.second))
    correlation = 1.0 if constant else float(np.corrcoef(question.first, question.second)[0, 1])
    return Part(-math.log(ratio), math.sqrt(max(0.0, 1 - correlation**2) / freedom), freedom)


POOLED = {
    "not worse": Pooled(in_margins, lambda _: -1.0, lambda value: value, MARGINS),
    "no wider spread": Pooled(narrower, lambda margin: -math.log(margin), lambda value: math.exp(-value), "ratio"),
}
POOLED["similar spread"] = replace(POOLED["no wider spread"], both=True)


def over_datasets(row: Row, asking: Asking) -> list[Group]:
    """A group for each pair: the test of the mean over datasets, which decides, and of each dataset, which can fail."""
    return [of_pair(row, split_pair(pair), asking) for pair in row.pairs]


def of_pair(row: Row, pair: tuple[str, str], asking: Asking) -> Group:
    """The group of one pair."""
    group, questions = Group("all"), []
    for dataset in asking.datasets(row):
        scores = asking.scores(dataset, pair, row.measure).to_numpy(dtype=float)
        if len(scores):
            about = question(row, dataset, scores, asking)
            answer = TESTS[row.test](about)
            asked = asking.asked(dataset, pair, row.test, row.measure, answer, about.margin, len(scores))
            more = beyond(dataset, about, row.test) if row.test in ON_PAR else None
            group.tests.append(replace(asked, decides=False, beyond=more))
            questions += [about] if asked.counts else []
        elif dataset in row.datasets:
            group.missing.append(asking.lacking(dataset, pair))
    if questions:
        counted = [asked for asked in group.tests if asked.counts]
        group.tests.insert(0, together(row, counted, questions))
    return group


def question(row: Row, dataset: str, scores: Floats, asking: Asking) -> Question:
    """Scores [seeds, 2] of a pair, with what is better there and the margin."""
    metric = asking.metric(dataset, row.measure)
    better = 1 if metric in METRICS and METRICS[metric].higher_is_better else -1
    return Question(scores[:, 0], scores[:, 1], better, asking.margin(row, metric))


def together(row: Row, counted: Sequence[Asked], questions: Sequence[Question]) -> Asked:
    """The test of the mean over the datasets that have runs, on as many seeds as the one with the fewest."""
    how, margin = POOLED[row.test], questions[0].margin
    least = min(asked.seeds for asked in counted)
    parts = [how.part(about) for about in questions] if least > 2 else []
    known = bool(parts) and not any(math.isnan(part.value) for part in parts)
    first = counted[0]
    return Asked(
        dataset=called([asked.dataset for asked in counted]),
        first=first.first,
        second=first.second,
        test=row.test,
        measure=first.measure,
        metric=how.metric,
        answer=answer_of(how, parts, how.bound(margin)) if known else Answer(NAN, NAN, NAN, NAN, NAN),
        margin=1.0 if how.metric == MARGINS else margin,
        seeds=least,
        status=worst(asked.status for asked in counted),
        over=tuple(asked.dataset for asked in counted),
        heterogeneity=heterogeneity(parts) if known else None,
    )


def answer_of(how: Pooled, parts: Sequence[Part], bound: float) -> Answer:
    """The mean of the parts with its 90% interval, held against the bound from both sides."""
    mean, opposite = overall(parts), overall([part._replace(value=-part.value) for part in parts])
    low, high = sorted(map(how.back, mean.interval(1 - 2 * SIGNIFICANCE)))
    better = mean.above(0.0) if how.metric == MARGINS else NAN
    p_value, against = mean.above(bound), opposite.above(-bound)
    if how.both:
        p_value, against = max(p_value, opposite.above(bound)), two_sided(against, mean.above(-bound))
    return Answer(how.back(mean.value), low, high, p_value, against, better)


def called(datasets: Sequence[str]) -> str:
    """What several datasets are called in a table."""
    return f"all {len(datasets)}" if len(datasets) > 1 else datasets[0]
