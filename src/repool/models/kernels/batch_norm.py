"""Batch normalisation over the nodes of each seed, with its gradient."""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import arrays_of, dispatch

EPSILON = 1e-5


def normalise(
    X: Tensor, scale: Tensor, shift: Tensor, nodes: Tensor, count: Tensor, activated: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Each seed's features with mean 0 and variance 1 over what counts, scaled and shifted; its mean and variance.

    Args:
        X: [seeds, rows, width].
        scale, shift: [seeds, 1, width].
        nodes: rows that are nodes, the first ones, [seeds, 1, 1].
        count: rows that count, those beyond the nodes as zeros, [seeds, 1, 1].
        activated: whether the features are the ReLU of X, or X.

    Returns:
        [seeds, rows, width], whose padding rows mean nothing, and mean and variance [seeds, 1, width], which are not
        differentiated.
    """
    arguments = scale, shift, nodes, count, activated
    found: tuple[Tensor, Tensor, Tensor] = dispatch(_Normalise, normalise_reference, X, *arguments)
    return found


def normalise_reference(
    X: Tensor, scale: Tensor, shift: Tensor, nodes: Tensor, count: Tensor, activated: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """The same in torch operations."""
    X = X.relu() if activated else X
    inside = torch.arange(X.size(1), device=X.device).view(1, -1, 1) < nodes
    mean = (X * inside).sum(dim=1, keepdim=True) / count
    centred = X - mean
    variance = ((centred * inside).square().sum(dim=1, keepdim=True) + (count - nodes) * mean.square()) / count
    return centred * (scale / (variance + EPSILON).sqrt()) + shift, mean.detach(), variance.detach()


class _Normalise(torch.autograd.Function):
    """With x the normalised rows and m the mean over what counts,

    dX = scale / sqrt(variance + epsilon) (G - m(G) - x m(G x)), and nothing where a ReLU is zero.
    """

    @staticmethod
    def forward(ctx, X, scale, shift, nodes, count, activated):  # type: ignore[no-untyped-def]
        seeds, _, width = X.shape
        Y, statistics = X.new_empty(X.shape), X.new_empty(3, seeds, 1, width)
        _forward(*arrays_of(X, scale, shift, nodes, count, Y, statistics), activated)  # type: ignore[call-arg]
        mean, variance, inverse = statistics
        ctx.activated = activated
        ctx.save_for_backward(X, scale, mean, inverse, nodes, count)
        ctx.mark_non_differentiable(mean, variance)
        return Y, mean, variance

    @staticmethod
    def backward(ctx, gradient, _mean, _variance):  # type: ignore[no-untyped-def]
        X, scale, mean, inverse, nodes, count = ctx.saved_tensors
        results = X.new_empty(X.shape), scale.new_empty(scale.shape), scale.new_empty(scale.shape)
        arrays = arrays_of(gradient, X, scale, mean, inverse, nodes, count, *results)
        _backward(*arrays, ctx.activated)  # type: ignore[call-arg]
        return *results, None, None, None


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _forward(X, scale, shift, nodes, count, Y, statistics, activated):  # type: ignore[no-untyped-def]
    width = X.shape[2]
    mean, variance = np.empty(width), np.empty(width)  # float64: single sums over thousands of rows lose digits
    for seed in range(X.shape[0]):
        real, counted = np.int64(nodes[seed, 0, 0]), np.float64(count[seed, 0, 0])
        mean[:] = 0
        for row in range(real):
            for column in range(width):
                mean[column] += _feature(X[seed, row, column], activated)
        mean /= counted
        variance[:] = (counted - real) * mean * mean
        for row in range(real):
            for column in range(width):
                centred = _feature(X[seed, row, column], activated) - mean[column]
                variance[column] += centred * centred
        variance /= counted
        statistics[0, seed, 0], statistics[1, seed, 0] = mean, variance
        statistics[2, seed, 0] = 1 / np.sqrt(variance + EPSILON)
        centre, inverse = statistics[0, seed, 0], statistics[2, seed, 0]
        for row in range(real):
            for column in range(width):
                normal = (_feature(X[seed, row, column], activated) - centre[column]) * inverse[column]
                Y[seed, row, column] = normal * scale[seed, 0, column] + shift[seed, 0, column]
        Y[seed, real:] = 0


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _backward(gradient, X, scale, centre, inverse, nodes, count, dX, dscale, dshift, activated):  # type: ignore[no-untyped-def]
    width, zero = gradient.shape[2], X.dtype.type(0)
    along, total = np.empty(width), np.empty(width)
    for seed in range(gradient.shape[0]):
        real, counted = np.int64(nodes[seed, 0, 0]), np.float64(count[seed, 0, 0])
        along[:], total[:] = 0, 0
        for row in range(real):
            for column in range(width):
                x = _feature(X[seed, row, column], activated)
                normal = (x - centre[seed, 0, column]) * inverse[seed, 0, column]
                total[column] += gradient[seed, row, column]
                along[column] += gradient[seed, row, column] * normal
        dscale[seed, 0], dshift[seed, 0] = along, total
        along /= counted
        total /= counted
        for row in range(real):
            for column in range(width):
                x = _feature(X[seed, row, column], activated)
                normal = (x - centre[seed, 0, column]) * inverse[seed, 0, column]
                centred = gradient[seed, row, column] - total[column] - normal * along[column]
                passed = centred * scale[seed, 0, column] * inverse[seed, 0, column]
                dX[seed, row, column] = zero if activated and x <= zero else passed
        dX[seed, real:] = 0


@numba.njit(cache=True, nogil=True)
def _feature(x, activated):  # type: ignore[no-untyped-def]
    zero = type(x)(0)
    return zero if activated and x < zero else x
