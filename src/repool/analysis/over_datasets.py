"""What several datasets say together: a mean that weighs them alike, and how much they differ."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import special

from repool.analysis.statistics import RESOLUTION, Floats, standard_error, t_above, t_quantile


class Part(NamedTuple):
    """What one dataset says: an estimate, its standard error, and the degrees of freedom of that."""

    value: float
    error: float
    freedom: int


@dataclass(frozen=True)
class Overall:
    """The mean of the parts; about these datasets, not about others that could have been taken."""

    value: float
    error: float
    freedom: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """Two-sided t interval; without any spread the mean itself."""
        half = self.error * t_quantile((1 + confidence) / 2, self.freedom) if self.error else 0.0
        return self.value - half, self.value + half

    def above(self, bound: float) -> float:
        """One-sided p value that the mean is above `bound`."""
        if not self.error:
            return 0.0 if round(self.value - bound, RESOLUTION) > 0 else 1.0
        return t_above((self.value - bound) / self.error, self.freedom)


@dataclass(frozen=True)
class Heterogeneity:
    """How far datasets differ beyond what their errors explain.

    Attributes:
        deviation: of the true values between datasets (DerSimonian and Laird), in their unit.
        p_value: Cochran's Q, chi-squared approximation.
    """

    deviation: float
    p_value: float


def part(sample: Floats) -> Part:
    """The mean of [pairs] numbers, at least two."""
    error = 0.0 if np.ptp(np.round(sample, RESOLUTION)) == 0 else standard_error(sample)
    return Part(float(sample.mean()), error, len(sample) - 1)


def overall(parts: Sequence[Part]) -> Overall:
    """The mean of estimates, all weighing the same, with Satterthwaite's degrees of freedom.

    Weights by precision would let the large datasets, whose scores hardly vary, speak for all.

    Source: Satterthwaite, 1946.
    """
    squares = [part.error**2 for part in parts]
    below = sum(square**2 / part.freedom for square, part in zip(squares, parts, strict=True))
    return Overall(
        value=sum(part.value for part in parts) / len(parts),
        error=math.sqrt(sum(squares)) / len(parts),
        freedom=sum(squares) ** 2 / below if below else math.inf,
    )


def heterogeneity(parts: Sequence[Part]) -> Heterogeneity | None:
    """None where a single dataset, or one without any spread, leaves nothing to compare.

    Source: Cochran, 1954; DerSimonian and Laird, 1986.
    """
    if len(parts) < 2 or min(part.error for part in parts) == 0:
        return None
    weights, values = np.array([part.error**-2 for part in parts]), np.array([part.value for part in parts])
    q = float((weights * (values - np.average(values, weights=weights)) ** 2).sum())
    excess = (q - (len(parts) - 1)) / float(weights.sum() - (weights**2).sum() / weights.sum())
    return Heterogeneity(math.sqrt(max(0.0, excess)), float(special.chdtrc(len(parts) - 1, q)))
