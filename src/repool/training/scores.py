"""Losses and scores: what a network is trained on and what it is judged by."""

from typing import Any

from torch import Tensor
from torch.nn.functional import cross_entropy

from repool.errors import UserError, nearest


def losses(outputs: Tensor, y: Tensor) -> Tensor:
    """Loss of each graph, [seeds, graphs]: cross entropy for classes, absolute error for numbers.

    Args:
        outputs: [seeds, graphs, classes] or [seeds, graphs, 1].
        y: int64 or float32 [seeds, graphs].
    """
    if y.is_floating_point():
        return (outputs.squeeze(2) - y).abs()
    return cross_entropy(outputs.flatten(0, 1), y.flatten(), reduction="none").view_as(y)


class Accuracy:
    """Share of graphs whose largest output is their class."""

    higher_is_better = True

    @staticmethod
    def score(outputs: Tensor, y: Tensor) -> Tensor:
        """[seeds] from outputs [seeds, graphs, classes] and y [seeds, graphs]."""
        return (outputs.argmax(dim=2) == y).double().mean(dim=1)


class MeanAbsoluteError:
    """Mean absolute error."""

    higher_is_better = False

    @staticmethod
    def score(outputs: Tensor, y: Tensor) -> Tensor:
        """[seeds] from outputs [seeds, graphs, 1] and y [seeds, graphs]."""
        return (outputs.squeeze(2) - y).abs().double().mean(dim=1)


METRICS: dict[str, Any] = {"accuracy": Accuracy, "mae": MeanAbsoluteError}


def metric(name: str) -> Any:
    """The metric of a card; raises UserError for one that this version cannot compute."""
    if name not in METRICS:
        raise UserError(
            f"{name} is not a metric that training can compute (in the dataset's card). {nearest(name, METRICS)}"
        )
    return METRICS[name]
