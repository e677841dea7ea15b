"""Batch normalisation (Ioffe and Szegedy, 2015) for a stack of seeds, over the nodes of a level."""

import numba
import numpy as np
import torch
from torch import Tensor, nn

from repool.models.levels import Level

EPSILON, MOMENTUM = 1e-5, 0.1

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

    def forward(self, X: Tensor, level: Level) -> Tensor:
        """[seeds, rows, width] of X [seeds, rows, width]; padding rows get values that mean nothing.

        `level.nodes` and `level.padded_rows`, [seeds, 1, 1], say how many rows of each seed count.
        """
        if not self.training:
            return (X - self.running_mean) * (self.scale / (self.running_variance + EPSILON).sqrt()) + self.shift
        count = level.padded_rows if self.padded else level.nodes
        if X.is_cpu:
            Y, mean, variance = _Compiled.apply(X, self.scale, self.shift, level.nodes, count)  # type: ignore[no-untyped-call]
        else:
            Y, mean, variance = _normalised(X, self.scale, self.shift, level.nodes, count)
        with torch.no_grad():
            self.running_mean.lerp_(mean, MOMENTUM)
            self.running_variance.lerp_(variance * (count / (count - 1).clamp(min=1)), MOMENTUM)
        return Y


def _normalised(X: Tensor, scale: Tensor, shift: Tensor, nodes: Tensor, count: Tensor) -> tuple[Tensor, ...]:
    inside = torch.arange(X.size(1), device=X.device).view(1, -1, 1) < nodes
    mean = (X * inside).sum(dim=1, keepdim=True) / count
    centred = X - mean
    variance = ((centred * inside).square().sum(dim=1, keepdim=True) + (count - nodes) * mean.square()) / count
    return centred * (scale / (variance + EPSILON).sqrt()) + shift, mean.detach(), variance.detach()


class _Compiled(torch.autograd.Function):
    """The same with its gradient: with x the normalised rows and m the mean over what counts,

    dX = scale / sqrt(variance + epsilon) (G - m(G) - x m(G x)).
    """

    @staticmethod
    def forward(ctx, X, scale, shift, nodes, count):  # type: ignore[no-untyped-def]
        seeds, _, width = X.shape
        Y, normal = torch.zeros_like(X), torch.zeros_like(X)
        statistics = X.new_empty(3, seeds, 1, width)
        arrays = (X, scale, shift, nodes, count, Y, normal, statistics)
        _forward(*(array.detach().contiguous().numpy() for array in arrays))
        mean, variance, inverse = statistics
        ctx.save_for_backward(normal, scale, inverse, nodes, count)
        ctx.mark_non_differentiable(mean, variance)
        return Y, mean, variance

    @staticmethod
    def backward(ctx, gradient, _mean, _variance):  # type: ignore[no-untyped-def]
        normal, scale, inverse, nodes, count = ctx.saved_tensors
        dX, dscale, dshift = torch.zeros_like(normal), torch.empty_like(scale), torch.empty_like(scale)
        arrays = (gradient, normal, scale, inverse, nodes, count, dX, dscale, dshift)
        _backward(*(array.detach().contiguous().numpy() for array in arrays))
        return dX, dscale, dshift, None, None


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _forward(X, scale, shift, nodes, count, Y, normal, statistics):  # type: ignore[no-untyped-def]
    width = X.shape[2]
    mean, variance = np.empty(width), np.empty(width)  # float64: single sums over thousands of rows lose digits
    for seed in range(X.shape[0]):
        real, counted = np.int64(nodes[seed, 0, 0]), np.float64(count[seed, 0, 0])
        mean[:] = 0
        for row in range(real):
            for column in range(width):
                mean[column] += X[seed, row, column]
        mean /= counted
        variance[:] = (counted - real) * mean * mean
        for row in range(real):
            for column in range(width):
                centred = X[seed, row, column] - mean[column]
                variance[column] += centred * centred
        variance /= counted
        statistics[0, seed, 0], statistics[1, seed, 0] = mean, variance
        statistics[2, seed, 0] = 1 / np.sqrt(variance + EPSILON)
        centre, inverse = statistics[0, seed, 0], statistics[2, seed, 0]
        for row in range(real):
            for column in range(width):
                value = (X[seed, row, column] - centre[column]) * inverse[column]
                normal[seed, row, column] = value
                Y[seed, row, column] = value * scale[seed, 0, column] + shift[seed, 0, column]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _backward(gradient, normal, scale, inverse, nodes, count, dX, dscale, dshift):  # type: ignore[no-untyped-def]
    width = gradient.shape[2]
    along, total = np.empty(width), np.empty(width)
    for seed in range(gradient.shape[0]):
        real, counted = np.int64(nodes[seed, 0, 0]), np.float64(count[seed, 0, 0])
        along[:], total[:] = 0, 0
        for row in range(real):
            for column in range(width):
                total[column] += gradient[seed, row, column]
                along[column] += gradient[seed, row, column] * normal[seed, row, column]
        dscale[seed, 0], dshift[seed, 0] = along, total
        along /= counted
        total /= counted
        for row in range(real):
            for column in range(width):
                centred = gradient[seed, row, column] - total[column] - normal[seed, row, column] * along[column]
                dX[seed, row, column] = centred * scale[seed, 0, column] * inverse[seed, 0, column]
