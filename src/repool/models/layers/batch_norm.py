"""Batch normalisation (Ioffe and Szegedy, 2015) for a stack of seeds, over the nodes of a level."""

import torch
from torch import Tensor, nn

from repool.models.kernels.batch_norm import EPSILON, normalise
from repool.models.levels import Level

MOMENTUM = 0.1

# Over which rows the statistics run: the nodes, or also the zeros of a padded dense batch (the released code).
OVER = ("nodes", "padded-as-released")


class BatchNorm(nn.Module):
    """Each seed's features with mean 0 and variance 1 over its nodes, then scaled and shifted.

    Args:
        width: number of features.
        seeds: number of seeds.
        over: one of `OVER`. The zeros of a padded batch change count, mean and variance, nothing else.
    """

    running_mean: Tensor
    running_variance: Tensor

    def __init__(self, width: int, seeds: int, over: str):
        super().__init__()
        self.padded = over == "padded-as-released"
        self.scale = nn.Parameter(torch.ones(seeds, 1, width))
        self.shift = nn.Parameter(torch.zeros(seeds, 1, width))
        self.register_buffer("running_mean", torch.zeros(seeds, 1, width))
        self.register_buffer("running_variance", torch.ones(seeds, 1, width))

    def forward(self, X: Tensor, level: Level, activated: bool = False) -> Tensor:
        """[seeds, rows, width] of X [seeds, rows, width] or its ReLU (`activated`); padding rows mean nothing.

        `level.nodes` and `level.padded_rows`, [seeds, 1, 1], say how many rows of each seed count.
        """
        if not self.training:
            X = X.relu() if activated else X
            return (X - self.running_mean) * (self.scale / (self.running_variance + EPSILON).sqrt()) + self.shift
        count = level.padded_rows if self.padded else level.nodes
        Y, mean, variance = normalise(X, self.scale, self.shift, level.nodes, count, activated)
        with torch.no_grad():
            self.running_mean.lerp_(mean, MOMENTUM)
            self.running_variance.lerp_(variance * (count / (count - 1).clamp(min=1)), MOMENTUM)
        return Y
