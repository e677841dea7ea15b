"""A verdict for each claim of the paper, from the runs that there are."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from repool.analysis.cells import failures, read_rows, scored
from repool.analysis.claims import mentions
from repool.analysis.claims.asked import Asked, Asking, Missing
from repool.analysis.claims.methods import metric_of
from repool.analysis.claims.numbers import compare_with_published
from repool.analysis.claims.questions import ask
from repool.analysis.claims.tests import UNLESS_REFUTED
from repool.analysis.claims.words import EQUAL_WITHIN, of_failures, reason
from repool.analysis.files import write_json
from repool.analysis.published import Published
from repool.analysis.rank_tests import holm
from repool.analysis.statistics import SIGNIFICANCE
from repool.schemas.claims import Claim, Claims, check_agreement, read_claims

REPLICATED = "replicated"
NOT_REPLICATED = "not replicated"
DEVIATES = "deviates from the published number"
INCONCLUSIVE = "inconclusive"
NOT_RUN = "not run"


def judge(file: Path, published: Path, cells: Sequence[Path], out: Path, sizes: Sequence[dict[str, Any]] = ()) -> None:
    """Write claims.json: every claim of the paper, in its order, with its verdict, the reason and the tests behind it.

    Args:
        file: claims.yaml, what decides each claim.
        published: the paper's numbers and the words of its claims.
        cells: cell tables of everything that has run.
        sizes: combinations of the grid of figure 8.
    """
    rules = read_claims(file)
    paper = Published(published)
    said = paper.claims()
    check_agreement(rules, said, file, published)
    found = verdicts(rules, list(said), paper, read_rows(cells), sizes)
    claims = [{"id": name, "says": said[name], **about} for name, about in found.items()]
    contradictions = [{"says": one.says, "claims": one.claims} for one in paper.contradictions()]
    write_json(out, {"claims": claims, "contradictions": contradictions, "tests": rules.tests})


def verdicts(
    rules: Claims, claims: Sequence[str], paper: Published, rows: pd.DataFrame, sizes: Sequence[dict[str, Any]] = ()
) -> dict[str, dict[str, Any]]:
    """What becomes of some claims, by id, given the rows of all cell tables."""
    asking = Asking(
        runs=scored(rows),
        margins=rules.margins,
        minimum_seeds=rules.minimum_seeds,
        sizes=list(sizes),
        paper=paper,
        measures=rules.measures,
    )
    failed = failures(rows)
    return {name: verdict(rules.claims[name], asking, failed) for name in claims}


def verdict(rule: Claim, asking: Asking, failed: dict[tuple[str, str], int]) -> dict[str, Any]:
    """What becomes of one claim; the seeds that failed in its cells count nowhere, and are named."""
    groups = [group for row in rule.tests for group in ask(row, asking)]
    numbers = compare_with_published(rule.published, asking) if rule.published else []
    numbers += [asked for group in groups for asked in group.numbers]
    tests = [asked for group in groups for asked in group.tests]
    refute(tests, asking.minimum_seeds)
    refute_numbers(numbers, asking.minimum_seeds)
    counted = [asked for asked in tests if asked.counts]
    missing = list(dict.fromkeys(one for group in groups for one in group.missing))
    decided = [group.holds() for group in groups if any(asked.counts for asked in group.tests)]
    deviating = [asked for asked in numbers if asked.holds is False and asked.counts]
    if not counted:
        found = NOT_RUN
    elif False in decided:
        found = NOT_REPLICATED
    elif None in decided or missing:
        found = INCONCLUSIVE
    else:
        found = DEVIATES if deviating else REPLICATED
    broken = {cell: failed[cell] for cell in cells_of([*tests, *numbers], missing) if cell in failed}
    why = reason(found, groups, deviating, missing, asking.minimum_seeds, rule.remark)
    said = mentions.joined([why, of_failures(broken)], " ")
    return {
        "artifacts": rule.artifacts,
        "verdict": found,
        "reason": mentions.as_json(said, [*tests, *numbers]),
        "failed": [{"dataset": dataset, "method": method, "seeds": n} for (dataset, method), n in broken.items()],
        "data": sorted({asked.status for asked in [*tests, *numbers]}),
        "tests": [as_json(asked, asking.minimum_seeds, failed) for asked in [*tests, *numbers]],
    }


def cells_of(asked: Sequence[Asked], missing: Sequence[Missing]) -> list[tuple[str, str]]:
    """(dataset, method) of every cell that tests ask of, or that is missing, once."""
    named = [cell for one in asked for cell in one.cells]
    return list(dict.fromkeys([*named, *((one.dataset, method) for one in missing for method in one.methods)]))


def refute(tests: Sequence[Asked], minimum_seeds: int) -> None:
    """Decide which tests hold, and which fail: that is corrected over all tests of the claim on data of the paper.

    So is which firsts are better than their seconds.
    """
    enough = [asked for asked in tests if asked.seeds >= minimum_seeds]
    against = corrected([(asked, asked.answer.against) for asked in enough])
    better = corrected([(asked, asked.answer.better) for asked in enough])
    for asked in enough:
        asked.better = better.get(id(asked), 1.0) < SIGNIFICANCE
        fails = against.get(id(asked), 1.0) < SIGNIFICANCE
        if asked.test in UNLESS_REFUTED and not math.isnan(asked.answer.against):
            asked.holds = not fails
        elif asked.holds is None:
            asked.holds = True if asked.answer.p < SIGNIFICANCE else False if fails else None


def corrected(found: Sequence[tuple[Asked, float]]) -> dict[int, float]:
    """Holm's p values by test: those of tests on data of the paper are one family, others stand as they are."""
    known = {id(asked): (asked.counts, value) for asked, value in found if not math.isnan(value)}
    family = {key: value for key, (counts, value) in known.items() if counts}
    adjusted = dict(zip(family, map(float, holm(np.array(list(family.values())))), strict=True))
    return {key: adjusted.get(key, value) for key, (_, value) in known.items()}


