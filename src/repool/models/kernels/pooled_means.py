"""Means over clusters that S^T A S connects, made through the nodes: nodes x clusters instead of clusters x clusters.

One compiled loop takes a graph after the other through all its products, so that what lies between them stays in the
cache.
"""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.assignment_products import pool_reference, spread_reference
from repool.models.kernels.dispatch import arrays_of, dispatch, numbers
from repool.models.kernels.inlined.products import clear_padding, sum_neighbours
from repool.models.kernels.neighbours import Sparse, neighbour_sums
from repool.models.kernels.ranges import Ranges


def degree_and_diagonal(S: Tensor, A: Sparse, ranges: Ranges) -> tuple[Tensor, Tensor]:
    """Of S^T A S the row sums and the diagonal, [seeds, graphs x clusters, 1] each; rows of S sum to 1.

    Args:
        S: assignment, [seeds, rows, clusters].
        A, ranges: of the nodes that S assigns.
    """
    found: tuple[Tensor, Tensor] = dispatch(_DegreeAndDiagonal, degree_and_diagonal_reference, S, A, ranges)
    return found


def degree_and_diagonal_reference(S: Tensor, A: Sparse, ranges: Ranges) -> tuple[Tensor, Tensor]:
    """The same in torch operations."""
    arcs = numbers(np.diff(A.rows.ptr), S.device).view(ranges.seeds, ranges.rows, 1)
    diagonal = pool_reference(ranges.inside, S * neighbour_sums(S, A), ranges)
    return pool_reference(S, arcs, ranges), diagonal.view(S.size(0), -1, 1)


def pooled_mean(S: Tensor, X: Tensor, degree: Tensor, kept: Tensor, A: Sparse, ranges: Ranges) -> Tensor:
    """(S^T A S X + kept X) / max(degree + kept, 1), [seeds, graphs x clusters, width].

    Args:
        S, A, ranges: as above.
        X: features of the clusters, [seeds, graphs x clusters, width].
        degree, kept: of each cluster, [seeds, graphs x clusters, 1]; `kept` is what replaces the diagonal, less it.
    """
    result: Tensor = dispatch(_Mean, pooled_mean_reference, S, X, degree, kept, A, ranges)
    return result


def pooled_mean_reference(S: Tensor, X: Tensor, degree: Tensor, kept: Tensor, A: Sparse, ranges: Ranges) -> Tensor:
    """The same in torch operations."""
    sums = pool_reference(S, neighbour_sums(spread_reference(S, X, ranges), A), ranges)
    return (sums + kept * X) / (degree + kept).clamp(min=1)


class _DegreeAndDiagonal(torch.autograd.Function):
    """With d = A 1, p = S^T d and q the diagonal: dS = d dp^T + dq A S + A^T (dq S)."""

    @staticmethod
    def forward(ctx, S, A, ranges):  # type: ignore[no-untyped-def]
        degree, diagonal = S.new_zeros(2, ranges.seeds, ranges.graphs * S.size(2), 1)
        _degree_and_diagonal(*arrays_of(S), ranges.ptr, A.rows.ptr, A.rows.idx, *arrays_of(degree, diagonal))  # type: ignore[call-arg]
        ctx.A, ctx.ptr = A, ranges.ptr
        ctx.save_for_backward(S)
        return degree, diagonal

    @staticmethod
    def backward(ctx, of_degree, of_diagonal):  # type: ignore[no-untyped-def]
        (S,) = ctx.saved_tensors
        dS, matrices = torch.empty_like(S), (ctx.A.rows, ctx.A.transposed)
        arrays = [array for rows in matrices for array in (rows.ptr, rows.idx)]
        _degree_and_diagonal_backward(*arrays_of(S), ctx.ptr, *arrays, *arrays_of(of_degree, of_diagonal, dS))  # type: ignore[call-arg]
        return dS, None, None


class _Mean(torch.autograd.Function):
    """With r = max(degree + kept, 1), V = A S X, g = dY / r: dS = V g^T + A^T S g X^T, dX = S^T A^T S g + kept g."""

    @staticmethod
    def forward(ctx, S, X, degree, kept, A, ranges):  # type: ignore[no-untyped-def]
        V, Y = X.new_empty(ranges.seeds, ranges.rows, X.size(2)), torch.empty_like(X)
        _mean(*arrays_of(S, X, degree, kept), ranges.ptr, A.rows.ptr, A.rows.idx, *arrays_of(V, Y))  # type: ignore[call-arg]
        ctx.A, ctx.ptr = A, ranges.ptr
        ctx.save_for_backward(S, X, degree, kept, V, Y)
        return Y

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        S, X, degree, kept, V, Y = ctx.saved_tensors
        rows, gradients = ctx.A.transposed, [torch.empty_like(tensor) for tensor in (S, X, degree, kept)]
        _mean_backward(
            *arrays_of(S, X, degree, kept),
            ctx.ptr,
            rows.ptr,
            rows.idx,
            *arrays_of(V, Y, gradient, *gradients),
            ctx.needs_input_grad[0],
        )  # type: ignore[call-arg]
        return (*(gradients if ctx.needs_input_grad[0] else [None, *gradients[1:]]), None, None)


