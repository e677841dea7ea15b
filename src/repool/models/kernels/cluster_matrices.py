"""Matrices between the clusters of a graph, normalised as DiffPool and as MinCutPool have it."""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import arrays_of, dispatch

# A cluster with less to others than this is without neighbours.
NOTHING = 1e-20


def neighbourhoods(A: Tensor, itself: bool) -> Tensor:
    """Rows of A [graphs, clusters, clusters], its diagonal set to 1 if `itself`, divided by their sums (at least 1)."""
    shares: Tensor = dispatch(_Neighbourhoods, neighbourhoods_reference, A, itself)
    return shares


def neighbourhoods_reference(A: Tensor, itself: bool) -> Tensor:
    """The same in torch operations."""
    eye = torch.eye(A.size(1), device=A.device)
    with_loops = A * (1 - eye) + eye if itself else A
    return with_loops / with_loops.sum(dim=2, keepdim=True).clamp(min=1)


class _Neighbourhoods(torch.autograd.Function):
    """With row sums r and shares P: dA = (G - (P . G)) / r where r >= 1, else G; nothing to a diagonal that was set."""

    @staticmethod
    def forward(ctx, A, itself):  # type: ignore[no-untyped-def]
        P, r = torch.empty_like(A, memory_format=torch.contiguous_format), A.new_empty(A.size(0), A.size(1))
        _shares(*arrays_of(A), itself, P.numpy(), r.numpy())  # type: ignore[call-arg]
        ctx.itself = itself
        ctx.save_for_backward(P, r)
        return P

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        P, r = ctx.saved_tensors
        result = torch.empty_like(P)
        _shares_backward(*arrays_of(gradient), ctx.itself, *arrays_of(P, r, result))  # type: ignore[call-arg]
        return result, None


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _shares(A, itself, P, r):  # type: ignore[no-untyped-def]
    for graph in range(A.shape[0]):
        for row in range(A.shape[1]):
            total = A.dtype.type(1 if itself else 0)
            for column in range(A.shape[2]):
                total += 0 if itself and column == row else A[graph, row, column]
            r[graph, row] = total
            inverse = 1 / max(total, A.dtype.type(1))
            for column in range(A.shape[2]):
                P[graph, row, column] = A[graph, row, column] * inverse
            if itself:
                P[graph, row, row] = inverse


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _shares_backward(gradient, itself, P, r, result):  # type: ignore[no-untyped-def]
    for graph in range(P.shape[0]):
        for row in range(P.shape[1]):
            along = P.dtype.type(0)
            inverse = 1 / max(r[graph, row], P.dtype.type(1))
            if r[graph, row] >= 1:
                for column in range(P.shape[2]):
                    along += gradient[graph, row, column] * P[graph, row, column]
            for column in range(P.shape[2]):
                result[graph, row, column] = (gradient[graph, row, column] - along) * inverse
            if itself:
                result[graph, row, row] = 0


def normalised(A: Tensor) -> tuple[Tensor, Tensor]:
    """C^-1/2 (A without its diagonal) C^-1/2 of each graph, [graphs, clusters, clusters], and the diagonal of A."""
    found: tuple[Tensor, Tensor] = dispatch(_Normalised, normalised_reference, A)
    return found


def normalised_reference(A: Tensor) -> tuple[Tensor, Tensor]:
    """The same in torch operations."""
    others = A * (1 - torch.eye(A.size(1), device=A.device))
    outward = others.sum(dim=2)
    touches = outward > NOTHING
    scale = torch.where(touches, outward, 1).rsqrt() * touches
    return others * scale.unsqueeze(2) * scale.unsqueeze(1), A.diagonal(dim1=1, dim2=2)


class _Normalised(torch.autograd.Function):
    """With P = s A s without diagonal, s = C^-1/2: dA_cb = s_c s_b dP_cb - s_c^2 / 2 sum over i of both dP . P at c."""

    @staticmethod
    def forward(ctx, A):  # type: ignore[no-untyped-def]
        P, scale = A.new_empty(A.shape), A.new_empty(A.shape[:2])
        _normalised(*arrays_of(A), P.numpy(), scale.numpy())  # type: ignore[call-arg]
        ctx.save_for_backward(P, scale)
        return P, A.diagonal(dim1=1, dim2=2).clone()

    @staticmethod
    def backward(ctx, gradient, of_diagonal):  # type: ignore[no-untyped-def]
        P, scale = ctx.saved_tensors
        result = torch.empty_like(P)
        _normalised_backward(*arrays_of(P, scale, gradient, of_diagonal), result.numpy())  # type: ignore[call-arg]
        return result


@numba.njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def _normalised(A, P, scale):  # type: ignore[no-untyped-def]
    clusters = A.shape[1]
    for graph in range(A.shape[0]):
        for row in range(clusters):
            outward = A.dtype.type(0)
            for column in range(clusters):
                outward += A[graph, row, column] if column != row else A.dtype.type(0)
            scale[graph, row] = 1 / np.sqrt(outward) if outward > NOTHING else A.dtype.type(0)
        for row in range(clusters):
            for column in range(clusters):
                P[graph, row, column] = A[graph, row, column] * scale[graph, row] * scale[graph, column]
            P[graph, row, row] = 0


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _normalised_backward(P, scale, gradient, of_diagonal, result):  # type: ignore[no-untyped-def]
    clusters = P.shape[1]
    along = np.empty(clusters, P.dtype)
    for graph in range(P.shape[0]):
        along[:] = 0
        for row in range(clusters):
            own = P.dtype.type(0)
            for column in range(clusters):
                term = gradient[graph, row, column] * P[graph, row, column]
                own += term
                along[column] += term
            along[row] += own
        for row in range(clusters):
            s = scale[graph, row]
            of_sum = s * s * along[row] / 2
            for column in range(clusters):
                result[graph, row, column] = gradient[graph, row, column] * s * scale[graph, column] - of_sum
            result[graph, row, row] = of_diagonal[graph, row]
