"""Products with S^T A S without its diagonal, which MinCutPool's convolutions and second pooling need."""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.assignment_products import pool_reference
from repool.models.kernels.dispatch import arrays_of, dispatch
from repool.models.kernels.inlined.products import cross_rows, pool_rows, spread_rows
from repool.models.kernels.ranges import Ranges


def cut_product(S: Tensor, AS: Tensor, Y: Tensor, ranges: Ranges) -> Tensor:
    """(S^T A S without its diagonal) Y of each graph, [seeds, graphs x clusters, width].

    Compiled, the matrix is not built. Row i gives S_ic (the sum over b of (A S)_ib Y_b, without b = c) to cluster c.
    The largest term of that sum is kept apart, for where nodes have decided the others are a small difference.
    """
    product: Tensor = dispatch(_CutProduct, cut_product_reference, S, AS, Y, ranges)
    return product


def cut_product_reference(S: Tensor, AS: Tensor, Y: Tensor, ranges: Ranges) -> Tensor:
    """The same in torch operations, by the matrix of every graph."""
    A = pool_reference(S, AS, ranges).view(-1, S.size(2), S.size(2))
    A = A * (1 - torch.eye(S.size(2), device=S.device))
    return torch.bmm(A, Y.reshape(len(A), -1, Y.size(2))).view_as(Y)


class _CutProduct(torch.autograd.Function):
    """With G = dZ: dS_ic = G_c . (sum over b of AS_ib Y_b without b = c), and so on for the other two."""

    @staticmethod
    def forward(ctx, S, AS, Y, ranges):  # type: ignore[no-untyped-def]
        result = torch.empty_like(Y, memory_format=torch.contiguous_format)
        S, AS, Y = arrays_of(S, AS, Y)
        ctx.ptr, ctx.arrays, ctx.gathered = ranges.ptr, (S, AS, Y), _apart(AS, Y, ranges.ptr)  # type: ignore[call-arg]
        _between(S, Y, ranges.ptr, *ctx.gathered, result.numpy())  # type: ignore[call-arg]
        return result

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        (S, AS, Y), ptr, (G,) = ctx.arrays, ctx.ptr, arrays_of(gradient)
        dS, dAS, dY = (gradient.new_zeros(array.shape) for array in (S, AS, Y))
        returned = _apart(S, G, ptr)
        if ctx.needs_input_grad[0]:
            _given(Y, G, ptr, *ctx.gathered, dS.numpy())  # type: ignore[call-arg]
            _given(G, Y, ptr, *returned, dAS.numpy())  # type: ignore[call-arg]
        _between(AS, G, ptr, *returned, dY.numpy())  # type: ignore[call-arg]
        return dS, dAS, dY, None


@numba.njit(cache=True, nogil=True)
def _between(S, Y, ptr, AS, largest, rest, whole, result):  # type: ignore[no-untyped-def]
    S, clusters, width = S.copy(), S.shape[2], Y.shape[2]
    shares, others = S.reshape(-1, clusters), AS.reshape(-1, clusters)
    Y, sums, rests = Y.reshape(-1, width), result.reshape(-1, width), rest.reshape(-1, width)
    of_largest = np.empty(len(shares), S.dtype)
    for row in range(len(shares)):
        of_largest[row] = shares[row, largest[row]]
        shares[row, largest[row]] = 0
    pool_rows(S, whole, ptr, result)
    own = np.empty(clusters, AS.dtype)
    first = 0
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            own[:] = 0
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                for column in range(width):
                    sums[first + largest[row], column] += of_largest[row] * rests[row, column]
                for cluster in range(clusters):
                    own[cluster] += shares[row, cluster] * others[row, cluster]
            for cluster in range(clusters):
                for column in range(width):
                    sums[first + cluster, column] -= own[cluster] * Y[first + cluster, column]
            first += clusters


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _given(Y, G, ptr, AS, largest, rest, whole, dS):  # type: ignore[no-untyped-def]
    """dS_ic = G_c . (sum over b of AS_ib Y_b without b = c)."""
    cross_rows(whole, G, ptr, dS)
    clusters, width = AS.shape[2], Y.shape[2]
    Y, G, rests = Y.reshape(-1, width), G.reshape(-1, width), rest.reshape(-1, width)
    shares, others = dS.reshape(-1, clusters), AS.reshape(-1, clusters)
    own = np.empty(clusters, AS.dtype)
    first = 0
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            for cluster in range(clusters):
                along = G.dtype.type(0)
                for column in range(width):
                    along += G[first + cluster, column] * Y[first + cluster, column]
                own[cluster] = along
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                for cluster in range(clusters):
                    shares[row, cluster] -= others[row, cluster] * own[cluster]
                along = G.dtype.type(0)
                for column in range(width):
                    along += G[first + largest[row], column] * rests[row, column]
                shares[row, largest[row]] = along
            first += clusters


@numba.njit(cache=True, nogil=True)
def _apart(AS, Y, ptr):  # type: ignore[no-untyped-def]
    """AS without the largest entry of each row and which that is, AS Y without it and with it."""
    clusters, width = AS.shape[2], Y.shape[2]
    AS = AS.copy()
    entries = AS.reshape(-1, clusters)
    rest = np.zeros((AS.shape[0], AS.shape[1], width), AS.dtype)
    largest, value = np.zeros(len(entries), np.int64), np.zeros(len(entries), AS.dtype)
    for row in range(len(entries)):
        for cluster in range(clusters):
            if entries[row, cluster] > entries[row, largest[row]]:
                largest[row] = cluster
        value[row] = entries[row, largest[row]]
        entries[row, largest[row]] = 0
    spread_rows(AS, Y, ptr, rest)
    whole = rest.copy()
    sums, Y = whole.reshape(-1, width), Y.reshape(-1, width)
    graphs = ptr.shape[1] - 1
    for seed in range(ptr.shape[0]):
        for graph in range(graphs):
            first = (seed * graphs + graph) * clusters
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                for column in range(width):
                    sums[row, column] += value[row] * Y[first + largest[row], column]
    return AS, largest, rest, whole
