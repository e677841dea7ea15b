"""Products with soft assignments, graph by graph and without padding: S^T X, S Y and ||S^T S||^2.

`pool` and `spread` are each other's gradient:

    X' = S^T X:  dS = X dX'^T,  dX = S dX'
    Z  = S Y:    dS = dZ Y^T,   dY = S^T dZ

On the CPU each graph's own rows go to BLAS, from a compiled loop. The references multiply padded graphs all at once.
"""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import arrays_of, dispatch
from repool.models.kernels.inlined.products import clear_padding, cross_rows, pool_rows, spread_rows
from repool.models.kernels.ranges import Ranges


def pool(S: Tensor, X: Tensor, ranges: Ranges) -> Tensor:
    """S^T X of each graph, [seeds, graphs x clusters, width].

    Args:
        S: assignment, [seeds, rows, clusters], zero on padding.
        X: features, [seeds, rows, width].
        ranges: the rows of each graph.
    """
    pooled: Tensor = dispatch(_Pool, pool_reference, S, X, ranges)
    return pooled


def pool_reference(S: Tensor, X: Tensor, ranges: Ranges) -> Tensor:
    """The same in torch operations."""
    return torch.bmm(ranges.padded(S).mT, ranges.padded(X)).view(ranges.seeds, -1, X.size(2))


def spread(S: Tensor, Y: Tensor, ranges: Ranges) -> Tensor:
    """S Y of each graph, [seeds, rows, width].

    Args:
        S: assignment, [seeds, rows, clusters], zero on padding.
        Y: features of clusters, [seeds, graphs x clusters, width].
        ranges: the rows of each graph.
    """
    rows: Tensor = dispatch(_Spread, spread_reference, S, Y, ranges)
    return rows


def spread_reference(S: Tensor, Y: Tensor, ranges: Ranges) -> Tensor:
    """The same in torch operations."""
    per_graph = Y.reshape(ranges.seeds * ranges.graphs, -1, Y.size(2))
    return ranges.unpadded(torch.bmm(ranges.padded(S), per_graph)) * ranges.inside


def gram_norm(S: Tensor, ranges: Ranges) -> Tensor:
    """||S^T S||^2 (Frobenius) of each graph, [seeds, graphs].

    It equals ||S S^T||^2, so a graph with fewer nodes than clusters takes the smaller product.
    """
    norm: Tensor = dispatch(_GramNorm, gram_norm_reference, S, ranges)
    return norm


def gram_norm_reference(S: Tensor, ranges: Ranges) -> Tensor:
    """The same in torch operations."""
    padded = ranges.padded(S)
    return torch.bmm(padded.mT, padded).square().sum(dim=(1, 2)).view(ranges.seeds, -1)


class _Pool(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, X, ranges):  # type: ignore[no-untyped-def]
        ctx.ranges = ranges
        ctx.save_for_backward(S, X)
        return _pooled(S, X, ranges)

    @staticmethod
    def backward(ctx, dX):  # type: ignore[no-untyped-def]
        (S, X), ranges = ctx.saved_tensors, ctx.ranges
        dS = _crossed(X, dX, ranges) if ctx.needs_input_grad[0] else None
        return dS, _spreaded(S, dX, ranges) if ctx.needs_input_grad[1] else None, None


class _Spread(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, Y, ranges):  # type: ignore[no-untyped-def]
        ctx.ranges = ranges
        ctx.save_for_backward(S, Y)
        return _spreaded(S, Y, ranges)

    @staticmethod
    def backward(ctx, dZ):  # type: ignore[no-untyped-def]
        (S, Y), ranges = ctx.saved_tensors, ctx.ranges
        dS = _crossed(dZ, Y, ranges) if ctx.needs_input_grad[0] else None
        return dS, _pooled(S, dZ, ranges) if ctx.needs_input_grad[1] else None, None


class _GramNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, ranges):  # type: ignore[no-untyped-def]
        ctx.ranges = ranges
        norm, product = S.new_empty(ranges.seeds, ranges.graphs), S.new_empty(S.shape)
        _gram_norm(*arrays_of(S), ranges.ptr, norm.numpy(), product.numpy())  # type: ignore[call-arg]
        ctx.save_for_backward(product)
        return norm

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        """d||S^T S||^2 = 4 S S^T S."""
        (product,), ranges = ctx.saved_tensors, ctx.ranges
        result = torch.empty_like(product)
        _scale_rows(product.numpy(), ranges.ptr, *arrays_of(4 * gradient), result.numpy())  # type: ignore[call-arg]
        return result, None


def _pooled(S: Tensor, X: Tensor, ranges: Ranges) -> Tensor:
    result = X.new_empty(ranges.seeds, ranges.graphs * S.size(2), X.size(2))
    pool_rows(*arrays_of(S, X), ranges.ptr, result.numpy())  # type: ignore[call-arg]
    return result


def _spreaded(S: Tensor, Y: Tensor, ranges: Ranges) -> Tensor:
    result = Y.new_empty(ranges.seeds, ranges.rows, Y.size(2))
    spread_rows(*arrays_of(S, Y), ranges.ptr, result.numpy())  # type: ignore[call-arg]
    return result


def _crossed(X: Tensor, Y: Tensor, ranges: Ranges) -> Tensor:
    """X Y^T of each graph, [seeds, rows, clusters]."""
    result = X.new_empty(ranges.seeds, ranges.rows, Y.size(1) // ranges.graphs)
    cross_rows(*arrays_of(X, Y), ranges.ptr, result.numpy())  # type: ignore[call-arg]
    return result


@numba.njit(cache=True, nogil=True)
def _gram_norm(S, ptr, norm, product):  # type: ignore[no-untyped-def]
    """||S^T S||^2 of each graph, and S S^T S, whose fourfold is its gradient; by the smaller Gram matrix."""
    clusters = S.shape[2]
    S, product = S.reshape(-1, clusters), product.reshape(-1, clusters)
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            start, stop = ptr[seed, graph], ptr[seed, graph + 1]
            own = S[start:stop]
            if stop - start < clusters:
                gram = np.dot(own, own.T)
                np.dot(gram, own, product[start:stop])
            else:
                gram = np.dot(own.T, own)
                np.dot(own, gram, product[start:stop])
            norm[seed, graph] = np.square(gram).sum()
    clear_padding(ptr, product)


@numba.njit(cache=True, nogil=True)
def _scale_rows(X, ptr, factors, result):  # type: ignore[no-untyped-def]
    """The rows of each graph times its factor."""
    X, result = X.reshape(-1, X.shape[2]), result.reshape(-1, X.shape[2])
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                result[row] = X[row] * factors[seed, graph]
    clear_padding(ptr, result)
