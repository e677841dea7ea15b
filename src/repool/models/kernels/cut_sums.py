"""Sums over S and A S that MinCutPool needs of every graph, each pass over the rows made once."""

from typing import NamedTuple

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.assignment_products import pool_reference, spread_reference
from repool.models.kernels.dispatch import arrays_of, dispatch
from repool.models.kernels.inlined.products import clear_padding
from repool.models.kernels.ranges import Ranges


class Sums(NamedTuple):
    """Of every cluster c and graph: sums over its nodes i, d being A 1.

    diagonal: S_ic (A S)_ic, that is the diagonal of S^T A S, [seeds, graphs, clusters].
    outward: S_ic (A S)_ib over the other clusters b, that is the row sums of S^T A S without its diagonal, [seeds,
        graphs, clusters]; summed as such, for d_i - (A S)_ic is a small difference where nodes have decided.
    cut: d_i |S_i|^2, that is tr(S^T D S), [seeds, graphs].
    squares: |S_i|^2, that is tr(S^T S), [seeds, graphs].
    """

    diagonal: Tensor
    outward: Tensor
    cut: Tensor
    squares: Tensor


def cut_sums(S: Tensor, AS: Tensor, d: Tensor, ranges: Ranges) -> Sums:
    """The sums of S [seeds, rows, clusters], A S of the same shape and d [seeds, rows, 1]."""
    return Sums(*dispatch(_Sums, cut_sums_reference, S, AS, d, ranges))


def cut_sums_reference(S: Tensor, AS: Tensor, d: Tensor, ranges: Ranges) -> Sums:
    """The same in torch operations."""
    squares = S.square().sum(dim=2, keepdim=True)
    terms = torch.cat([S * AS, S * without_own(AS), d * squares, squares], dim=2)
    totals = pool_reference(ranges.inside, terms, ranges)
    diagonal, outward, cut, trace = totals.split([S.size(2), S.size(2), 1, 1], dim=2)
    return Sums(diagonal, outward, cut.squeeze(2), trace.squeeze(2))


def without_own(X: Tensor) -> Tensor:
    """Of each entry the sum of the others in its row, by sums from both ends, [seeds, rows, width]."""
    before, after = X.cumsum(dim=2), X.flip(2).cumsum(dim=2).flip(2)
    none = torch.zeros_like(X[..., :1])
    return torch.cat([none, before[..., :-1]], dim=2) + torch.cat([after[..., 1:], none], dim=2)


def scaled_columns(S: Tensor, scale: Tensor, ranges: Ranges) -> Tensor:
    """S with the columns of every graph multiplied by its scale [seeds, graphs, clusters]; zero on padding."""
    scaled: Tensor = dispatch(_ScaledColumns, scaled_columns_reference, S, scale, ranges)
    return scaled


def scaled_columns_reference(S: Tensor, scale: Tensor, ranges: Ranges) -> Tensor:
    """The same in torch operations."""
    return S * spread_reference(ranges.inside, scale, ranges)


class _Sums(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, AS, d, ranges):  # type: ignore[no-untyped-def]
        ctx.ranges = ranges
        ctx.save_for_backward(S, AS, d)
        shape = (ranges.seeds, ranges.graphs)
        results = [S.new_zeros(*shape, *width) for width in ((S.size(2),), (S.size(2),), (), ())]
        _sums(*arrays_of(S, AS, d), ranges.ptr, *arrays_of(*results))  # type: ignore[call-arg]
        return tuple(results)

    @staticmethod
    def backward(ctx, *gradients):  # type: ignore[no-untyped-def]
        S, AS, d = ctx.saved_tensors
        results = [S.new_empty(tensor.shape) for tensor in (S, AS, d)]
        _sums_backward(*arrays_of(S, AS, d), ctx.ranges.ptr, *arrays_of(*gradients), *arrays_of(*results))  # type: ignore[call-arg]
        return (*results, None)


