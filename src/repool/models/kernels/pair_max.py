"""Maximum over the nodes of each cluster of a matching (equation 2): clusters of one or two nodes.

Gathers alone, forward and backward, so there is one order of sums on every device.
"""

import numba
import torch
from torch import Tensor

from repool.models.graphs import Pairs
from repool.models.kernels.dispatch import arrays_of, is_compiled, to_device


def pair_max(X: Tensor, pairs: Pairs) -> Tensor:
    """X' [seeds, rows of the next level, width] of X [seeds, rows, width].

    Where two nodes are equal, each takes half of the gradient, as in `torch.amax`.
    """
    function = _CompiledMax if is_compiled(X) else _TorchMax
    pooled: Tensor = function.apply(X, pairs)  # type: ignore[no-untyped-call]
    return pooled


def pair_max_reference(X: Tensor, pairs: Pairs) -> Tensor:
    """The same in torch operations, with their gradient."""
    pooled: Tensor = _TorchMax.apply(X, pairs)  # type: ignore[no-untyped-call]
    return pooled


class _TorchMax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, pairs):  # type: ignore[no-untyped-def]
        first, second, cluster = (to_device(rows, X.device) for rows in (pairs.first, pairs.second, pairs.cluster))
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
    def forward(ctx, X, pairs):  # type: ignore[no-untyped-def]
        seeds, _, width = X.shape
        (ctx.X,), ctx.pairs = arrays_of(X), pairs
        pooled = X.new_empty(seeds, pairs.first.size // seeds, width)
        _max_of_pairs(ctx.X, pairs.first, pairs.second, pooled.numpy())  # type: ignore[call-arg]
        return pooled

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        result = gradient.new_zeros(ctx.X.shape)
        arrays = arrays_of(gradient, result)
        _max_of_pairs_backward(ctx.X, ctx.pairs.first, ctx.pairs.second, *arrays)  # type: ignore[call-arg]
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
