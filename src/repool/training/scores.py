"""Losses and scores: what a network is trained on and what it is judged by."""

from typing import Any

import torch
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


class AreaUnderCurve:
    """Area under the receiver operating curve of the second class's output, as OGB's evaluator takes it."""

    higher_is_better = True

    @staticmethod
    def score(outputs: Tensor, y: Tensor) -> Tensor:
        """[seeds] from outputs [seeds, graphs, 2] and y [seeds, graphs]; not a number where a class is missing.

        It is the share of pairs of a positive and a negative graph that stand in the right order (Mann and Whitney,
        1947); a tie counts half.
        """
        x = outputs[..., 1].double().contiguous()
        negative = [torch.sort(values[classes == 0]).values for values, classes in zip(x, y, strict=True)]
        areas = []
        for values, classes, below in zip(x, y, negative, strict=True):
            positive = values[classes == 1]
            lower, upper = (torch.searchsorted(below, positive, right=right) for right in (False, True))
            areas.append((lower + upper).sum().double() / (2 * positive.numel() * below.numel()))
        return torch.stack(areas)


METRICS: dict[str, Any] = {"accuracy": Accuracy, "mae": MeanAbsoluteError, "auroc": AreaUnderCurve}


def metric(name: str) -> Any:
    """The metric of a card; raises UserError for one that this version cannot compute."""
    if name not in METRICS:
        raise UserError(
            f"{name} is not a metric that training can compute (in the dataset's card). {nearest(name, METRICS)}"
        )
    return METRICS[name]
