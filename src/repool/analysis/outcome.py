"""What the curves of one run say: its best epochs, its way down, and what permuted nodes change."""

import math
import operator
from collections.abc import Sequence

from repool.words.names import METRICS

# Which of several best epochs counts; otherwise the last.
FIRST = "first"
# The share of the way from a run's first validation loss to its lowest that counts as descended.
DESCENDED = 0.9


def best_epochs(scores: Sequence[float], name: str) -> list[int]:
    """The epochs (from 1) that share the best of a run's validation scores [epochs], in order.

    On a few hundred graphs many epochs do: training keeps the first, and nothing says that the paper did.
    """
    known = [score for score in scores if not math.isnan(score)]
    best = (max if METRICS[name].higher_is_better else min)(known)
    return [epoch for epoch, score in enumerate(scores, 1) if score == best]


def descent(losses: Sequence[float]) -> tuple[float | None, int | None]:
    """The lowest of a run's validation losses [epochs], and the first epoch (from 1) that has made most of the way.

    The way is that from the first epoch's loss to the lowest one, most of it 90%: how fast a run gets there, without
    the chance that decides which of many nearly equal epochs is the lowest. (None, None) where no loss was recorded,
    or one is not a number: such a run diverged, and has not descended.
    """
    if not losses or not all(map(math.isfinite, losses)):
        return None, None
    lowest = min(losses)
    there = losses[0] - DESCENDED * (losses[0] - lowest)
    return lowest, next(epoch for epoch, loss in enumerate(losses, 1) if round(loss - there, 9) <= 0)


def over_permutations(scores: Sequence[float], name: str) -> tuple[float | None, float | None]:
    """The best of a run's scores on permuted graphs [epochs], and their mean; (None, None) where none was recorded.

    The best one is where training ends up; the mean is about the whole way there, whose length is the run's own.
    """
    if not scores:
        return None, None
    return (max if METRICS[name].higher_is_better else min)(scores), math.fsum(scores) / len(scores)


def of_permutations(permuted: Sequence[float], plain: Sequence[float]) -> float | None:
    """By how much a run's scores on permuted graphs [epochs] exceed those on the same graphs as they are, on average.

    None where none was recorded. An invariant network scores both alike.
    """
    return math.fsum(map(operator.sub, permuted, plain)) / len(permuted) if permuted else None