@numba.njit(cache=True, nogil=True)
def _degree_and_diagonal(S, ptr, in_ptr, in_idx, degree, diagonal):  # type: ignore[no-untyped-def]
    clusters = S.shape[2]
    S, degree, diagonal = S.reshape(-1, clusters), degree.reshape(-1), diagonal.reshape(-1)
    first = 0
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                arcs = S.dtype.type(in_ptr[row + 1] - in_ptr[row])
                for cluster in range(clusters):
                    degree[first + cluster] += arcs * S[row, cluster]
                for arc in range(in_ptr[row], in_ptr[row + 1]):
                    other = S[in_idx[arc]]
                    for cluster in range(clusters):
                        diagonal[first + cluster] += S[row, cluster] * other[cluster]
            first += clusters


@numba.njit(cache=True, nogil=True)
def _degree_and_diagonal_backward(S, ptr, in_ptr, in_idx, out_ptr, out_idx, of_degree, of_diagonal, dS):  # type: ignore[no-untyped-def]
    clusters = S.shape[2]
    S, dS, p, q = S.reshape(-1, clusters), dS.reshape(-1, clusters), of_degree.reshape(-1), of_diagonal.reshape(-1)
    first = 0
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            along = q[first : first + clusters]
            for row in range(ptr[seed, graph], ptr[seed, graph + 1]):
                arcs, own = S.dtype.type(in_ptr[row + 1] - in_ptr[row]), dS[row]
                own[:] = 0
                for arc in range(in_ptr[row], in_ptr[row + 1]):
                    own += S[in_idx[arc]]
                for arc in range(out_ptr[row], out_ptr[row + 1]):
                    own += S[out_idx[arc]]
                for cluster in range(clusters):
                    own[cluster] = own[cluster] * along[cluster] + arcs * p[first + cluster]
            first += clusters
    clear_padding(ptr, dS)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _mean(S, X, degree, kept, ptr, in_ptr, in_idx, V, Y):  # type: ignore[no-untyped-def]
    clusters, width = S.shape[2], X.shape[2]
    S, X, V, Y = S.reshape(-1, clusters), X.reshape(-1, width), V.reshape(-1, width), Y.reshape(-1, width)
    degree, kept = degree.reshape(-1), kept.reshape(-1)
    first = 0
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            start, stop, last = ptr[seed, graph], ptr[seed, graph + 1], first + clusters
            U = np.dot(S[start:stop], X[first:last])
            sum_neighbours(in_ptr, in_idx, start, U, V[start:stop])
            np.dot(S[start:stop].T, V[start:stop], Y[first:last])
            for cluster in range(first, last):
                share = 1 / max(degree[cluster] + kept[cluster], X.dtype.type(1))
                for column in range(width):
                    Y[cluster, column] = (Y[cluster, column] + kept[cluster] * X[cluster, column]) * share
            first = last


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _mean_backward(S, X, degree, kept, ptr, out_ptr, out_idx, V, Y, gradient, dS, dX, of_degree, of_kept, learned):  # type: ignore[no-untyped-def]
    clusters, width = S.shape[2], X.shape[2]
    S, dS, V = S.reshape(-1, clusters), dS.reshape(-1, clusters), V.reshape(-1, width)
    X, Y, dX, gradient = X.reshape(-1, width), Y.reshape(-1, width), dX.reshape(-1, width), gradient.reshape(-1, width)
    degree, kept, of_degree, of_kept = degree.reshape(-1), kept.reshape(-1), of_degree.reshape(-1), of_kept.reshape(-1)
    g = np.empty((clusters, width), X.dtype)
    first = 0
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            start, stop, last = ptr[seed, graph], ptr[seed, graph + 1], first + clusters
            for cluster in range(clusters):
                at = first + cluster
                total = degree[at] + kept[at]
                share = 1 / max(total, X.dtype.type(1))
                along, of_share = X.dtype.type(0), X.dtype.type(0)
                for column in range(width):
                    g[cluster, column] = gradient[at, column] * share
                    along += g[cluster, column] * X[at, column]
                    of_share += g[cluster, column] * Y[at, column]
                of_degree[at] = -of_share if total >= 1 else X.dtype.type(0)
                of_kept[at] = along + of_degree[at]
            Ug = np.dot(S[start:stop], g)
            Vg = np.empty_like(Ug)
            sum_neighbours(out_ptr, out_idx, start, Ug, Vg)
            np.dot(S[start:stop].T, Vg, dX[first:last])
            for cluster in range(clusters):
                for column in range(width):
                    dX[first + cluster, column] += kept[first + cluster] * g[cluster, column]
            if learned:
                np.dot(V[start:stop], g.T, dS[start:stop])
                dS[start:stop] += np.dot(Vg, X[first:last].T)
            first = last
    clear_padding(ptr, dS)
