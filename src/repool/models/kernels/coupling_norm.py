"""||S^T A S||^2 of each graph, which DiffPool's second link prediction loss needs of the level that it pools.

A compiled loop takes the smaller of two matrices: clusters x clusters, or, by ||S^T A S||^2 = tr(A G A^T G) with
G = S S^T, nodes x nodes.
"""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.assignment_products import pool_reference, spread
from repool.models.kernels.dispatch import arrays_of, dispatch
from repool.models.kernels.inlined.products import clear_padding, sum_neighbours
from repool.models.kernels.neighbours import Sparse, neighbour_sums
from repool.models.kernels.ranges import Ranges


def coupling_norm(S: Tensor, A: Sparse, ranges: Ranges) -> Tensor:
    """||S^T A S||^2 (Frobenius) of each graph, [seeds, graphs], for S [seeds, rows, clusters]."""
    norm: Tensor = dispatch(_CouplingNorm, coupling_norm_reference, S, A, ranges)
    return norm


def coupling_norm_reference(S: Tensor, A: Sparse, ranges: Ranges) -> Tensor:
    """The same in torch operations."""
    couplings = pool_reference(S, neighbour_sums(S, A), ranges)
    return couplings.square().view(ranges.seeds, ranges.graphs, -1).sum(dim=2)


class _CouplingNorm(torch.autograd.Function):
    """With M = S^T A S: d||M||^2 = 2 (A S M^T + A^T S M) = 2 (A G A^T + A^T G A) S."""

    @staticmethod
    def forward(ctx, S, A, ranges):  # type: ignore[no-untyped-def]
        norm, half = S.new_empty(ranges.seeds, ranges.graphs), S.new_empty(S.shape)
        rows, transposed = A.rows, A.transposed
        _coupling_norm(
            *arrays_of(S), ranges.ptr, rows.ptr, rows.idx, transposed.ptr, transposed.idx, *arrays_of(norm, half)
        )  # type: ignore[call-arg]
        ctx.ranges = ranges
        ctx.save_for_backward(half)
        return norm

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        (half,) = ctx.saved_tensors
        of_rows = spread(ctx.ranges.inside.to(half.dtype), 2 * gradient.unsqueeze(2), ctx.ranges)
        return half * of_rows, None, None


@numba.njit(cache=True, nogil=True)
def _coupling_norm(S, ptr, in_ptr, in_idx, out_ptr, out_idx, norm, half):  # type: ignore[no-untyped-def]
    clusters = S.shape[2]
    S, half = S.reshape(-1, clusters), half.reshape(-1, clusters)
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            start, stop = ptr[seed, graph], ptr[seed, graph + 1]
            own = S[start:stop]
            if stop - start < clusters:
                G = np.dot(own, own.T)
                # G is symmetric, so A (A G)^T = A G A^T.
                H = _sums(in_ptr, in_idx, start, _sums(in_ptr, in_idx, start, G).T.copy())
                norm[seed, graph] = (H * G).sum()
                H += _sums(out_ptr, out_idx, start, _sums(out_ptr, out_idx, start, G).T.copy())
                np.dot(H, own, half[start:stop])
            else:
                AS, back = _sums(in_ptr, in_idx, start, own), _sums(out_ptr, out_idx, start, own)
                M = np.dot(own.T, AS)
                norm[seed, graph] = np.square(M).sum()
                half[start:stop] = np.dot(AS, M.T) + np.dot(back, M)
    clear_padding(ptr, half)


@numba.njit(cache=True, nogil=True)
def _sums(ptr, idx, start, X):  # type: ignore[no-untyped-def]
    result = np.empty_like(X)
    sum_neighbours(ptr, idx, start, X, result)
    return result