class _ScaledColumns(torch.autograd.Function):
    @staticmethod
    def forward(ctx, S, scale, ranges):  # type: ignore[no-untyped-def]
        ctx.ranges = ranges
        ctx.save_for_backward(S, scale)
        result = S.new_empty(S.shape)
        _scale(*arrays_of(S, scale), ctx.ranges.ptr, result.numpy())  # type: ignore[call-arg]
        return result

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        S, scale = ctx.saved_tensors
        dS, dscale = S.new_empty(S.shape), torch.zeros_like(scale)
        _scale_backward(*arrays_of(S, scale, gradient), ctx.ranges.ptr, dS.numpy(), dscale.numpy())  # type: ignore[call-arg]
        return dS, dscale, None


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def _sums(S, AS, d, ptr, diagonal, outward, cut, squares):  # type: ignore[no-untyped-def]
    clusters = S.shape[2]
    S, AS, d = S.reshape(-1, clusters), AS.reshape(-1, clusters), d.reshape(-1)
    others = np.empty(clusters, S.dtype)
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                _without_own(AS[row], others)
                square = S.dtype.type(0)
                for cluster in range(clusters):
                    share = S[row, cluster]
                    diagonal[seed, graph, cluster] += share * AS[row, cluster]
                    outward[seed, graph, cluster] += share * others[cluster]
                    square += share * share
                cut[seed, graph] += d[row] * square
                squares[seed, graph] += square


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def _sums_backward(S, AS, d, ptr, diagonal, outward, cut, squares, dS, dAS, dd):  # type: ignore[no-untyped-def]
    clusters = S.shape[2]
    S, AS, d = S.reshape(-1, clusters), AS.reshape(-1, clusters), d.reshape(-1)
    dS, dAS, dd = dS.reshape(-1, clusters), dAS.reshape(-1, clusters), dd.reshape(-1)
    others, sent, sent_by_others = (
        np.empty(clusters, S.dtype),
        np.empty(clusters, S.dtype),
        np.empty(clusters, S.dtype),
    )
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                _without_own(AS[row], others)
                own = 2 * (d[row] * cut[seed, graph] + squares[seed, graph])
                square = S.dtype.type(0)
                for cluster in range(clusters):
                    share, along = S[row, cluster], diagonal[seed, graph, cluster]
                    dS[row, cluster] = (
                        along * AS[row, cluster] + outward[seed, graph, cluster] * others[cluster] + own * share
                    )
                    dAS[row, cluster] = along * share
                    sent[cluster] = outward[seed, graph, cluster] * share
                    square += share * share
                _without_own(sent, sent_by_others)
                for cluster in range(clusters):
                    dAS[row, cluster] += sent_by_others[cluster]
                dd[row] = cut[seed, graph] * square
    for result in (dS, dAS, dd.reshape(-1, 1)):
        clear_padding(ptr, result)


@numba.njit(cache=True, nogil=True)
def _without_own(x, others):  # type: ignore[no-untyped-def]
    """Of each entry the sum of all others, by sums from both ends."""
    total = x.dtype.type(0)
    for i in range(x.size):
        others[i] = total
        total += x[i]
    total = x.dtype.type(0)
    for i in range(x.size - 1, -1, -1):
        others[i] += total
        total += x[i]


@numba.njit(cache=True, nogil=True)
def _scale(S, scale, ptr, result):  # type: ignore[no-untyped-def]
    clusters = S.shape[2]
    S, result = S.reshape(-1, clusters), result.reshape(-1, clusters)
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                for cluster in range(clusters):
                    result[row, cluster] = S[row, cluster] * scale[seed, graph, cluster]
    clear_padding(ptr, result)


@numba.njit(cache=True, nogil=True)
def _scale_backward(S, scale, gradient, ptr, dS, dscale):  # type: ignore[no-untyped-def]
    clusters = S.shape[2]
    S, gradient, dS = S.reshape(-1, clusters), gradient.reshape(-1, clusters), dS.reshape(-1, clusters)
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                for cluster in range(clusters):
                    dS[row, cluster] = gradient[row, cluster] * scale[seed, graph, cluster]
                    dscale[seed, graph, cluster] += gradient[row, cluster] * S[row, cluster]
    clear_padding(ptr, dS)
