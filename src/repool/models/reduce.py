"""Reduce: the features of a cluster from those of its nodes."""

import numba
import torch
from torch import Tensor

from repool.models.graphs import Clusters
from repool.models.sparse import to_device


class ClusterMax:
    """Maximum over the nodes of each cluster (equation 2), for clusters of one or two nodes.

    Where two nodes are equal, each takes half of the gradient, as in `torch.amax`. Gathers alone, forward and
    backward, so there is one order of sums on every device. On the CPU a compiled loop stands for the torch
    operations, which read the same arrays.
    """

    def __init__(self, clusters: Clusters, device: torch.device):
        self.clusters, self.device = clusters, device

    def __call__(self, X: Tensor) -> Tensor:
        """X' [seeds, rows of the next level, width] of X [seeds, rows, width]."""
        function = _CompiledMax if self.device.type == "cpu" else _TorchMax
        pooled: Tensor = function.apply(X, self.clusters)  # type: ignore[no-untyped-call]
        return pooled


class _TorchMax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, clusters):  # type: ignore[no-untyped-def]
        first, second, cluster = (
            to_device(rows, X.device) for rows in (clusters.first, clusters.second, clusters.cluster)
        )
        rows = X.reshape(-1, X.size(2))
        left, right = rows.index_select(0, first), rows.index_select(0, second)
        pooled = torch.maximum(left, right)
        shared = (left == right) & (first != second).unsqueeze(1)
        ctx.shape = X.shape
        ctx.save_for_backward(rows, pooled, shared, cluster)
        return pooled.view(X.size(0), -1, X.size(2))

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        rows, pooled, shared, cluster = ctx.saved_tensors
        gradient = gradient.reshape(-1, rows.size(1))
        gradient = torch.where(shared, 0.5 * gradient, gradient).index_select(0, cluster)
        won = rows == pooled.index_select(0, cluster)
        return (gradient * won).view(ctx.shape), None


class _CompiledMax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, clusters):  # type: ignore[no-untyped-def]
        seeds, _, width = X.shape
        ctx.X, ctx.clusters = X.detach().numpy(), clusters
        pooled = X.new_empty(seeds, clusters.first.size // seeds, width)
        _max_of_pairs(ctx.X, clusters.first, clusters.second, pooled.numpy())
        return pooled

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        result = gradient.new_zeros(ctx.X.shape)
        arrays = (gradient.contiguous().numpy(), result.numpy())
        _max_of_pairs_backward(ctx.X, ctx.clusters.first, ctx.clusters.second, *arrays)
        return result, None


@numba.njit(cache=True, nogil=True)
def _max_of_pairs(X, first, second, pooled):  # type: ignore[no-untyped-def]
    width = X.shape[2]
    rows, pooled = X.reshape(-1, width), pooled.reshape(-1, width)
    for row in range(first.size):
        left, right, target = rows[first[row]], rows[second[row]], pooled[row]
        for column in range(width):
            target[column] = max(left[column], right[column])


@numba.njit(cache=True, nogil=True)
def _max_of_pairs_backward(X, first, second, gradient, result):  # type: ignore[no-untyped-def]
    half, none, width = X.dtype.type(0.5), X.dtype.type(0), X.shape[2]
    rows, gradient, result = X.reshape(-1, width), gradient.reshape(-1, width), result.reshape(-1, width)
    for row in range(first.size):
        source = gradient[row]
        if first[row] == second[row]:
            result[first[row]] = source
            continue
        left, right = rows[first[row]], rows[second[row]]
        to_left, to_right = result[first[row]], result[second[row]]
        for column in range(width):
            share = source[column] if left[column] > right[column] else none
            share = half * source[column] if left[column] == right[column] else share
            to_left[column] = share
            to_right[column] = source[column] - share