def can_fail(asked: Asked, minimum_seeds: int) -> bool:
    """Whether there are runs enough to say that a test fails."""
    return asked.seeds >= minimum_seeds and not math.isnan(asked.answer.against)


def refute_numbers(numbers: Sequence[Asked], minimum_seeds: int) -> None:
    """Decide which of our numbers are off: by more than the margin, and significantly so over all of the claim.

    One agrees if its whole interval is within the margin; otherwise it stays open.
    """
    family = [asked for asked in numbers if can_fail(asked, minimum_seeds)]
    corrected = holm(np.array([asked.answer.against for asked in family]))
    for asked, against in zip(family, corrected, strict=True):
        if against < SIGNIFICANCE and abs(asked.answer.estimate) > asked.margin:
            asked.holds = False
        elif -asked.margin < asked.answer.low and asked.answer.high < asked.margin:
            asked.holds = True


def as_json(asked: Asked, minimum_seeds: int, failed: dict[tuple[str, str], int]) -> dict[str, Any]:
    """A test as the page reads it; what is not known is null, and so is the p of too few seeds."""
    answer, mixed = asked.answer, asked.heterogeneity
    values = {
        "estimate": answer.estimate,
        "low": answer.low,
        "high": answer.high,
        "p": answer.p if asked.seeds >= minimum_seeds else math.nan,
        "margin": asked.margin,
        "size": asked.size,
        "within": asked.within if asked.test in EQUAL_WITHIN else math.nan,
        "new_data_low": asked.beyond.low if asked.beyond else math.nan,
        "new_data_high": asked.beyond.high if asked.beyond else math.nan,
        "inside": asked.beyond.inside if asked.beyond else math.nan,
        "between_datasets": mixed.deviation if mixed else math.nan,
        "between_datasets_p": mixed.p_value if mixed and asked.seeds >= minimum_seeds else math.nan,
    }
    return {
        "dataset": asked.dataset,
        "over": list(asked.over),
        "others": [":".join(filter(None, pair)) for pair in asked.others],
        "seeds": asked.seeds,
        "blocks": asked.blocks or None,
        "failed": sum(failed.get(cell, 0) for cell in asked.cells),
        "decides": asked.decides,
        "better": asked.better,
        "first": asked.first,
        "second": asked.second,
        "test": asked.test,
        "measure": asked.measure,
        "metric": metric_of(asked.test, asked.metric),
        **{name: round(value, 10) if math.isfinite(value) else None for name, value in values.items()},
        "holds": asked.holds,
    }
