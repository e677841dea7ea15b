"""Scores that datasets beyond the paper's are judged by.

Apart from `repool.training.scores`, which is code of every run that is kept: a score that none of them has would change
what they were trained by. A formula here is therefore no part of that code, and never changes under its name.
"""

from torch import Tensor

from repool.training import scores


class RootMeanSquaredError:
    """Root of the mean squared error, as OGB's evaluator takes it."""

    higher_is_better = False

    @staticmethod
    def score(outputs: Tensor, y: Tensor) -> Tensor:
        """[seeds] from outputs [seeds, graphs, 1] and y [seeds, graphs]."""
        return (outputs.squeeze(2) - y).square().double().mean(dim=1).sqrt()


def register() -> None:
    """Let training find them by the metric of a card."""
    scores.METRICS["rmse"] = RootMeanSquaredError
