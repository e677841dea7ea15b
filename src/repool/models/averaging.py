"""Clusters connected as DiffPool has it: A' = S^T A S, over which convolutions average (equation 5).

The matrix is built where clusters are few; elsewhere products go through the nodes.
"""

from abc import abstractmethod
from collections.abc import Callable
from functools import cached_property

import numba
import torch
from torch import Tensor

from repool.models.clusters import Clusters
from repool.models.coupling_norm import coupling_norm
from repool.models.levels import Averaging, Nodes
from repool.models.through_nodes import degree_and_diagonal, mean

# From so many clusters for each node on, products through the nodes are faster (benchmarks/README.md).
CLUSTERS_FOR_EACH_NODE = 2


class AveragingClusters(Clusters, Averaging):
    """A pooled level (Ying et al., 2018).

    Args:
        below: the level that was pooled.
        S: its assignment, [seeds, rows, clusters].
    """

    def __init__(self, below: Averaging, S: Tensor):
        super().__init__(below.seeds, below.graphs, S.size(2), S.device)
        self.entries = torch.full((self.seeds,), float(self.rows * self.clusters), device=S.device)

    @property
    @abstractmethod
    def trace(self) -> Tensor:
        """tr A', summed over the batch, [seeds]."""


def averaging_clusters(below: Averaging, S: Tensor, connected: Callable[..., Tensor]) -> AveragingClusters:
    """The level above, in the form that is faster for its number of clusters; `connected` gives S^T A S."""
    if isinstance(below, Nodes) and S.size(2) * below.graphs >= CLUSTERS_FOR_EACH_NODE * below.rows:
        return ClustersThroughNodes(below, S)
    return MatrixOfClusters(below, S, connected(below, S))


class ClustersThroughNodes(AveragingClusters):
    """A product costs nodes x clusters (for PROTEINS' mean graph 39 x 155, for DD's 284 x 1,437)."""

    def __init__(self, below: Nodes, S: Tensor):
        super().__init__(below, S)
        self._below, self._S = below, S

    def sum(self, X: Tensor) -> Tensor:
        """A' X."""
        return self._below.pool(self._S, self._below.sum(self._below.spread(self._S, X)))

    def _mean(self, X: Tensor, itself: bool) -> Tensor:
        degree, diagonal = self._degree_and_diagonal
        kept = 1 - diagonal if itself else torch.zeros_like(degree)
        return mean(self._below, self._S, X, degree, kept)

    @cached_property
    def _degree_and_diagonal(self) -> tuple[Tensor, Tensor]:
        return degree_and_diagonal(self._below, self._S)

    @cached_property
    def squared_norm(self) -> Tensor:  # type: ignore[override]
        """||A'||^2 over the batch, [seeds]."""
        return coupling_norm(self._below, self._S).sum(dim=1)

    @property
    def trace(self) -> Tensor:
        """tr A', summed over the batch, [seeds]."""
        return self._degree_and_diagonal[1].sum(dim=(1, 2))


class MatrixOfClusters(AveragingClusters):
    """A product costs clusters x clusters.

    Args:
        below, S: as of every `AveragingClusters`.
        A: S^T A S, [seeds, graphs x clusters, clusters].
    """

    def __init__(self, below: Averaging, S: Tensor, A: Tensor):
        super().__init__(below, S)
        self.A = A

    @cached_property
    def squared_norm(self) -> Tensor:  # type: ignore[override]
        """||A'||^2 over the batch, [seeds]."""
        return self.A.square().sum(dim=(1, 2))

    @property
    def trace(self) -> Tensor:
        """tr A', summed over the batch, [seeds]."""
        return self.per_graph(self.A).diagonal(dim1=1, dim2=2).reshape(self.seeds, -1).sum(dim=1)

    @cached_property
    def _neighbourhoods(self) -> dict[bool, Tensor]:
        return {}

    def sum(self, X: Tensor) -> Tensor:
        """A' X."""
        return self.spread(self.A, X)

    def _mean(self, X: Tensor, itself: bool) -> Tensor:
        if itself not in self._neighbourhoods:
            self._neighbourhoods[itself] = neighbourhoods(self.per_graph(self.A), itself).view_as(self.A)
        return self.spread(self._neighbourhoods[itself], X)


def neighbourhoods(A: Tensor, itself: bool) -> Tensor:
    """Rows of A [graphs, clusters, clusters], its diagonal set to 1 if `itself`, divided by their sums (at least 1)."""
    if A.is_cpu:
        shares: Tensor = _Neighbourhoods.apply(A, itself)  # type: ignore[no-untyped-call]
        return shares
    return neighbourhoods_in_torch(A, itself)


def neighbourhoods_in_torch(A: Tensor, itself: bool) -> Tensor:
    """The same in torch operations."""
    eye = torch.eye(A.size(1), device=A.device)
    with_loops = A * (1 - eye) + eye if itself else A
    return with_loops / with_loops.sum(dim=2, keepdim=True).clamp(min=1)


class _Neighbourhoods(torch.autograd.Function):
    """With row sums r and shares P: dA = (G - (P . G)) / r where r > 1, else G; nothing to a diagonal that was set."""

    @staticmethod
    def forward(ctx, A, itself):  # type: ignore[no-untyped-def]
        P, r = torch.empty_like(A, memory_format=torch.contiguous_format), A.new_empty(A.size(0), A.size(1))
        _shares(A.detach().contiguous().numpy(), itself, P.numpy(), r.numpy())
        ctx.itself = itself
        ctx.save_for_backward(P, r)
        return P

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        P, r = ctx.saved_tensors
        result = torch.empty_like(P)
        _shares_backward(gradient.contiguous().numpy(), ctx.itself, P.numpy(), r.numpy(), result.numpy())
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
            if r[graph, row] > 1:
                for column in range(P.shape[2]):
                    along += gradient[graph, row, column] * P[graph, row, column]
            for column in range(P.shape[2]):
                result[graph, row, column] = (gradient[graph, row, column] - along) * inverse
            if itself:
                result[graph, row, row] = 0
