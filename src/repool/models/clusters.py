"""Levels above the first: every graph has the same number of clusters, and S^T A S connects them."""

from functools import cached_property

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.levels import Averaging, Level


class Clusters(Level):
    """A level above: every graph has the same clusters, and no row is padding.

    X is [seeds, graphs x clusters, width].
    """

    def __init__(self, seeds: int, graphs: int, clusters: int, device: torch.device):
        self.seeds, self.graphs, self.clusters, self.device = seeds, graphs, clusters, device
        self.rows = graphs * clusters
        starts = np.arange(graphs + 1, dtype=np.int32) * clusters
        self.ptr = starts + self.rows * np.arange(seeds, dtype=np.int32)[:, None]
        self.nodes = self.padded_rows = torch.full((seeds, 1, 1), float(self.rows), device=device)
        self.inside = torch.ones(1, 1, 1, device=device)

    def per_graph(self, X: Tensor) -> Tensor:
        """[seeds x graphs, clusters, width] of X."""
        return X.reshape(self.seeds * self.graphs, self.clusters, X.size(2))

    def rows_of(self, table: Tensor) -> Tensor:
        """Row i of a table [seeds, clusters + 1, width] for cluster i of every graph."""
        return table[:, : self.clusters].unsqueeze(1).expand(-1, self.graphs, -1, -1).flatten(1, 2)

    def total(self, X: Tensor) -> Tensor:
        """Sum of X over the clusters of each graph, [seeds, graphs, width]."""
        return X.view(self.seeds, self.graphs, self.clusters, X.size(2)).sum(dim=2)

    def of_graph(self, x: Tensor) -> Tensor:
        """For every cluster what x [seeds, graphs, width] says of its graph, [seeds, rows, width]."""
        return x.unsqueeze(2).expand(-1, -1, self.clusters, -1).flatten(1, 2)

    def mean_of_graph(self, X: Tensor) -> Tensor:
        """Mean of X over the clusters of each graph, [seeds, graphs, width]."""
        return self.total(X) / self.clusters

    def max_of_graph(self, X: Tensor) -> Tensor:
        """Maximum of X over the clusters of each graph, [seeds, graphs, width]."""
        return X.view(self.seeds, self.graphs, self.clusters, X.size(2)).max(dim=2).values


class ConnectedClusters(Clusters, Averaging):
    """Clusters with A' = S^T A S as a matrix (equation 5).

    Args:
        below: the level that was pooled.
        A: S^T A S of each of its graphs, [seeds, graphs x clusters, clusters].
    """

    def __init__(self, below: Averaging, A: Tensor):
        super().__init__(below.seeds, below.graphs, A.size(2), A.device)
        self.A = A
        self.entries = torch.full((self.seeds,), float(self.rows * self.clusters), device=A.device)

    @cached_property
    def squared_norm(self) -> Tensor:  # type: ignore[override]
        """||A||^2 over the batch, [seeds]."""
        return self.A.square().sum(dim=(1, 2))

    @property
    def trace(self) -> Tensor:
        """tr A, summed over the batch, [seeds]."""
        return self.per_graph(self.A).diagonal(dim1=1, dim2=2).reshape(self.seeds, -1).sum(dim=1)

    @cached_property
    def _neighbourhoods(self) -> dict[bool, Tensor]:
        return {}

    def sum(self, X: Tensor) -> Tensor:
        """A X."""
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
        P, r = torch.empty_like(A, memory_format=torch.contiguous_format), torch.empty(A.size(0), A.size(1))
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
            total = np.float32(1 if itself else 0)
            for column in range(A.shape[2]):
                total += 0 if itself and column == row else A[graph, row, column]
            r[graph, row] = total
            inverse = 1 / max(total, np.float32(1))
            for column in range(A.shape[2]):
                P[graph, row, column] = A[graph, row, column] * inverse
            if itself:
                P[graph, row, row] = inverse


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _shares_backward(gradient, itself, P, r, result):  # type: ignore[no-untyped-def]
    for graph in range(P.shape[0]):
        for row in range(P.shape[1]):
            along = np.float32(0)
            inverse = 1 / max(r[graph, row], np.float32(1))
            if r[graph, row] > 1:
                for column in range(P.shape[2]):
                    along += gradient[graph, row, column] * P[graph, row, column]
            for column in range(P.shape[2]):
                result[graph, row, column] = (gradient[graph, row, column] - along) * inverse
            if itself:
                result[graph, row, row] = 0
