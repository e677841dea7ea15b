"""Our numbers against the paper's."""

import math
from dataclasses import replace

import numpy as np

from repool.analysis.claims.asked import Asked, Asking
from repool.analysis.claims.tests import NAN, Answer
from repool.analysis.published import RUNS
from repool.analysis.statistics import welch
from repool.schemas.claims import Numbers


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
                ran = asking.ran(dataset, method)
                if ran and score and score.mean is not None and score.std is not None:
                    ours = asking.values(dataset, method, "test").to_numpy(dtype=float)
                    std = float(np.std(ours, ddof=1)) if len(ours) > 1 else NAN
                    result = welch((float(ours.mean()), std, len(ours)), (score.mean, score.std, RUNS))
                    answer = Answer(result.value, result.low, result.high, result.p_value, result.p_value)
                    margin = asking.margins[asking.metric(dataset, "test")]
                    found.append(asking.asked(dataset, (method, ""), "published", "test", answer, margin, len(ours)))
    return found
