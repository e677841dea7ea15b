"""Clusters connected as MinCutPool has it: S^T A S without its diagonal, symmetrically normalised.

With A' = S^T A S without its diagonal and C its row sums, products are C^-1/2 A' C^-1/2 X. The matrix is built where it
is small; elsewhere products go through the nodes.
"""

from abc import abstractmethod
from collections.abc import Callable
from functools import cached_property

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.between import between
from repool.models.clusters import Clusters
from repool.models.couplings import Sums, arrays_of, scaled_columns, sums
from repool.models.levels import Connected

# Matrices of clusters x clusters up to here are faster than loops over nodes x clusters (benchmarks/README.md).
MOST_CLUSTERS_OF_A_MATRIX = 160
# A cluster with less to others than this is without neighbours.
NOTHING = 1e-20


class NormalisedClusters(Clusters, Connected):
    """A pooled level (Bianchi et al., 2020).

    Args:
        below: the level that was pooled.
        S: its assignment, [seeds, rows, clusters], rows summing to 1 on nodes.
    """

    def __init__(self, below: Connected, S: Tensor):
        super().__init__(below.seeds, below.graphs, S.size(2), S.device)
        self._below, self._S = below, S

    @property
    @abstractmethod
    def trace(self) -> Tensor:
        """tr(S^T A S) of each graph, [seeds, graphs]."""

    @property
    @abstractmethod
    def cut(self) -> Tensor:
        """tr(S^T D S) of each graph, D being the diagonal of A 1, [seeds, graphs]."""

    @property
    @abstractmethod
    def squares(self) -> Tensor:
        """tr(S^T S) of each graph, [seeds, graphs]."""


def normalised_clusters(below: Connected, S: Tensor, connected: Callable[..., Tensor]) -> NormalisedClusters:
    """The level above, in the form that is faster for its number of clusters; `connected` gives S^T A S."""
    if S.size(2) <= MOST_CLUSTERS_OF_A_MATRIX:
        return MatrixOfClusters(below, S, connected(below, S))
    return ClustersThroughNodes(below, S)


class ClustersThroughNodes(NormalisedClusters):
    """A product costs nodes x clusters, also where clusters outnumber nodes (2,874 for the 284 of DD's mean graph)."""

    def __init__(self, below: Connected, S: Tensor):
        super().__init__(below, S)
        AS = below.sum(S)
        self._sums: Sums = sums(below, S, AS, below.degree)
        touches = self._sums.outward > NOTHING
        scale = torch.where(touches, self._sums.outward, 1).rsqrt() * touches
        self._scaled_S, self._scaled_AS = scaled_columns(below, S, scale), scaled_columns(below, AS, scale)

    def sum(self, X: Tensor) -> Tensor:
        """A' X, [seeds, rows, width] of X [seeds, rows, width]."""
        return between(self._below, self._scaled_S, self._scaled_AS, X)

    @property
    def trace(self) -> Tensor:
        """tr(S^T A S)."""
        return self._sums.diagonal.sum(dim=2)

    @property
    def cut(self) -> Tensor:
        """tr(S^T D S)."""
        return self._sums.cut

    @property
    def squares(self) -> Tensor:
        """tr(S^T S)."""
        return self._sums.squares


class MatrixOfClusters(NormalisedClusters):
    """A product costs clusters x clusters.

    Args:
        below, S: as of every `NormalisedClusters`.
        A: S^T A S, [seeds, graphs x clusters, clusters].
    """

    def __init__(self, below: Connected, S: Tensor, A: Tensor):
        super().__init__(below, S)
        A, self._diagonal = normalised(self.per_graph(A))
        self._A = A.view(self.seeds, self.rows, self.clusters)

    def sum(self, X: Tensor) -> Tensor:
        """A' X, [seeds, rows, width] of X [seeds, rows, width]."""
        return self.spread(self._A, X)

    @property
    def trace(self) -> Tensor:
        """tr(S^T A S)."""
        return self._diagonal.view(self.seeds, self.graphs, -1).sum(dim=2)

    @property
    def cut(self) -> Tensor:
        """tr(S^T D S)."""
        return self._traces[..., 0]

    @property
    def squares(self) -> Tensor:
        """tr(S^T S)."""
        return self._traces[..., 1]

    @cached_property
    def _traces(self) -> Tensor:
        below, squares = self._below, self._S.square().sum(dim=2, keepdim=True)
        return below.total(torch.cat([below.degree * squares, squares], dim=2))


def normalised(A: Tensor) -> tuple[Tensor, Tensor]:
    """C^-1/2 (A without its diagonal) C^-1/2 of each graph, [graphs, clusters, clusters], and the diagonal of A."""
    if A.is_cpu:
        found: tuple[Tensor, Tensor] = _Normalised.apply(A)  # type: ignore[no-untyped-call]
        return found
    return normalised_in_torch(A)


def normalised_in_torch(A: Tensor) -> tuple[Tensor, Tensor]:
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
